/**
 * The close of a period and the opening of the next, in one step (`billing.close` and `billing.open`).
 *
 * Positive balances are paid out, negative ones are carried over, and the period is sealed:
 * payout = max(0, balance), the next opening = min(0, balance), for deactivated popugs too. Only accounts that moved in
 * the period or are above zero are touched, so its cost never grows with history. A closed period is never rewritten.
 */
import type * as DateTime from "effect/DateTime"
import type { Envelope } from "../../stream/Envelope.ts"
import * as Head from "../../stream/Head.ts"
import * as BusinessDay from "../../values/BusinessDay.ts"
import * as Digest from "../../values/Digest.ts"
import { byteOrder } from "../../values/Ids.ts"
import type { TraceContext } from "../../values/TraceContext.ts"
import type { BillingHead, ClosedPeriod } from "../BillingStore.ts"
import { publishBillingEvent, type TopTask, type Totals } from "../events.ts"
import * as Account from "./Account.ts"
import * as Ledger from "./Ledger.ts"
import type { Rulebook } from "./Rulebook.ts"

/** The end of a day's registration, as tasks' marker tells it. */
export interface Marker {
  readonly period: BusinessDay.Period
  /** The number and the digest of the marker, and its time. */
  readonly number: number
  readonly digest: string
  readonly time: DateTime.Utc
  /** What causes the close, where somebody traces that. */
  readonly trace?: TraceContext | undefined
}

/** What a period is sealed with. */
export interface Closed {
  readonly period: BusinessDay.Period
  readonly totals: Totals
  readonly topTask: TopTask | null
  /** The balances of every account that moved, by account in byte order. */
  readonly balances: ReadonlyArray<Account.PeriodBalance>
  /** How many popugs carry a balance below zero into the next period. */
  readonly inTheRed: number
}

/** What a close comes to. */
export interface ClosedDay {
  /** The head after it: the next period is open. */
  readonly head: BillingHead
  /** Its `billing.closed`. */
  readonly events: ReadonlyArray<Envelope>
  readonly closed: ClosedPeriod
  /** What the seal covers of the balances: of every account that moved, by account in byte order. */
  readonly balances: ReadonlyArray<Account.PeriodBalance>
  /** The accounts that the commit has moved, with their last balances of the period that is closed. */
  readonly moved: Ledger.Moved
}

/** Management's earnings of a period: fees charged less awards credited. Payouts are not part of it. */
export const earnings = (totals: { readonly fees: bigint; readonly awards: bigint }): bigint =>
  totals.fees - totals.awards

/** The one of two tasks with the higher award; of equals the one that was done first, which is given first. */
export const higher = (first: TopTask | null, second: TopTask | null): TopTask | null =>
  first === null || (second !== null && second.total > first.total) ? second : first

/**
 * Closes a day and opens the next: pays out, seals, and tells of it. `head` is the one that the ledger's rows follow,
 * those still in it included; the payouts are added to them. The ledger must hold every account that has moved in the
 * period: only those can have changed since the close before, which left none above zero. It goes on in the next
 * period.
 */
export const closeDay = (
  { calendar, currency, sha256, versions }: Pick<Rulebook, "calendar" | "currency" | "sha256" | "versions">,
  head: BillingHead,
  ledger: Ledger.Ledger,
  marker: Marker
): ClosedDay => {
  const sealed = payOut(ledger, marker)
  const { inTheRed, period, topTask, totals } = sealed
  const moved = Ledger.moved(ledger)
  const before = Ledger.headAfter(ledger, sha256, head)
  const previous = head.closed.seal
  const seal = sealOf(sha256, { previous, events: marker.digest, journal: before.journal.digest, closed: sealed })
  const stream = new Head.Growing(sha256, "billing", head, ledger.now, versions)
  stream.trace = marker.trace
  publishBillingEvent(stream, "billing.closed", "system", {
    period,
    currency,
    totals,
    earnings: earnings(totals),
    inTheRed,
    topTask,
    seal
  })
  open(ledger, BusinessDay.next(calendar, period), inTheRed)
  return {
    head: {
      ...Ledger.standing(ledger, before),
      ...stream.head,
      closed: { period, seal, inTheRed },
      awaiting: null,
      approved: null
    },
    events: stream.events,
    closed: {
      period,
      totals,
      inTheRed,
      topTask,
      previousSeal: previous,
      seal,
      lastEvent: marker.number,
      closedAs: stream.number,
      eventsDigest: marker.digest,
      lastTransfer: before.journal.number,
      journalDigest: before.journal.digest,
      closedAt: ledger.now
    },
    balances: sealed.balances,
    moved
  }
}

/** Pays out what popugs have above zero, by account in byte order. */
const payOut = (ledger: Ledger.Ledger, { number, period, time }: Marker): Closed => {
  const balances = [...ledger.balances.values()].sort((a, b) => byteOrder(a.account, b.account))
  let { inTheRed } = ledger
  for (const balance of balances) {
    if (Account.ownerOf(balance.account) === null) continue
    const due = Account.closing(balance)
    if (due > 0n) {
      Ledger.post(ledger, period, {
        kind: "payout",
        debit: balance.account,
        credit: Account.cash,
        amount: due,
        cause: { _tag: "Closed", event: number },
        occurredAt: time
      })
      balance.paid = due
    }
    inTheRed += Number(due < 0n) - Number(balance.opening < 0n)
  }
  const all = [...ledger.balances.values()].sort((a, b) => byteOrder(a.account, b.account))
  return { period, totals: { ...ledger.totals }, topTask: ledger.topTask, balances: all, inTheRed }
}

/** Opens a period: nothing has moved in it yet. */
const open = (ledger: Ledger.Ledger, period: BusinessDay.Period, inTheRed: number): void => {
  ledger.period = period
  Object.assign(ledger.totals, Ledger.zeroTotals())
  ledger.topTask = null
  ledger.inTheRed = inTheRed
  ledger.balances.clear()
  ledger.moved.clear()
}

/** The seal of a period, over the one before, the events applied, the journal and the period's balances. */
export const sealOf = (
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
