/**
 * What may follow what in the books. Every store asks this before it writes, so that all refuse the same.
 */
import type { BillingChanges, BillingHead } from "../BillingStore.ts"
import { type AccountId, awards, cash, fees } from "./Account.ts"
import type { Cause, Transfer, TransferKind } from "./Transfer.ts"

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
  arePrices(changes) ??
  areAccounts(changes)

/** The account of the company that transfers of a kind move, and no others. */
const ofKind: Readonly<Record<TransferKind, AccountId>> = { fee: fees, award: awards, payout: cash }

/** What transfers of a kind are booked for, but for corrections. */
const causeOf: Readonly<Record<TransferKind, Cause["_tag"]>> = { fee: "Assigned", award: "Done", payout: "Closed" }

const isPopug = (account: AccountId): boolean => account.startsWith("popug:")

/** What is wrong with a transfer in itself, put after its name: its amount, its accounts, what it says of its cause. */
const oddityOf = ({ amount, cause, credit, debit, kind, number }: Transfer): string | undefined => {
  if (amount <= 0n) return ` has an amount of ${amount}`
  const debited = isPopug(debit)
  const [own, other] = debited ? [credit, debit] : [debit, credit]
  if (own !== ofKind[kind] || !isPopug(other)) return `, a ${kind}, is not between a popug and ${ofKind[kind]}`
  const isForward = debited === (kind !== "award")
  if (cause._tag === "Corrected") {
    const { corrects, round, task, title, undoes } = cause
    if (corrects < 1 || corrects >= number) return ` corrects transfer ${corrects}, which is not before it`
    if (round < 1) return ` is the correction ${round} of transfer ${corrects}`
    if ((task === null) !== (title === null)) return " names a task without its title, or a title without its task"
    // What is corrected moves back, and what undoes that moves as the first one did.
    return isForward === undoes ? undefined : `, a correction of a ${kind}, moves it the wrong way`
  }
  if (cause._tag !== causeOf[kind]) return `, a ${kind}, has a cause of another kind: ${cause._tag}`
  if (!isForward) return `, a ${kind}, moves the wrong way`
  if (cause.event < 1) return ` is booked for event ${cause.event}`
  return cause._tag === "Assigned" && cause.assignment < 1
    ? ` is the fee of an assignment ${cause.assignment}`
    : undefined
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
    const oddity = oddityOf(transfer)
    if (oddity !== undefined) return `${name}${oddity}`
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
    if (row.inTheRed < 0) return `period ${period} is closed with ${row.inTheRed} in the red`
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
  for (const { event, fees, period, reassigned, shuffle } of shuffles) {
    const name = `the shuffle of event ${event}`
    if (event < 1 || shuffle < 1 || reassigned < 0) {
      return `${name} is no shuffle: number ${shuffle}, ${reassigned} tasks`
    }
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
  for (const { award, event, fee, journal, task } of prices) {
    if (event < 1 || journal < 0) return `the price of task ${task} is of event ${event}, after transfer ${journal}`
    if (events.has(event)) return `the price of task ${task} is the second of event ${event}`
    events.add(event)
    if (priced.has(task)) return `task ${task} has its price already`
    if (award <= 0n || fee <= 0n) return `task ${task} has a price that is not above zero`
    priced.add(task)
  }
  return undefined
}

const areAccounts = ({ accounts }: BillingChanges) => {
  for (const { credits, debits, id } of accounts) {
    if (debits < 0n || credits < 0n) return `account ${id} has sums below zero: ${debits} and ${credits}`
  }
  return undefined
}
