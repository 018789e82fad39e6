/**
 * What billing's closes come to here: a report of each, and a word to everybody it is for.
 */
import type { BillingClosed, BillingEvent } from "../billing/events.ts"
import type { Currency } from "../values/Money.ts"
import type { DailyReport, Notice, Payout } from "./Report.ts"

/** The reports of the closes among some events. */
export const reportsOf = (events: ReadonlyArray<BillingEvent>): ReadonlyArray<DailyReport> =>
  events.flatMap((event) => (event.type === "billing.closed" ? [reportOf(event.data)] : []))

const reportOf = (closed: BillingClosed): DailyReport => ({
  ...closed,
  currency: closed.currency as Currency
})

/** The notices of a closed period. */
export const noticesOf = (report: DailyReport, payouts: ReadonlyArray<Payout>): ReadonlyArray<Notice> => {
  const { period } = report
  return [
    { _tag: "Report", id: `report.${period}`, period, report },
    { _tag: "Audit", id: `audit.${period}`, period, report },
    ...payouts.map((payout): Notice => ({ _tag: "Payout", id: `payout.${period}.${payout.owner}`, period, payout }))
  ]
}
