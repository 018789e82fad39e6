/**
 * A process: one life of a node.
 */
import type {
  Actor,
  Billing,
  BillingStore,
  Books,
  Company,
  Consumers,
  EventLog,
  Reports,
  ReportStore,
  StoreError,
  Tasks,
  TaskStore,
  Users,
  UserStore
} from "@popug/core"
import type { Memory } from "@popug/memory"
import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** What runs on a node. */
export type Services = Users | Tasks | Billing | Books | Reports | Consumers | Actor.Directory | Company

/** The ports that keep rows. */
export type Stores = UserStore | TaskStore | BillingStore | ReportStore | EventLog

/** A process's connections: to its store, and to the bus. */
export interface Connections {
  readonly disk: Memory.Connection
  readonly broker: Memory.Connection
}

/** One life of a node, from its start to its crash. */
export interface Process {
  readonly name: string
  readonly connections: Connections
  readonly clock: Clock.Clock
  /** Until when it stands still; epoch milliseconds. */
  pausedUntil: number
  /** Goes on once it does not stand still. */
  readonly stands: Effect.Effect<void>
  /** Whatever calls this never goes on. */
  readonly crash: Effect.Effect<never>
  /** The same in the middle of a transaction. */
  readonly crashInside: Effect.Effect<never, StoreError>
  /** What runs on it; undefined until it is up. */
  services: Context.Context<Services> | undefined
  /** The log of its own store. */
  log: EventLog["Service"] | undefined
}
