/**
 * All ports of a company in memory.
 */
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
import type * as Redacted from "effect/Redacted"
import * as Billing from "./BillingStore.ts"
import * as Directory from "./CompanyDirectory.ts"
import * as Home from "./CompanyHome.ts"
import * as Secrets from "./CompanySecrets.ts"
import * as CompanyWork from "./CompanyWork.ts"
import { Connection } from "./Connection.ts"
import * as Cursors from "./CursorStore.ts"
import * as Sha256 from "./Digest.ts"
import * as Disk from "./Disk.ts"
import * as Bus from "./EventBus.ts"
import * as Log from "./EventLog.ts"
import * as Reports from "./ReportStore.ts"
import { Attachment, Shelf } from "./Shelf.ts"
import * as Tasks from "./TaskStore.ts"
import * as Users from "./UserStore.ts"

export type { Disk } from "./Disk.ts"
export type { Connection } from "./Connection.ts"
export type { Attachment, Shelf } from "./Shelf.ts"

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

/** What a host of many companies keeps, empty. */
export const shelf: () => Shelf = () => new Shelf()

/** A process's use of a shelf; cutting it is the end of the process. */
export const attach = (shelf: Shelf): Attachment => new Attachment(shelf)

/** The ports of a company of a shelf, which tells who listens of what is published. */
const portsOn = (attachment: Attachment) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { identity } = yield* Company
      const { connection } = yield* Effect.acquireRelease(
        Effect.sync(() => attachment.connect(identity.id)),
        ({ leave }) => Effect.sync(leave)
      )
      const own = ports(connection)
      const bus = Context.get(own, EventBus)
      const tell = Effect.sync(() => attachment.shelf.tell(identity.id))
      const telling = EventBus.of({ ...bus, publish: (events) => Effect.andThen(bus.publish(events), tell) })
      return Context.add(own, EventBus, telling)
    })
  )

/** A process's use of a shelf as a home of any number of companies. */
export const layerHomeOver = (attachment: Attachment): Layer.Layer<CompanyHome> =>
  Layer.sync(CompanyHome, () => ({
    ...Home.make(attachment),
    work: CompanyWork.make(attachment),
    ports: portsOn(attachment),
    archive: null
  }))

/** The directory of a host's companies, kept on a shelf. */
export const layerDirectoryOver = (attachment: Attachment): Layer.Layer<CompanyDirectory> =>
  Layer.sync(CompanyDirectory, () => Directory.make(attachment))

/** A home and a directory on a shelf. */
export const layerShelf = (shelf: Shelf): Layer.Layer<CompanyHome | CompanyDirectory> =>
  Layer.unwrap(
    Effect.sync(() => {
      const attachment = attach(shelf)
      return Layer.mergeAll(layerHomeOver(attachment), layerDirectoryOver(attachment))
    })
  )

/** The secrets of companies, derived from one key by HKDF (RFC 5869) with SHA-256. */
export const layerSecrets = (key: Redacted.Redacted<string>): Layer.Layer<CompanySecrets> =>
  Layer.sync(CompanySecrets, () => Secrets.make(key))

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
