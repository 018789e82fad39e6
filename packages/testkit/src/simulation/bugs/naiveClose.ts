/**
 * How the naive billing writes a close: as ours does, so that only its mistake tells the two apart.
 */
import {
  type BillingChanges,
  type BillingHead,
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

/** The head after the ledger's transfers. */
export const booked = (sha256: Sha256, head: BillingHead, ledger: Ledger.Ledger): BillingHead => ({
  ...head,
  period: ledger.period,
  journal: ledger.journal,
  journalDigest: Ledger.journalDigest(ledger, sha256, head.journalDigest),
  totals: { ...ledger.totals },
  topTask: ledger.topTask,
  inTheRed: ledger.inTheRed,
  shuffle: ledger.shuffle && { ...ledger.shuffle }
})

/** Seals a closed period and opens the next. */
export const sealed = (
  sha256: Sha256,
  company: Company["Service"],
  tx: BillingTransaction,
  ledger: Ledger.Ledger,
  closed: Closing.Closed,
  marker: { readonly number: number; readonly digest: string }
): Pick<BillingChanges, "head" | "events" | "closed"> => {
  const before = booked(sha256, tx.head, ledger)
  const { inTheRed, period, topTask, totals } = closed
  const seal = Closing.seal(sha256, {
    previous: tx.head.seal,
    events: marker.digest,
    journal: before.journalDigest,
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
    head: { ...booked(sha256, before, { ...ledger, transfers: [], newPrices: [] }), ...head, seal },
    events,
    closed: [
      {
        period,
        totals,
        inTheRed,
        topTask,
        previousSeal: tx.head.seal,
        seal,
        lastEvent: marker.number,
        closedAs: head.number,
        eventsDigest: marker.digest,
        lastTransfer: ledger.journal,
        journalDigest: before.journalDigest,
        closedAt: tx.now
      }
    ]
  }
}
