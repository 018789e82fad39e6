/**
 * How the naive billing writes a close: as ours does, so that only its mistake tells the two apart.
 */
import {
  type BillingChanges,
  type BillingTransaction,
  Catalog,
  Closing,
  type Company,
  Head,
  Ledger,
  type Sha256
} from "@popug/core"

export const none: Omit<BillingChanges, "head"> = {
  events: [],
  transfers: [],
  prices: [],
  accounts: [],
  balances: [],
  holders: [],
  closed: [],
  shuffles: [],
  commands: []
}

/** Seals a closed period and opens the next. */
export const sealed = (
  sha256: Sha256,
  company: Company["Service"],
  tx: BillingTransaction,
  ledger: Ledger.Ledger,
  closed: Closing.Closed,
  marker: { readonly number: number; readonly digest: string }
): Pick<BillingChanges, "head" | "events" | "closed"> => {
  const before = Ledger.headAfter(ledger, sha256, tx.head)
  const { inTheRed, period, topTask, totals } = closed
  const seal = Closing.seal(sha256, {
    previous: tx.head.closed.seal,
    events: marker.digest,
    journal: before.journal.digest,
    closed
  })
  const earnings = Closing.earnings(totals)
  const { currency } = company.settings
  const data = { period, currency, totals, earnings, inTheRed, topTask, seal }
  const { events, head } = Head.append(sha256, "billing", tx.head, tx.now, [
    Catalog.draft("billing.closed", "system", data)
  ])
  Closing.open(ledger, company.calendar, closed)
  return {
    head: {
      ...before,
      ...head,
      period: ledger.period,
      closed: { period, seal, inTheRed },
      totals: { ...ledger.totals },
      topTask: ledger.topTask
    },
    events,
    closed: [
      {
        period,
        totals,
        inTheRed,
        topTask,
        previousSeal: tx.head.closed.seal,
        seal,
        lastEvent: marker.number,
        closedAs: head.number,
        eventsDigest: marker.digest,
        lastTransfer: before.journal.number,
        journalDigest: before.journal.digest,
        closedAt: tx.now
      }
    ]
  }
}
