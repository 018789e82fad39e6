/**
 * All ports of a company on Postgres.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import {
  BillingStore,
  CursorStore,
  Digest,
  EventBus,
  EventLog,
  type Ports,
  Readiness,
  ReportStore,
  type StoreError,
  TaskStore,
  UserStore
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { SqlClient } from "effect/sql/SqlClient"
import * as Billing from "./BillingStore.ts"
import * as Contexts from "./contexts.ts"
import * as Cursors from "./CursorStore.ts"
import * as Database from "./Database.ts"
import * as Sha256 from "./Digest.ts"
import { toStoreError, unavailable } from "./errors.ts"
import * as Bus from "./EventBus.ts"
import * as Log from "./EventLog.ts"
import { check, migrate, type NotUtf8, type SchemaMismatch } from "./Migrations.ts"
import { withPassword } from "./password.ts"
import * as Reports from "./ReportStore.ts"
import * as Tasks from "./TaskStore.ts"
import * as Users from "./UserStore.ts"

export type { Options } from "./Database.ts"
export { check, exportSql, migrate, NotUtf8, SchemaMismatch } from "./Migrations.ts"

export interface LayerOptions extends Database.Options {
  /** Whether to bring the schema up to date first; otherwise a schema that is not fails the layer. */
  readonly migrate?: boolean
  /** Whether to hear of other processes' events at once, on a connection of its own; true unless told. */
  readonly listen?: boolean
}

/** Fails on a standby, and where the database or its user was set to read only. */
const writable = (db: Database.Database) =>
  Effect.flatMap(
    db.query<{ readonly closed: boolean }>(
      "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as closed"
    ),
    ([row]) => (row!.closed ? Effect.fail(unavailable("the database can only be read")) : Effect.void)
  )

/** All ports over a client of the host's: its transactions are ours, so a host can write its own rows in them. */
export const layerOver = (
  options: LayerOptions = {}
): Layer.Layer<Ports | CursorStore, NotUtf8 | SchemaMismatch | StoreError, PgClient.PgClient> =>
  Layer.effectContext(
    Effect.gen(function* () {
      yield* options.migrate === true ? migrate(options) : check(options)
      const db = Database.make(yield* PgClient.PgClient, options)
      const log = Log.make(db)
      return Context.make(UserStore, Users.make(db)).pipe(
        Context.add(TaskStore, Tasks.make(db)),
        Context.add(BillingStore, Billing.make(db)),
        Context.add(ReportStore, Reports.make(db)),
        Context.add(CursorStore, Cursors.make(db)),
        Context.add(EventLog, log),
        Context.add(EventBus, yield* Bus.make(db, log, { listen: options.listen ?? true })),
        Context.add(Readiness, Effect.andThen(writable(db), Contexts.agree(db))),
        Context.add(Digest.Digest, Sha256.make())
      )
    })
  )

/** A pool of connections, with an error of ours. */
export const layerClient = (config: PgClient.PgPoolConfig): Layer.Layer<PgClient.PgClient | SqlClient, StoreError> =>
  PgClient.layer({ applicationName: "popug", connectTimeout: "5 seconds", ...withPassword(config) }).pipe(
    Layer.catchCause((cause) => Layer.effectContext(Effect.failCause(cause).pipe(Effect.mapError(toStoreError))))
  )

/** All ports, and the client that they use. */
export const layer = (
  options: LayerOptions & PgClient.PgPoolConfig
): Layer.Layer<Ports | CursorStore | PgClient.PgClient | SqlClient, NotUtf8 | SchemaMismatch | StoreError> =>
  Layer.provideMerge(
    layerOver({ limits: "connection", ...options }),
    layerClient(
      options.limits === "transaction"
        ? options
        : { ...options, startupParameters: { ...Database.settingsOf(options), ...options.startupParameters } }
    )
  )
