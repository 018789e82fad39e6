/**
 * Numbers as the report writes them, and its tables of popugs.
 */
import { Money } from "@popug/core"
import type { Summary } from "@popug/testkit/days"
import { type Html, html, table } from "./markup.ts"

/** How many popugs are named, and about how many bars show where the balances stand. */
const leaders = 12
const bins = 9

export type Amount = (units: bigint) => Html

/** Writes amounts without their currency, which the page names once. */
export const amounts = (currency: Money.Currency): Amount => {
  const digits = Money.fractionDigits(currency)
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return (units) => {
    const text = format.format(Money.toDecimal(Money.make(units, currency)) as Intl.StringNumericLiteral)
    return units < 0n ? html`<span class="minus">${text}</span>` : html`${text}`
  }
}

export const count = (value: number): string => value.toLocaleString("en-US")

/** The first popugs in an order: below zero, `compare` puts the first one first. */
export const popugTable = (
  caption: string,
  popugs: ReadonlyArray<Summary.Popug>,
  compare: (a: Summary.Popug, b: Summary.Popug) => bigint,
  amount: Amount
): Html =>
  table<Summary.Popug>(
    caption,
    [
      { title: "Popug", cell: (popug) => popug.name ?? popug.id, kind: "title" },
      { title: "Fees", cell: (popug) => amount(popug.fees), kind: "number" },
      { title: "Awards", cell: (popug) => amount(popug.awards), kind: "number" },
      { title: "Paid out", cell: (popug) => amount(popug.payouts), kind: "number" },
      { title: "Balance", cell: (popug) => amount(popug.balance), kind: "number" }
    ],
    popugs.toSorted((a, b) => Number(compare(a, b))).slice(0, leaders)
  )

/** How many accounts stand where: bars that are a table. */
export const distribution = (popugs: ReadonlyArray<Summary.Popug>, amount: Amount): Html => {
  if (popugs.length === 0) return html`<p>Nobody has an account.</p>`
  let low = 0n
  for (const { balance } of popugs) if (balance < low) low = balance
  const width = roundWidth(-low / BigInt(bins) + 1n)
  const counts = Array.from({ length: Number(-low / width) + 1 }, () => 0)
  let even = 0
  for (const { balance } of popugs) {
    if (balance >= 0n) even += 1
    else counts[Number((-balance - 1n) / width)]! += 1
  }
  const most = Math.max(even, ...counts)
  const below = counts.map((popugs, index) => ({ from: -width * BigInt(index + 1), popugs }))
  return table<{ readonly from: bigint | null; readonly popugs: number }>(
    "Popugs by balance",
    [
      { title: "From", cell: (row) => (row.from === null ? "even" : amount(row.from)), kind: "number" },
      { title: "Popugs", cell: (row) => count(row.popugs), kind: "number" },
      { title: "", cell: (row) => html`<i style="width:${(100 * row.popugs) / most}%"></i>`, kind: "share" }
    ],
    [...below.toReversed(), { from: null, popugs: even }]
  )
}

/** The next of 1, 2, 5, 10, 20, 50, ... */
const roundWidth = (width: bigint): bigint => {
  for (let unit = 1n; ; unit *= 10n) for (const step of [1n, 2n, 5n]) if (unit * step >= width) return unit * step
}
