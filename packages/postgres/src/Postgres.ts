/**
 * All ports on Postgres, of one company or of many in one schema.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import {
  BillingStore,
  Company,
  CompanyDirectory,
  CompanyHome,
  CompanySecrets,
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
import type * as Redacted from "effect/Redacted"
import type { SqlClient } from "effect/sql/SqlClient"
import * as Alarm from "./Alarm.ts"
import * as Archive from "./Archive.ts"
import * as Billing from "./BillingStore.ts"
import * as Companies from "./Companies.ts"
import * as Directory from "./CompanyDirectory.ts"
import * as Home from "./CompanyHome.ts"
import * as Secrets from "./CompanySecrets.ts"
import * as CompanyWork from "./CompanyWork.ts"
import * as Cursors from "./CursorStore.ts"
import * as Database from "./Database.ts"
import * as Sha256 from "./Digest.ts"
import { toStoreError, unavailable } from "./errors.ts"
import * as Bus from "./EventBus.ts"
import * as Log from "./EventLog.ts"
import { check, migrate, type NotUtf8, type SchemaMismatch } from "./migrations.ts"
import * as Opening from "./Opening.ts"
import { withPassword } from "./password.ts"
import * as Reports from "./ReportStore.ts"
import * as Tasks from "./TaskStore.ts"
import * as Users from "./UserStore.ts"

export type { Options } from "./Database.ts"
export { eraseSql } from "./erasing.ts"
export { check, exportSql, migrate, NotUtf8, SchemaMismatch } from "./migrations.ts"

export interface LayerOptions extends Database.Options {
  /** Whether to bring the schema up to date first; otherwise a schema that is not fails the layer. */
  readonly migrate?: boolean
  /** Whether to hear of other processes' events at once, on a connection of its own; default: true. */
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

/** What the companies of a process share: a schema of a database, one connection that listens, and one poll. */
export class PopugDatabase extends Context.Service<
  PopugDatabase,
  { readonly database: Database.Database; readonly alarm: Alarm.Alarm; readonly listen: boolean }
>()("@popug/postgres/PopugDatabase") {}

type SchemaError = NotUtf8 | SchemaMismatch | StoreError

/**
 * What companies share, over a client of the host's: its transactions are ours, so it can write its own rows in them.
 */
export const layerDatabaseOver = (
  options: LayerOptions = {}
): Layer.Layer<PopugDatabase, SchemaError, PgClient.PgClient> =>
  Layer.effect(
    PopugDatabase,
    Effect.gen(function* () {
      yield* options.migrate === true ? migrate(options) : check(options)
      const database = Database.make(yield* PgClient.PgClient, options)
      const alarm = new Alarm.Alarm(yield* Effect.scope)
      const listen = options.listen ?? true
      if (listen) yield* Alarm.listen(database, alarm)
      return { database, alarm, listen }
    })
  )

const ports = Effect.fnUntraced(function* (options: { readonly alone: boolean }) {
  const { alarm, database, listen } = yield* PopugDatabase
  const { identity } = yield* Company
  const db = yield* Companies.ofCompany(database, identity.id, options)
  const log = Log.make(db)
  return Context.make(UserStore, Users.make(db)).pipe(
    Context.add(TaskStore, Tasks.make(db)),
    Context.add(BillingStore, Billing.make(db)),
    Context.add(ReportStore, Reports.make(db)),
    Context.add(CursorStore, Cursors.make(db)),
    Context.add(EventLog, log),
    Context.add(EventBus, Bus.make(db, log, alarm, { tell: listen })),
    Context.add(Readiness, Effect.andThen(writable(db), Opening.agree(db))),
    Context.add(Digest.Digest, Sha256.make())
  )
})

/**
 * All ports of the company that `Company` names, among others. A new one gets its row; no tables are made. They are
 * built anew wherever this is named, so that each company has its own.
 */
export const layerCompany: Layer.Layer<Ports | CursorStore, StoreError, PopugDatabase | Company> = Layer.fresh(
  Layer.effectContext(ports({ alone: false }))
)

/** The database as a home of any number of companies; built anew wherever it is named, for each database its own. */
export const layerHome: Layer.Layer<CompanyHome, never, PopugDatabase> = Layer.fresh(
  Layer.effect(
    CompanyHome,
    Effect.map(Effect.context<PopugDatabase>(), (context) => {
      const { alarm, database } = Context.get(context, PopugDatabase)
      return {
        ...Home.make(database),
        work: CompanyWork.make(database, alarm),
        archive: Archive.make(database),
        ports: Layer.provide(layerCompany, Layer.succeedContext(context))
      }
    })
  )
)

/** The directory of a host's companies, kept in this database; their rows may be in others. */
export const layerDirectory: Layer.Layer<CompanyDirectory, never, PopugDatabase> = Layer.fresh(
  Layer.effect(
    CompanyDirectory,
    Effect.map(PopugDatabase, ({ database }) => Directory.make(database))
  )
)

/** SHA-256 alone. */
export const layerDigest: Layer.Layer<Digest.Digest> = Layer.sync(Digest.Digest, Sha256.make)

/**
 * The secrets of companies, derived from one key by HKDF (RFC 5869) with SHA-256. The key is long and random; whoever
 * knows one company's secret learns nothing of another's.
 */
export const layerSecrets = (key: Redacted.Redacted<string>): Layer.Layer<CompanySecrets> =>
  Layer.sync(CompanySecrets, () => Secrets.make(key))

/** All ports of a company over a client of the host's: as `layer`. */
export const layerOver = (
  options: LayerOptions = {}
): Layer.Layer<Ports | CursorStore, SchemaError, PgClient.PgClient | Company> =>
  Layer.provide(Layer.effectContext(ports({ alone: true })), layerDatabaseOver(options))

/** A pool of connections, with an error of ours. */
export const layerClient = (config: PgClient.PgPoolConfig): Layer.Layer<PgClient.PgClient | SqlClient, StoreError> =>
  PgClient.layer({ applicationName: "popug", connectTimeout: "5 seconds", ...withPassword(config) }).pipe(
    Layer.catchCause((cause) => Layer.effectContext(Effect.failCause(cause).pipe(Effect.mapError(toStoreError))))
  )

/** Limits are set as a connection is opened, unless each transaction is to set them. */
const limited = (options: LayerOptions & PgClient.PgPoolConfig): LayerOptions & PgClient.PgPoolConfig =>
  options.limits === "transaction"
    ? options
    : {
        ...options,
        limits: "connection",
        startupParameters: { ...Database.settingsOf(options), ...options.startupParameters }
      }

/** What the companies of a process share, and the client that they use. */
export const layerDatabase = (
  options: LayerOptions & PgClient.PgPoolConfig
): Layer.Layer<PopugDatabase | PgClient.PgClient | SqlClient, SchemaError> =>
  Layer.provideMerge(layerDatabaseOver(limited(options)), layerClient(limited(options)))

/**
 * All ports of a company, and the client that they use. In a schema that holds companies, and not this one, they refuse
 * to be opened for it, with `CompanyMismatch`: who wants it there besides says so with `layerCompany`.
 */
export const layer = (
  options: LayerOptions & PgClient.PgPoolConfig
): Layer.Layer<Ports | CursorStore | PgClient.PgClient | SqlClient, SchemaError, Company> =>
  Layer.provideMerge(layerOver(limited(options)), layerClient(limited(options)))
