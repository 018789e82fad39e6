/**
 * A whole company in one layer: all contexts, wired to each other, over whatever ports a host provides.
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
import { Events } from "./Feed.ts"
import { Reports } from "./reports/Reports.ts"
import { type Notifier, Payouts, ReportStore } from "./reports/ReportStore.ts"
import { Shuffling } from "./Shuffling.ts"
import { Consumers } from "./stream/Consumers.ts"
import type { EventBus } from "./stream/EventBus.ts"
import type { EventLog } from "./stream/EventLog.ts"
import { Streams } from "./Streams.ts"
import { identified as identifiedTasks } from "./tasks/identity.ts"
import { Tasks } from "./tasks/Tasks.ts"
import { TaskStore } from "./tasks/TaskStore.ts"
import { layerDirectory, Users } from "./users/Users.ts"
import { UserStore } from "./users/UserStore.ts"
import * as BusinessDay from "./values/BusinessDay.ts"
import type { Digest } from "./values/Digest.ts"
import type { Ids } from "./values/Ids.ts"
import type { StoreError } from "./values/StoreError.ts"
import { Verification } from "./Verification.ts"

export { promises, type Promised, type Promises } from "./Promises.ts"

/** All ports that a company needs besides its settings and a notifier: what an adapter's layer provides. */
export type Ports = UserStore | TaskStore | BillingStore | ReportStore | EventLog | EventBus | Digest

/**
 * Puts this host's settings and policies in the place of those that the company was opened with: an operator's explicit
 * act, for when `CompanyMismatch` says that they differ and the host is right. Zone, cutoff and currency can be put
 * right while nothing has been registered or closed; the secret, the closing and the policies at any time, for what is
 * to come: prices and assignments that are made stay as they are. Hosts with the old ones are refused from then on, so
 * end them first. Each context that this host has a store of is opened by this.
 */
export const adopt: Effect.Effect<
  void,
  CompanyMismatch | StoreError,
  UserStore | TaskStore | BillingStore | ReportStore | Company | Digest
> = Effect.gen(function* () {
  const { calendar } = yield* Company
  const tasks = yield* TaskStore
  // First the one that has most to say against it.
  yield* tasks.adopt(yield* identifiedTasks, (now) => BusinessDay.periodAt(calendar, now))
  yield* (yield* BillingStore).adopt(yield* identifiedBilling)
  const identity = yield* identified
  yield* (yield* UserStore).adopt(identity)
  yield* (yield* ReportStore).adopt(identity)
})

/** Who was paid out, read from billing. */
export const layerPayouts: Layer.Layer<Payouts, never, BillingStore | Company> = Layer.effect(
  Payouts,
  Effect.gen(function* () {
    const store = yield* BillingStore
    const { settings } = yield* Company
    return {
      of: Effect.fnUntraced(function* (period, { after, limit }) {
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

/**
 * The use cases and queries of a company, with their consumers running. `Schedule.layer` ends its days.
 *
 * It is built anew wherever it is named: effect would otherwise build it once for all who ask, whatever they provide
 * to it, and who asked for a second company would get the first one's services. Ports that belong to another company
 * refuse it with `CompanyMismatch`.
 */
export const layer: Layer.Layer<
  Users | Tasks | Billing | Books | Reports | Streams | Verification | Shuffling | Events | Consumers | Actor.Directory,
  CompanyMismatch | StoreError,
  Ports | Company | Ids | Notifier
> = Layer.fresh(
  Layer.mergeAll(Streams.layer, Verification.layer, Shuffling.layer, Events.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Users.layer, Tasks.layer, Billing.layer, Books.layer, Reports.layer)),
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
    Layer.provide(layerPayouts)
  )
)
