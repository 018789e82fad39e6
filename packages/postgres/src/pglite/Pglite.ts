/**
 * All ports on PGlite: the same code as on a server, with nothing to install or configure.
 */
import type * as PgClient from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import type { Company, CursorStore, Ports, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { SqlClient } from "effect/sql/SqlClient"
import { corrupt } from "../errors.ts"
import * as Postgres from "../Postgres.ts"
import * as Bridge from "./Bridge.ts"
import * as Folder from "./Folder.ts"
import * as FolderLock from "./FolderLock.ts"

export { FolderUnusable } from "./Folder.ts"
export { FolderInUse } from "./FolderLock.ts"

/** What can be wrong with a data folder. */
type FolderError = FolderLock.FolderInUse | Folder.FolderUnusable

export interface ClientOptions {
  /** Where the data is kept; without it, in memory, and gone with the scope. */
  readonly folder?: string
  /** How long a statement waits for somebody else's transaction; default: 20 seconds. */
  readonly patienceMillis?: number
}

export interface LayerOptions extends ClientOptions, Omit<Postgres.LayerOptions, "migrate" | "listen" | "limits"> {}

/** PGlite over what is at a place, until the scope closes: then it is shut down. */
const start = (place: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => PGlite.create(place),
      catch: (error) => corrupt("PGlite could not open its data", error)
    }),
    (db) => Effect.promise(() => db.close())
  )

/** PGlite, opened, until the scope closes: then the folder is free. */
const open = Effect.fnUntraced(function* ({ folder }: ClientOptions) {
  if (folder === undefined) return yield* start("memory://")
  yield* FolderLock.hold(folder)
  if (yield* Folder.prepare(folder)) {
    yield* Effect.scoped(start(Folder.unfinishedOf(folder)))
    yield* Folder.made(folder)
  }
  const data = Folder.dataOf(folder)
  yield* FolderLock.holdData(folder, data)
  const db = yield* start(data)
  yield* Folder.finish(folder)
  return db
})

/** A client of PGlite: for hosts that want to write rows of their own, and to share one among companies. */
export const layerClient = (
  options: ClientOptions = {}
): Layer.Layer<PgClient.PgClient | SqlClient, FolderError | StoreError> =>
  Layer.unwrap(
    Effect.map(open(options), (db) => {
      const { stream } = Bridge.make(db, options.patienceMillis ?? 20_000)
      // One session however many connections: a few let statements queue in order.
      return Postgres.layerClient({
        stream,
        username: "postgres",
        database: "postgres",
        ssl: false,
        maxConnections: 4
      })
    })
  )

/** Everybody who could hear of events is in this process, and the folder is ours to bring up to date. */
const own = (options: LayerOptions): Postgres.LayerOptions => ({
  ...options,
  migrate: true,
  listen: false,
  limits: "connection"
})

/**
 * What the companies of a process share, and the client that they use. The schema is brought up to date as it is
 * opened.
 */
export const layerDatabase = (
  options: LayerOptions = {}
): Layer.Layer<
  Postgres.PopugDatabase | PgClient.PgClient | SqlClient,
  FolderError | Postgres.NotUtf8 | Postgres.SchemaMismatch | StoreError
> => Layer.provideMerge(Postgres.layerDatabaseOver(own(options)), layerClient(options))

/** All ports of a company, and the client that they use. The schema is brought up to date as it is opened. */
export const layer = (
  options: LayerOptions = {}
): Layer.Layer<
  Ports | CursorStore | PgClient.PgClient | SqlClient,
  FolderError | Postgres.NotUtf8 | Postgres.SchemaMismatch | StoreError,
  Company
> => Layer.provideMerge(Postgres.layerOver(own(options)), layerClient(options))
