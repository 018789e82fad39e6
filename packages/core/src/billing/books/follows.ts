/**
 * What may follow what in the books. Every store asks this before it writes, so that all refuse the same.
 */
import type { BillingChanges, BillingHead } from "../BillingStore.ts"
import { type AccountId, awards, cash, fees, ownerOf } from "./Account.ts"
import type { Transfer, TransferKind } from "./Transfer.ts"

/**
 * Why changes can't follow a head; nothing when they can. It is all that can be said without a look at the rows: the
 * order of numbers, periods and times in the journal, amounts and accounts, prices, closed periods, shuffles, and that
 * the new head says where all of these now stand. What only the rows tell is the store's: whether a cause is booked, or
 * a task priced, already.
 */
export const follows = (before: BillingHead, changes: BillingChanges): string | undefined =>
  followJournal(before.journal, changes) ??
  followCloses(before.closed, changes) ??
  followShuffles(before.shuffled, changes) ??
  arePrices(changes)

/** The account of the company that transfers of a kind move, and no others. */
const ofKind: Readonly<Record<TransferKind, AccountId>> = { fee: fees, award: awards, payout: cash }

const isOfKind = ({ credit, debit, kind }: Transfer): boolean => {
  const [own, other] = ownerOf(debit) === null ? [debit, credit] : [credit, debit]
  return own === ofKind[kind] && ownerOf(other) !== null
}

const followJournal = (
  before: BillingHead["journal"],
  { head: { journal }, prices, transfers }: BillingChanges
): string | undefined => {
  let { number, period, recordedAt } = before
  for (const transfer of transfers) {
    const name = `transfer ${transfer.number}`
    const at = transfer.recordedAt
    if (transfer.number !== number + 1) return `${name} does not follow transfer ${number}`
    if (transfer.amount <= 0n) return `${name} has an amount of ${transfer.amount}`
    if (!isOfKind(transfer)) return `${name}, a ${transfer.kind}, is not between a popug and ${ofKind[transfer.kind]}`
    if (period !== null && transfer.period < period) return `${name} is of an earlier period than the one before`
    if (recordedAt !== null && at.epochMilliseconds < recordedAt.epochMilliseconds) {
      return `${name} is earlier than the one before`
    }
    number = transfer.number
    period = transfer.period
    recordedAt = at
  }
  if (journal.number !== number) {
    return `the head's journal stands at ${journal.number}, the last transfer is ${number}`
  }
  if (journal.period !== period || journal.recordedAt?.epochMilliseconds !== recordedAt?.epochMilliseconds) {
    return `the head tells another period or time of transfer ${number}`
  }
  if (transfers.length === 0 && prices.length === 0 && journal.digest !== before.digest) {
    return "the journal's digest changed without anything new in it"
  }
  return undefined
}

const followCloses = (
  before: BillingHead["closed"],
  { balances, closed, head, shuffles, transfers }: BillingChanges
): string | undefined => {
  if (before.period !== null) {
    // Periods only grow along the journal.
    for (const { period } of [...transfers.slice(0, 1), ...balances, ...shuffles]) {
      if (period <= before.period) return `period ${period} is closed`
    }
  }
  let last = before
  for (const row of closed) {
    const { period } = row
    if (last.period !== null && period <= last.period) {
      return `period ${period} is closed already, or before one that is`
    }
    last = row
  }
  const { inTheRed, period, seal } = head.closed
  return period === last.period && seal === last.seal && inTheRed === last.inTheRed
    ? undefined
    : "the head does not go on from the last close"
}

const followShuffles = (
  before: BillingHead["shuffled"],
  { head: { shuffled }, shuffles }: BillingChanges
): string | undefined => {
  let last = before
  for (const { event, fees, period } of shuffles) {
    const name = `the shuffle of event ${event}`
    if (last !== null && event <= last.event) return `${name} does not follow that of event ${last.event}`
    if (last !== null && period < last.period) return `${name} is of an earlier period than the one before`
    if (fees < 0n) return `${name} has fees of ${fees}`
    last = { event, period }
  }
  return shuffled?.event === last?.event && shuffled?.period === last?.period
    ? undefined
    : "the head does not tell of the last shuffle"
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
