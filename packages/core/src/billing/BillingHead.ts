/**
 * The head of the billing context: all that its next commit goes on from.
 */
import type * as DateTime from "effect/DateTime"
import * as Cursor from "../stream/Cursor.ts"
import * as Head from "../stream/Head.ts"
import type { Period } from "../values/BusinessDay.ts"
import { origin } from "../values/Digest.ts"
import type { TopTask, Totals } from "./events.ts"
import type { ShuffleCost } from "./rows.ts"

/** The end of the journal. */
interface JournalEnd {
  /** The number of the last transfer; 0 before the first. */
  readonly number: number
  /** The digest of all transfers and prices so far; 64 zeros before the first. */
  readonly digest: string
  /** The period of the last transfer, and when it was recorded; null before the first. */
  readonly period: Period | null
  readonly recordedAt: DateTime.Utc | null
}

/** What the last close left to the periods after it. */
interface LastClose {
  /** The period closed last; null before the first. */
  readonly period: Period | null
  /** Its seal; 64 zeros before the first. */
  readonly seal: string
  /** How many popugs carried a balance below zero out of it. */
  readonly inTheRed: number
}

/**
 * The head of the billing context. It alone says what may follow (`Ledger.follows`): a store keeps it as it is, to the
 * last field, and needs to know nothing else of what was written before.
 */
export interface BillingHead extends Head.Head {
  /** The open period; null before the first event of the tasks context. */
  readonly period: Period | null
  /** Where the journal ends, and what the last close left. */
  readonly journal: JournalEnd
  readonly closed: LastClose
  /** The open period's totals and top task so far. */
  readonly totals: Totals
  readonly topTask: TopTask | null
  /** The shuffle whose fees are being charged; null when the last one's are. */
  readonly shuffle: ShuffleCost | null
  /** The last shuffle whose cost is recorded; null before the first. */
  readonly shuffled: Pick<ShuffleCost, "event" | "period"> | null
  /** When closing by hand: the period that has ended and waits, and the one that may be closed. */
  readonly awaiting: Period | null
  readonly approved: Period | null
  /** The highest number of the tasks' stream that an operator had billing pass over; 0 when there is none. */
  readonly passed: number
  /** How far the streams of tasks and users were applied. */
  readonly tasks: Cursor.Cursor
  readonly users: Cursor.Cursor
}

/** The head of a company's books when they are opened. */
export const initialBillingHead = (at: DateTime.Utc): BillingHead => ({
  ...Head.initial(at),
  period: null,
  journal: { number: 0, digest: origin, period: null, recordedAt: null },
  closed: { period: null, seal: origin, inTheRed: 0 },
  totals: { tasksCreated: 0, assigned: 0, done: 0, transfers: 0, fees: 0n, awards: 0n, payouts: 0n },
  topTask: null,
  shuffle: null,
  shuffled: null,
  awaiting: null,
  approved: null,
  passed: 0,
  tasks: Cursor.start("billing", "tasks"),
  users: Cursor.start("billing.users", "users")
})
