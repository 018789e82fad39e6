/**
 * The close of a period and the opening of the next, in one step (the seed's `billing.close` and `billing.open`).
 *
 * Positive balances are paid out, negative ones are carried over, and the period is sealed:
 * payout = max(0, balance), the next opening = min(0, balance), for deactivated popugs too. Only accounts that moved in
 * the period or are above zero are touched, so its cost never grows with history. A closed period is never rewritten.
 */
import * as BusinessDay from "../../values/BusinessDay.ts"
import * as Digest from "../../values/Digest.ts"
import type { TopTask, Totals } from "../events.ts"
import type * as DateTime from "effect/DateTime"
import { byteOrder } from "../../values/Ids.ts"
import * as Account from "./Account.ts"
import * as Ledger from "./Ledger.ts"

/** What a close leaves behind, before it has its number in the stream. */
export interface Closed {
  readonly period: BusinessDay.Period
  readonly totals: Totals
  readonly topTask: TopTask | null
  /** The balances of every account that moved, by account in byte order. */
  readonly balances: ReadonlyArray<Account.PeriodBalance>
  /** How many popugs carry a balance below zero into the next period. */
  readonly inTheRed: number
}

/** Management's earnings of a period: fees charged less awards credited. Payouts are not part of it. */
export const earnings = (totals: { readonly fees: bigint; readonly awards: bigint }): bigint =>
  totals.fees - totals.awards

/** The one of two tasks with the higher award; of equals the one that was done first, which is given first. */
export const higher = (first: TopTask | null, second: TopTask | null): TopTask | null =>
  first === null || (second !== null && second.total > first.total) ? second : first

/**
 * Pays out and closes the ledger's period. The ledger must hold every account that has moved in it: only those can
 * have changed since the close before, which left none above zero.
 */
export const close = (
  ledger: Ledger.Ledger,
  period: BusinessDay.Period,
  event: number,
  occurredAt: DateTime.Utc
): Closed => {
  const movers = [...ledger.balances.values()]
    .filter((balance) => Account.ownerOf(balance.account) !== null)
    .sort((a, b) => byteOrder(a.account, b.account))
  let { inTheRed } = ledger
  for (const balance of movers) {
    const due = Account.closing(balance)
    if (due > 0n) {
      Ledger.post(ledger, period, {
        kind: "payout",
        debit: balance.account,
        credit: Account.cash,
        amount: due,
        cause: { _tag: "Closed", event },
        occurredAt
      })
      balance.paid = due
    }
    inTheRed += Number(due < 0n) - Number(balance.opening < 0n)
  }
  const balances = [...ledger.balances.values()].sort((a, b) => byteOrder(a.account, b.account))
  return { period, totals: { ...ledger.totals }, topTask: ledger.topTask, balances, inTheRed }
}

/** Opens the next period: nothing has moved in it yet. */
export const open = (ledger: Ledger.Ledger, calendar: BusinessDay.Calendar, closed: Closed): void => {
  ledger.period = BusinessDay.next(calendar, closed.period)
  Object.assign(ledger.totals, Ledger.zeroTotals())
  ledger.topTask = null
  ledger.inTheRed = closed.inTheRed
  ledger.balances.clear()
}

/** The trial balance of a period: whether its debits equal its credits over all accounts that moved. */
export const isBalanced = (balances: ReadonlyArray<Account.PeriodBalance>): boolean =>
  balances.reduce((sum, { credits, debits }) => sum + credits - debits, 0n) === 0n

/** The seal of a period, over the one before, the events applied, the journal and the period's balances. */
export const seal = (
  sha256: Digest.Sha256,
  parts: {
    readonly previous: string
    /** The digest of the last event applied: the marker's. */
    readonly events: string
    /** The digest of the journal up to the period's last transfer. */
    readonly journal: string
    readonly closed: Closed
  }
): string => {
  const { balances, inTheRed, period, topTask, totals } = parts.closed
  return sha256(
    Digest.canonicalJson([parts.previous, parts.events, parts.journal, period, totals, inTheRed, topTask, balances])
  )
}
