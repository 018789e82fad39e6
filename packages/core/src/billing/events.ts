/**
 * What billing tells the others: which periods it closed, with their totals and seals.
 */
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import { decoder, define, type Event, publisher } from "../stream/Event.ts"
import { EventSkipped } from "../stream/Resume.ts"
import { Period } from "../values/BusinessDay.ts"
import { TaskId } from "../values/Ids.ts"
import { Amount } from "../values/Money.ts"

const NonNegative = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A done task and its award. */
export const TopTask = Schema.Struct({ id: TaskId, title: Schema.String, total: Amount })
export type TopTask = typeof TopTask.Type

/** A period's totals in minor units, corrections counted with reversed sign. */
export const Totals = Schema.Struct({
  tasksCreated: NonNegative,
  assigned: NonNegative,
  done: NonNegative,
  transfers: NonNegative,
  fees: Amount,
  awards: Amount,
  payouts: Amount
})
export type Totals = typeof Totals.Type

export const BillingClosed = Schema.Struct({
  period: Period,
  currency: Schema.String,
  totals: Totals,
  /** Management's earnings: fees less awards. */
  earnings: Amount,
  /** How many popugs carry a balance below zero into the next period. */
  inTheRed: NonNegative,
  topTask: Schema.NullOr(TopTask),
  seal: Schema.String
})
export type BillingClosed = typeof BillingClosed.Type

/** The events of billing's stream. */
export const billingEvents = {
  "billing.closed": define({
    kind: "business",
    producer: "billing",
    consumers: ["billing", "reports"],
    version: 1,
    description: "Billing closed a period: earnings paid out, debt carried over, the books sealed.",
    data: BillingClosed,
    // Amounts are strings in JSON.
    encode: Schema.encodeSync(Schema.toCodecJson(BillingClosed)),
    visibleTo: (actor) => Access.may(actor, "see the books") || Access.may(actor, "see the analytics")
  }),
  "billing.event-skipped": define({
    kind: "business",
    producer: "billing",
    consumers: [],
    version: 1,
    description: "An operator let billing go on past events it could not apply.",
    data: EventSkipped,
    visibleTo: (actor) => Access.may(actor, "operate the streams")
  })
} as const

/** An event of billing's stream that was read; of one type with `T`. */
export type BillingEvent<T extends keyof typeof billingEvents = keyof typeof billingEvents> = Event<
  typeof billingEvents,
  T
>

export const decodeBillingEvent = decoder(billingEvents)
export const publishBillingEvent = publisher(billingEvents)
