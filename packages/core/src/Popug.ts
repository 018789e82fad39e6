/**
 * A whole company in one layer: all contexts, wired to each other, over whatever ports a host provides.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Actor from "./Actor.ts"
import { Billing } from "./billing/Billing.ts"
import { BillingStore } from "./billing/BillingStore.ts"
import { Books } from "./billing/Books.ts"
import * as Account from "./billing/Account.ts"
import { Company, type CompanyMismatch } from "./Company.ts"
import type { Digest } from "./Digest.ts"
import { Consumers } from "./events/Consumers.ts"
import type { EventBus } from "./events/EventBus.ts"
import { Events } from "./events/Feed.ts"
import type { EventLog } from "./events/EventLog.ts"
import type { Ids } from "./Ids.ts"
import { type Notifier, Payouts, type ReportStore } from "./reports/ReportStore.ts"
import { Reports } from "./reports/Reports.ts"
import type { StoreError } from "./StoreError.ts"
import { Streams } from "./Streams.ts"
import { Tasks } from "./tasks/Tasks.ts"
import type { TaskStore } from "./tasks/TaskStore.ts"
import { layerDirectory, Users } from "./users/Users.ts"
import type { UserStore } from "./users/UserStore.ts"

/** All ports that a company needs besides its settings and a notifier: what an adapter's layer gives. */
export type Ports = UserStore | TaskStore | BillingStore | ReportStore | EventLog | EventBus | Digest

/** Who was paid out, read from billing. */
export const layerPayouts: Layer.Layer<Payouts, never, BillingStore | Company> = Layer.effect(
  Payouts,
  Effect.gen(function* () {
    const store = yield* BillingStore
    const { settings } = yield* Company
    return {
      of: Effect.fnUntraced(function* (period, { after, limit }) {
        // The company's own accounts sort before the popugs'.
        const { more, rows } = yield* store.balances(period, { after: Account.popug(after ?? ""), limit })
        const owners = rows.map((row) => Account.ownerOf(row.account)!)
        const names = new Map((yield* store.holders(owners)).map(({ id, name }) => [id, name]))
        return {
          more,
          rows: rows.map(({ awards, fees, opening, paid }, index) => ({
            owner: owners[index]!,
            name: names.get(owners[index]!) ?? null,
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

/** The use cases and queries of a company, with their consumers running. `Schedule.layer` ends its days. */
export const layer: Layer.Layer<
  Users | Tasks | Billing | Books | Reports | Streams | Events | Consumers | Actor.Directory,
  CompanyMismatch | StoreError,
  Ports | Company | Ids | Notifier
> = Layer.mergeAll(Streams.layer, Events.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Users.layer, Tasks.layer, Billing.layer, Books.layer, Reports.layer)),
  Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
  Layer.provide(layerPayouts)
)
