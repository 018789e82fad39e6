/**
 * What may follow what in the books. Every store asks this before it writes, so that all refuse the same.
 */
import type { Period } from "../../values/BusinessDay.ts"
import type { BillingChanges, BillingHead } from "../BillingStore.ts"

/** Where the books stand, besides what the head says. */
export interface Marks {
  /** The period and the recording time (epoch milliseconds) of the last transfer; null before the first. */
  readonly period: Period | null
  readonly recordedAt: number | null
  /** The period that was closed last: everything up to it is never rewritten. */
  readonly closed: Period | null
  /** The last shuffle whose cost is recorded; null before the first. */
  readonly shuffle: { readonly event: number; readonly period: Period } | null
}

export const noMarks: Marks = { period: null, recordedAt: null, closed: null, shuffle: null }

/** The marks after changes. */
export const marked = (marks: Marks, { closed, shuffles, transfers }: BillingChanges): Marks => {
  const last = transfers.at(-1)
  const shuffle = shuffles.at(-1)
  return {
    period: last?.period ?? marks.period,
    recordedAt: last?.recordedAt.epochMilliseconds ?? marks.recordedAt,
    closed: closed.at(-1)?.period ?? marks.closed,
    shuffle: shuffle === undefined ? marks.shuffle : { event: shuffle.event, period: shuffle.period }
  }
}

/** Why changes can't follow a head of the books; nothing when they can. What is booked for a cause is the store's to know. */
export const follows = (
  before: Pick<BillingHead, "journal" | "journalDigest">,
  marks: Marks,
  changes: BillingChanges
): string | undefined =>
  followJournal(before, marks, changes) ??
  followCloses(marks, changes) ??
  followShuffles(marks, changes) ??
  arePrices(changes)

const followJournal = (
  before: Pick<BillingHead, "journal" | "journalDigest">,
  marks: Marks,
  { head, prices, transfers }: BillingChanges
): string | undefined => {
  let { period, recordedAt } = marks
  let number = before.journal
  for (const transfer of transfers) {
    const name = `transfer ${transfer.number}`
    const at = transfer.recordedAt.epochMilliseconds
    if (transfer.number !== number + 1) return `${name} does not follow transfer ${number}`
    if (transfer.amount <= 0n) return `${name} has an amount of ${transfer.amount}`
    if (transfer.debit === transfer.credit) return `${name} moves from ${transfer.debit} to itself`
    if (period !== null && transfer.period < period) return `${name} is of an earlier period than the one before`
    if (recordedAt !== null && at < recordedAt) return `${name} is earlier than the one before`
    number = transfer.number
    period = transfer.period
    recordedAt = at
  }
  if (head.journal !== number) return `the head's journal stands at ${head.journal}, the last transfer is ${number}`
  if (transfers.length === 0 && prices.length === 0 && head.journalDigest !== before.journalDigest) {
    return "the journal's digest changed without anything new in it"
  }
  return undefined
}

const followCloses = ({ closed: before }: Marks, { balances, closed, shuffles, transfers }: BillingChanges) => {
  let last = before
  if (last !== null) {
    // Periods only grow along the journal.
    for (const { period } of [...transfers.slice(0, 1), ...balances, ...shuffles]) {
      if (period <= last) return `period ${period} is closed`
    }
  }
  for (const { period } of closed) {
    if (last !== null && period <= last) return `period ${period} is closed already, or before one that is`
    last = period
  }
  return undefined
}

const followShuffles = ({ shuffle: before }: Marks, { shuffles }: BillingChanges) => {
  let last = before
  for (const { event, fees, period } of shuffles) {
    const name = `the shuffle of event ${event}`
    if (last !== null && event <= last.event) return `${name} does not follow that of event ${last.event}`
    if (last !== null && period < last.period) return `${name} is of an earlier period than the one before`
    if (fees < 0n) return `${name} has fees of ${fees}`
    last = { event, period }
  }
  return undefined
}

const arePrices = ({ prices }: BillingChanges) => {
  const priced = new Set<string>()
  const events = new Set<number>()
  for (const { award, event, fee, task } of prices) {
    if (events.has(event)) return `the price of task ${task} is the second of event ${event}`
    events.add(event)
    if (priced.has(task)) return `task ${task} has its price already`
    if (award <= 0n || fee <= 0n) return `task ${task} has a price that is not above zero`
    priced.add(task)
  }
  return undefined
}
