/**
 * What outlives a process: the rows of one company, and its broker's memory.
 */
import type { BillingHead, Cursor, Envelope, Head, Identity, TaskHead } from "@popug/core"
import { BillingTable } from "./BillingTable.ts"
import { Broker } from "./Broker.ts"
import { Lock } from "./Lock.ts"
import { ReportTable } from "./ReportTable.ts"
import * as Stream from "./Stream.ts"
import { TaskTable } from "./TaskTable.ts"
import { UserTable } from "./UserTable.ts"

export interface Disk {
  readonly users: { readonly stream: Stream.Stream<Head.Head>; readonly table: UserTable }
  readonly tasks: { readonly stream: Stream.Stream<TaskHead>; readonly table: TaskTable }
  readonly billing: { readonly stream: Stream.Stream<BillingHead>; readonly table: BillingTable }
  readonly reports: {
    readonly lock: Lock
    readonly table: ReportTable
    opened: { identity: Identity; readonly cursor: Cursor.Cursor } | undefined
  }
  readonly cursors: Map<string, { readonly lock: Lock; stored: Cursor.Cursor | undefined }>
  readonly broker: Broker
  /** Whether the company was put to rest. */
  resting: boolean
}

/** An empty disk. */
export const make = (): Disk => ({
  users: { stream: Stream.make("users"), table: new UserTable() },
  tasks: { stream: Stream.make("tasks"), table: new TaskTable() },
  billing: { stream: Stream.make("billing"), table: new BillingTable() },
  reports: { lock: new Lock(), table: new ReportTable(), opened: undefined },
  cursors: new Map(),
  broker: new Broker(),
  resting: false
})

/** The events of a stream, number 1 first. */
export const eventsOf = (disk: Disk, source: Envelope.Source): ReadonlyArray<Envelope.Envelope> =>
  disk[source].stream.events
