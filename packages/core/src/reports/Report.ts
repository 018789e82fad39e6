/**
 * What `billing.closed` becomes: management's report of the day, the audit log's seal, and a message to each popug who
 * was paid (`send.report` and `send.audit` of the event storming).
 */
import * as Schema from "effect/Schema"
import { TopTask, Totals } from "../billing/events.ts"
import { Period } from "../values/BusinessDay.ts"
import { UserId } from "../values/Ids.ts"
import { Amount, Currency } from "../values/Money.ts"
import * as Text from "../values/Text.ts"

/** Management's report of a closed period; amounts in minor units. */
export const DailyReport = Schema.Struct({
  period: Period,
  currency: Currency,
  totals: Totals,
  earnings: Amount,
  inTheRed: Schema.Int,
  topTask: Schema.NullOr(TopTask),
  /** The seal of the period's books. */
  seal: Schema.String
})
export type DailyReport = typeof DailyReport.Type

/** A popug's day, as it is told to them with the payout. */
export const Payout = Schema.Struct({
  owner: UserId,
  name: Schema.NullOr(Schema.String),
  opening: Amount,
  fees: Amount,
  awards: Amount,
  payout: Amount,
  currency: Currency
})
export type Payout = typeof Payout.Type

/** Something to be sent, once it is kept: at least once, under an id that stays the same. */
export const Notice = Schema.Union([
  /** To management. */
  Schema.TaggedStruct("Report", { id: Schema.String, period: Period, report: DailyReport }),
  /** To the accountants: the period is sealed, the audit log can be drawn up. */
  Schema.TaggedStruct("Audit", { id: Schema.String, period: Period, report: DailyReport }),
  /** To one popug. */
  Schema.TaggedStruct("Payout", { id: Schema.String, period: Period, payout: Payout })
])
export type Notice = typeof Notice.Type

/** A notice and what became of it. */
export interface KeptNotice {
  readonly notice: Notice
  readonly status: "pending" | "sent"
  readonly attempts: number
  /** When it is to be tried next, by the store's clock; once it is sent, when that was. Epoch milliseconds, UTC. */
  readonly dueAt: number
  readonly lastError: string | null
}

/** What became of a notice. It holds no instant: when the notice is due again is for the store's clock to say. */
export interface SettledNotice {
  readonly id: string
  readonly status: KeptNotice["status"]
  readonly attempts: number
  readonly lastError: string | null
  /** In how many milliseconds it is due; 0 when it is sent. */
  readonly waitMillis: number
}

const firstWait = 1_000
const longestWait = 3_600_000

/**
 * How far ahead of the store's clock a pending notice can be due, in milliseconds, with room for the clocks of servers
 * that take over from one another. One that is due later was put off by a clock that has been put back since.
 */
export const farthestDueMillis = 2 * longestWait

/** A notice after an attempt: sent, or due again after a wait that doubles up to an hour. */
export const attempted = (kept: KeptNotice, error: string | null): SettledNotice => ({
  id: kept.notice.id,
  attempts: kept.attempts + 1,
  status: error === null ? "sent" : "pending",
  lastError: error === null ? null : Text.keepable(error),
  waitMillis: error === null ? 0 : Math.min(firstWait * 2 ** kept.attempts, longestWait)
})
