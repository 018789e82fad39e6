/**
 * The audit log of a closed period as a file: every transfer, read from the books in pages.
 */
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { Account, auditEntry, type BillingStore, Money, type Period, type Report, type Transfer, type UserId } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Attachment } from "./Message.ts"
import * as Csv from "./csv.ts"

const compress = promisify(gzip)
const pageSize = 5_000

/** A longer log is attached compressed: 8 MB, since many servers refuse mails above 10. */
const longest = 8 * 1024 * 1024

const columns = [
  "transfer",
  "period",
  "kind",
  "owner",
  "name",
  "task",
  "title",
  "amount",
  "currency",
  "corrects",
  "reason",
  "recordedAt"
]

/** A transfer as a line of the log: credits above zero, debits below, as the owner sees it. */
const entry = (transfer: Transfer.Transfer, currency: Money.Currency, names: ReadonlyMap<UserId, string>): string => {
  const { amount, corrects, owner, reason, task } = auditEntry(transfer)
  return Csv.row([
    transfer.number,
    transfer.period,
    transfer.kind,
    owner,
    owner === null ? null : (names.get(owner) ?? null),
    task?.id ?? null,
    task?.title ?? null,
    { decimal: Money.toDecimal(Money.make(amount, currency)) },
    currency,
    corrects,
    reason,
    DateTime.formatIso(transfer.recordedAt)
  ])
}

/** The log of a period as text, and how many transfers are in it. */
const read = Effect.fnUntraced(function* (store: BillingStore["Service"], period: Period, currency: Money.Currency) {
  const names = new Map<UserId, string>()
  const parts = [Csv.byteOrderMark, Csv.row(columns)]
  let count = 0
  let after: number | undefined
  for (let more = true; more;) {
    const page = yield* store.transfers({ from: period, to: period }, { after, limit: pageSize })
    const unknown = new Set<UserId>()
    for (const { credit, debit } of page.rows) {
      const owner = Account.ownerOf(credit) ?? Account.ownerOf(debit)
      if (owner !== null && !names.has(owner)) unknown.add(owner)
    }
    if (unknown.size > 0) for (const { id, name } of yield* store.holders([...unknown])) names.set(id, name)
    parts.push(page.rows.map((transfer) => entry(transfer, currency, names)).join(""))
    count += page.rows.length
    after = page.rows.at(-1)?.number
    more = page.more
  }
  return { count, text: parts.join("") }
})

/**
 * The audit log of a sealed period, to be attached. Fails, with what went wrong as text, when the books can't be read,
 * or don't hold as many transfers as were sealed.
 */
export const attachment = Effect.fnUntraced(function* (
  store: BillingStore["Service"],
  { currency, period, totals }: Report.DailyReport
) {
  const { count, text } = yield* Effect.mapError(
    read(store, period, currency),
    (error) => `the books could not be read: ${error.message}`
  )
  if (count !== totals.transfers) {
    return yield* Effect.fail(`the books hold ${count} transfers of ${period}, but ${totals.transfers} were sealed`)
  }
  const content = Buffer.from(text, "utf8")
  const filename = `audit-${period}.csv`
  const attached: Attachment =
    content.length <= longest
      ? { filename, contentType: "text/csv; charset=utf-8", content }
      : {
          filename: `${filename}.gz`,
          contentType: "application/gzip",
          content: yield* Effect.promise(() => compress(content))
        }
  return attached
})
