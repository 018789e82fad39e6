/**
 * All ports of a company in memory.
 */
import {
  BillingStore,
  Company,
  CursorStore,
  Digest,
  EventBus,
  EventLog,
  Ids,
  type InvalidInput,
  Notifier,
  Popug,
  type Ports,
  ReportStore,
  Schedule,
  TaskStore,
  UserStore
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Billing from "./BillingStore.ts"
import { Connection } from "./Connection.ts"
import * as Cursors from "./CursorStore.ts"
import * as Sha256 from "./Digest.ts"
import * as Disk from "./Disk.ts"
import * as Bus from "./EventBus.ts"
import * as Log from "./EventLog.ts"
import * as Reports from "./ReportStore.ts"
import * as Tasks from "./TaskStore.ts"
import * as Users from "./UserStore.ts"

export type { Disk } from "./Disk.ts"
export type { Connection } from "./Connection.ts"

/** The ports that keep rows. */
export type Stores = UserStore | TaskStore | BillingStore | ReportStore | EventLog | CursorStore

/** A disk of its own, empty: what outlives the layers built over it. */
export const disk: () => Disk.Disk = Disk.make

/** A process's connection to a disk; cutting it is the end of the process. */
export const connect = (disk: Disk.Disk): Connection => new Connection(disk)

const stores = (connection: Connection): Context.Context<Stores> =>
  Context.make(UserStore, Users.make(connection)).pipe(
    Context.add(TaskStore, Tasks.make(connection)),
    Context.add(BillingStore, Billing.make(connection)),
    Context.add(ReportStore, Reports.make(connection)),
    Context.add(EventLog, Log.make(connection)),
    Context.add(CursorStore, Cursors.make(connection))
  )

const ports = (connection: Connection): Context.Context<Ports | CursorStore> =>
  stores(connection).pipe(Context.add(EventBus, Bus.make(connection)), Context.add(Digest.Digest, Sha256.make()))

const fresh = Effect.sync(() => connect(disk()))

/** All ports; each build is a company of its own, empty. */
export const layer: Layer.Layer<Ports | CursorStore> = Layer.effectContext(Effect.map(fresh, ports))

/** All ports over a connection, so that a process can end and another go on over the same disk. */
export const layerOver = (connection: Connection): Layer.Layer<Ports | CursorStore> =>
  Layer.effectContext(Effect.sync(() => ports(connection)))

/** All ports over a disk. */
export const layerOn = (disk: Disk.Disk): Layer.Layer<Ports | CursorStore> => layerOver(connect(disk))

/** The stores alone. */
export const layerStores: Layer.Layer<Stores> = Layer.effectContext(Effect.map(fresh, stores))

/** The bus alone. */
export const layerBus: Layer.Layer<EventBus> = Layer.effect(EventBus, Effect.map(fresh, Bus.make))

/** SHA-256 alone. */
export const layerDigest: Layer.Layer<Digest.Digest> = Layer.sync(Digest.Digest, Sha256.make)

/**
 * A whole company in memory, with everything a program needs to use it: its days end by the clock, its notices go to
 * the log. `options` are `Company.layer`'s.
 */
export const company = (
  options: Parameters<typeof Company.layer>[0]
): Layer.Layer<
  Layer.Success<typeof Popug.layer> | Ports | CursorStore | Company | Ids,
  Layer.Error<typeof Popug.layer> | InvalidInput
> =>
  Schedule.layer.pipe(
    Layer.provideMerge(Popug.layer),
    Layer.provideMerge(Layer.mergeAll(layer, Ids.layer, Company.layer(options))),
    Layer.provide(Notifier.layerLog)
  )
