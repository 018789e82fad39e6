/**
 * The audit log of a closed period as a file: every transfer, read from the books in pages.
 */
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { AuditLog, type AuditTrail, type Money, type Period, type Report } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Csv from "effect/encoding/Csv"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Attachment } from "./Message.ts"

const compress = promisify(gzip)
const pageSize = 5_000

/** A longer log is attached compressed: 8 MB, since many servers refuse mails above 10. */
const longest = 8 * 1024 * 1024

/** What a file of UTF-8 begins with: the mark by which spreadsheets know it. */
const byteOrderMark = "\uFEFF"

/** The log of a period as CSV, and how many transfers are in it. */
const read = Effect.fnUntraced(function* (trail: AuditTrail["Service"], period: Period, currency: Money.Currency) {
  let count = 0
  const lines = Stream.paginate(
    0,
    Effect.fnUntraced(function* (after) {
      const { more, rows } = yield* trail.of(period, { after, limit: pageSize })
      count += rows.length
      const page = rows.map((row) => AuditLog.line(row, currency))
      return [page, more ? Option.some(rows.at(-1)!.transfer) : Option.none()] as const
    })
  )
  const text = yield* lines.pipe(
    Stream.pipeThroughChannel(Csv.encodeString({ columns: AuditLog.columns, headers: true })),
    Stream.mkString
  )
  return { count, text: byteOrderMark + text }
})

/**
 * The audit log of a sealed period, to be attached. Fails, with what went wrong as text, when the books can't be read,
 * or don't hold as many transfers as were sealed.
 */
export const attachment = Effect.fnUntraced(function* (
  trail: AuditTrail["Service"],
  { currency, period, totals }: Report.DailyReport
) {
  const { count, text } = yield* Effect.mapError(
    read(trail, period, currency),
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
