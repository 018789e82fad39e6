/**
 * Each context alone: over its own store, and with what the others tell it.
 */
import {
  BillingStore,
  Digest,
  Directory,
  type Envelope,
  EventBus,
  EventLog,
  Lease,
  Payouts,
  Popug,
  type Ports,
  Prices,
  ReportStore,
  TaskStore,
  UserStore
} from "@popug/core"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

export type Name = "users" | "tasks" | "billing" | "reports"

/** What contexts tell one another. */
export interface Told {
  readonly logs: Readonly<Record<Envelope.Source, EventLog["Service"]>>
  readonly directory: Directory["Service"]
  readonly payouts: Payouts["Service"]
  readonly prices: Prices["Service"]
}

/** What every context has of its own: a log, a bus and a digest, of its ports nothing else. */
const common = (ports: Context.Context<Ports>, logs: Parameters<typeof EventLog.combined>[0]) =>
  Layer.succeedContext(
    Context.make(EventLog, EventLog.combined(logs)).pipe(
      Context.add(EventBus, Context.get(ports, EventBus)),
      Context.add(Digest.Digest, Context.get(ports, Digest.Digest))
    )
  )

/** Who acts, with a lease. */
export const leased = ({ directory }: Told): Layer.Layer<Directory> => Lease.layer(Layer.succeed(Directory, directory))

export const users = (ports: Context.Context<Ports>) =>
  Popug.users.pipe(
    Layer.provideMerge(Layer.succeed(UserStore, Context.get(ports, UserStore))),
    Layer.provide(common(ports, { users: Context.get(ports, EventLog) }))
  )

export const tasks = (ports: Context.Context<Ports>, told: Told, directory = leased(told)) =>
  Popug.tasks.pipe(
    Layer.provideMerge(Layer.succeed(TaskStore, Context.get(ports, TaskStore))),
    Layer.provide([
      common(ports, { tasks: Context.get(ports, EventLog), users: told.logs.users }),
      directory,
      Layer.succeed(Prices, told.prices)
    ])
  )

export const billing = (ports: Context.Context<Ports>, told: Told, directory = leased(told)) =>
  Popug.billing.pipe(
    Layer.provideMerge(Layer.succeed(BillingStore, Context.get(ports, BillingStore))),
    Layer.provide([
      common(ports, { billing: Context.get(ports, EventLog), tasks: told.logs.tasks, users: told.logs.users }),
      directory
    ])
  )

export const reports = (ports: Context.Context<Ports>, told: Told, directory = leased(told)) =>
  Popug.reports.pipe(
    Layer.provideMerge(Layer.succeed(ReportStore, Context.get(ports, ReportStore))),
    Layer.provide([common(ports, { billing: told.logs.billing }), directory, Layer.succeed(Payouts, told.payouts)])
  )
