/**
 * The ports as a process meets them: each call takes a while, and may fail, hang, or be its last.
 */
import { BillingStore, Company, EventBus, EventLog, type Ports, ReportStore, TaskStore, UserStore } from "@popug/core"
import * as Context from "effect/Context"
import * as Calls from "./Calls.ts"
import { hostile } from "./hostile.ts"
import type { Process } from "./Process.ts"
import { transacting } from "./transacting.ts"
import type { World } from "./World.ts"

/** The ports of a process, faulty as the dice say. */
export const faulty = (world: World, process: Process, tame: Context.Context<Ports>): Context.Context<Ports> => {
  const calls = Calls.make(world, process)
  const { reading, reads } = calls
  const faultyTransact = transacting(world, process, calls)
  const users = Context.get(tame, UserStore)
  const tasks = Context.get(tame, TaskStore)
  const billing = Context.get(tame, BillingStore)
  const reports = Context.get(tame, ReportStore)
  const log = Context.get(tame, EventLog)
  const bus = hostile(world, process, Context.get(tame, EventBus))

  const ports = tame.pipe(
    Context.add(UserStore, {
      ...users,
      open: (company) => reading(users.open(company)),
      transact: faultyTransact("users", users.transact),
      head: reading(users.head),
      get: reads(users.get),
      list: reads(users.list)
    }),
    Context.add(TaskStore, {
      ...tasks,
      open: (company, first) => reading(tasks.open(company, first)),
      transact: faultyTransact("tasks", tasks.transact),
      head: reading(tasks.head),
      now: reading(tasks.now),
      get: reads(tasks.get),
      list: reads(tasks.list),
      members: reads(tasks.members),
      count: reads(tasks.count)
    }),
    Context.add(BillingStore, {
      ...billing,
      open: (company) => reading(billing.open(company)),
      transact: faultyTransact("billing", billing.transact),
      head: reading(billing.head),
      balances: reads(billing.balances),
      holders: reads(billing.holders)
    }),
    Context.add(ReportStore, {
      ...reports,
      open: (company) => reading(reports.open(company)),
      transact: faultyTransact("reports", reports.transact),
      cursor: reading(reports.cursor),
      due: reads(reports.due),
      settle: reads(reports.settle)
    }),
    Context.add(EventLog, { read: reads(log.read), last: reads(log.last) }),
    Context.add(EventBus, bus)
  )
  return world.bug?.ports === undefined ? ports : world.bug.ports(ports, Context.get(world.company, Company))
}
