/**
 * A whole company in one layer: all contexts, wired to each other, over whatever ports a host provides. And each
 * context in a layer of its own, for hosts whose contexts run apart.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Billing } from "./billing/Billing.ts"
import { BillingStore } from "./billing/BillingStore.ts"
import { Books } from "./billing/Books.ts"
import { identified as identifiedBilling } from "./billing/identity.ts"
import * as Reading from "./billing/Reading.ts"
import type * as Actor from "./company/Actor.ts"
import { Company, identified } from "./company/Company.ts"
import type { CompanyMismatch } from "./company/Identity.ts"
import type { IdentityDirectory } from "./company/IdentityDirectory.ts"
import { Events } from "./Feed.ts"
import { Reports } from "./reports/Reports.ts"
import { type Notifier, Payouts, ReportStore } from "./reports/ReportStore.ts"
import { Consumers } from "./stream/Consumers.ts"
import type { EventBus } from "./stream/EventBus.ts"
import type { EventLog } from "./stream/EventLog.ts"
import { resumingBilling, resumingReports, resumingTasks, Streams } from "./Streams.ts"
import { identified as identifiedTasks } from "./tasks/identity.ts"
import { Prices } from "./tasks/Prices.ts"
import { Shuffling } from "./tasks/Shuffling.ts"
import { Tasks } from "./tasks/Tasks.ts"
import { TaskStore } from "./tasks/TaskStore.ts"
import { layerDirectory, layerIdentities, Users } from "./users/Users.ts"
import { UserStore } from "./users/UserStore.ts"
import * as BusinessDay from "./values/BusinessDay.ts"
import type { Digest } from "./values/Digest.ts"
import type { Ids } from "./values/Ids.ts"
import { StoreError } from "./values/StoreError.ts"
import { provingBilling, provingReports, provingTasks, provingUsers, Verification } from "./Verification.ts"

export { promises, type Promised, type Promises } from "./Promises.ts"

/** All ports that a company needs besides its settings and a notifier: what an adapter's layer provides. */
export type Ports = UserStore | TaskStore | BillingStore | ReportStore | EventLog | EventBus | Digest

type Adopting<R> = Effect.Effect<void, CompanyMismatch | StoreError, R | Company | Digest>

/** `adopt` of the users context alone. */
export const adoptUsers: Adopting<UserStore> = Effect.gen(function* () {
  yield* (yield* UserStore).adopt(yield* identified)
})

/** `adopt` of the tasks context alone. */
export const adoptTasks: Adopting<TaskStore> = Effect.gen(function* () {
  const { calendar } = yield* Company
  yield* (yield* TaskStore).adopt(yield* identifiedTasks, (now) => BusinessDay.periodAt(calendar, now))
})

/** `adopt` of billing alone. */
export const adoptBilling: Adopting<BillingStore> = Effect.gen(function* () {
  yield* (yield* BillingStore).adopt(yield* identifiedBilling)
})

/** `adopt` of the reports context alone. */
export const adoptReports: Adopting<ReportStore> = Effect.gen(function* () {
  yield* (yield* ReportStore).adopt(yield* identified)
})

/**
 * Puts this host's settings and policies in the place of those that the company was opened with: an operator's explicit
 * act, for when `CompanyMismatch` says that they differ and the host is right. Zone, cutoff and currency can be put
 * right while nothing has been registered or closed; the secret, the closing and the policies at any time, for what is
 * to come: prices and assignments that are made stay as they are. Hosts with the old ones are refused from then on, so
 * end them first. Each context that this host has a store of is opened by this. Where contexts run apart, each is told
 * by its own: first the tasks, which have most to say against it.
 */
export const adopt: Adopting<UserStore | TaskStore | BillingStore | ReportStore> = Effect.all(
  [adoptTasks, adoptBilling, adoptUsers, adoptReports],
  { discard: true }
)

/** Who was paid out, read from billing. */
export const layerPayouts: Layer.Layer<Payouts, never, BillingStore | Company> = Layer.effect(
  Payouts,
  Effect.gen(function* () {
    const store = yield* BillingStore
    const { settings } = yield* Company
    return {
      of: Effect.fnUntraced(function* (period, { after, limit }) {
        const { closed } = yield* store.head
        if (closed.period === null || period > closed.period) return yield* notClosed(period)
        const { more, rows } = yield* Reading.balances(store, period, { after, limit })
        return {
          more,
          rows: rows.map(({ awards, fees, name, opening, owner, paid }) => ({
            owner,
            name,
            opening,
            fees,
            awards,
            payout: paid,
            currency: settings.currency
          }))
        }
      })
    }
  })
)

const notClosed = (period: BusinessDay.Period) =>
  new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "no",
    message: `billing does not show yet that ${period} is closed`
  })

/** What tasks cost, read from billing. */
export const layerPrices: Layer.Layer<Prices, never, BillingStore> = Layer.effect(
  Prices,
  Effect.map(BillingStore, (store) => ({
    fees: (tasks) =>
      tasks.length === 0
        ? Effect.succeed([])
        : Effect.map(store.prices({ tasks }, { limit: tasks.length }), ({ rows }) =>
            rows.map(({ fee, task }) => ({ task, fee }))
          )
  }))
)

/** What can go wrong as a context is opened. */
type Refusal = CompanyMismatch | StoreError

/** What each context's process has besides the context's own services: of that context alone. */
type Common = Streams | Verification | Events | Consumers

/** What each context needs besides its store and what it asks of others; `EventLog.combined` joins logs. */
type CommonPorts = EventLog | EventBus | Digest | Company | Ids

/**
 * The users context alone, in a process and over a store of its own. It tells the others who acts and who signs in. Of
 * the logs it reads its own.
 */
export const users: Layer.Layer<
  Users | Actor.Directory | IdentityDirectory | Common,
  Refusal,
  UserStore | CommonPorts
> = Layer.fresh(
  Layer.mergeAll(Streams.layerOf<never>([]), Verification.layerOf([provingUsers]), Events.layer).pipe(
    Layer.provideMerge(Users.layer),
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory, layerIdentities))
  )
)

/**
 * The tasks context alone. It asks users who acts (`Lease`) and billing what tasks cost. Of the logs it
 * reads its own and the users'.
 */
export const tasks: Layer.Layer<
  Tasks | Shuffling | Common,
  Refusal,
  TaskStore | Actor.Directory | Prices | CommonPorts
> = Layer.fresh(
  Layer.mergeAll(
    Streams.layerOf([resumingTasks]),
    Verification.layerOf([provingTasks]),
    Shuffling.layer,
    Events.layer
  ).pipe(Layer.provideMerge(Tasks.layer), Layer.provideMerge(Consumers.layer))
)

/**
 * Billing alone. It asks users who acts, and tells the others what tasks cost and who was paid out. Of the logs it
 * reads its own, the tasks' and the users'.
 */
export const billing: Layer.Layer<
  Billing | Books | Payouts | Prices | Common,
  Refusal,
  BillingStore | Actor.Directory | CommonPorts
> = Layer.fresh(
  Layer.mergeAll(Streams.layerOf([resumingBilling]), Verification.layerOf([provingBilling]), Events.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Billing.layer, Books.layer)),
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerPayouts, layerPrices))
  )
)

/** The reports context alone. It asks users who acts and billing who was paid out. Of the logs it reads billing's. */
export const reports: Layer.Layer<
  Reports | Common,
  Refusal,
  ReportStore | Notifier | Actor.Directory | Payouts | CommonPorts
> = Layer.fresh(
  Layer.mergeAll(Streams.layerOf([resumingReports]), Verification.layerOf([provingReports]), Events.layer).pipe(
    Layer.provideMerge(Reports.layer),
    Layer.provideMerge(Consumers.layer)
  )
)

/**
 * The use cases and queries of a company, with their consumers running. `Schedule.layer` ends its days.
 *
 * It is built anew wherever it is named: effect would otherwise build it once for all who ask, whatever they provide
 * to it, and who asked for a second company would get the first one's services. Ports that belong to another company
 * refuse it with `CompanyMismatch`.
 */
export const layer: Layer.Layer<
  | Users
  | Tasks
  | Billing
  | Books
  | Reports
  | Streams
  | Verification
  | Shuffling
  | Events
  | Consumers
  | Actor.Directory
  | IdentityDirectory
  | Payouts
  | Prices,
  Refusal,
  Ports | Company | Ids | Notifier
> = Layer.fresh(
  Layer.mergeAll(Streams.layer, Verification.layer, Shuffling.layer, Events.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Users.layer, Tasks.layer, Billing.layer, Books.layer, Reports.layer)),
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory, layerIdentities, layerPayouts, layerPrices))
  )
)
