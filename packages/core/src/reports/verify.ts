/**
 * Proves the reports and notices: they are what billing told of its closes. Whether a notice was sent can't be
 * proved; a name in one is the name of that time.
 */
import * as Effect from "effect/Effect"
import { decodeBillingEvent } from "../billing/events.ts"
import * as Follow from "../stream/Follow.ts"
import { check } from "../values/Difference.ts"
import type { UserId } from "../values/Ids.ts"
import { noticesOf, reportsOf } from "./react.ts"
import type * as Report from "./Report.ts"
import { Payouts, ReportStore } from "./ReportStore.ts"

const pageSize = 1_000

/** The first difference, or null. Never fails on what it finds. */
export const verify = Effect.suspend(() => Follow.concluded(replay, () => "the reports"))

const replay = Effect.gen(function* () {
  const store = yield* ReportStore
  const cursor = yield* store.cursor
  const reports: Array<Report.DailyReport> = []
  const place = yield* Follow.follow({
    source: "billing",
    decode: decodeBillingEvent,
    to: cursor.number,
    page: (events) => Effect.sync(() => void reports.push(...reportsOf(events.flatMap(({ event }) => event ?? []))))
  })
  yield* check("the last of billing's events applied to reports", place, {
    number: cursor.number,
    digest: cursor.digest
  })
  const found = yield* Effect.result(Effect.andThen(compareReports(reports), compareNotices(reports)))
  // What was added meanwhile would show as a difference.
  if ((yield* store.cursor).number === cursor.number) yield* Effect.fromResult(found)
})

const compareReports = Effect.fnUntraced(function* (reports: ReadonlyArray<Report.DailyReport>) {
  const store = yield* ReportStore
  let after: Report.DailyReport["period"] | undefined
  let index = 0
  for (let more = true; more;) {
    const page = yield* store.reports({}, { after, limit: pageSize })
    for (const row of page.rows) yield* check(`the report of ${row.period}`, reports[index++], row)
    after = page.rows.at(-1)?.period
    more = page.more
  }
  if (index < reports.length) yield* check(`the report of ${reports[index]!.period}`, reports[index], undefined)
})

/** Goes through the notices in the order of their ids, beside what they must be. */
const compareNotices = Effect.fnUntraced(function* (reports: ReadonlyArray<Report.DailyReport>) {
  const store = yield* ReportStore
  const payouts = yield* Payouts
  let rows: ReadonlyArray<Report.KeptNotice> = []
  let index = 0
  let more = true
  const next = Effect.gen(function* () {
    if (index === rows.length && more) {
      const page = yield* store.notices({}, { after: rows.at(-1)?.notice.id, limit: pageSize })
      ;({ more, rows } = page)
      index = 0
    }
    return rows[index++]?.notice
  })
  const compare = Effect.fnUntraced(function* (notice: Report.Notice) {
    const found = yield* next
    const place = found === undefined || found.id >= notice.id ? notice.id : found.id
    yield* check(`the notice ${place}`, nameless(notice), found && nameless(found))
  })
  const each = (tag: "Audit" | "Report") =>
    Effect.forEach(reports, (report) => compare(noticesOf(report, []).find(({ _tag }) => _tag === tag)!), {
      discard: true
    })

  yield* each("Audit")
  for (const report of reports) {
    let after: UserId | undefined
    for (let paid = true; paid;) {
      const page = yield* payouts.of(report.period, { after, limit: pageSize })
      const due = page.rows.filter(({ payout }) => payout !== 0n)
      for (const notice of noticesOf(report, due).slice(2)) yield* compare(notice)
      after = page.rows.at(-1)?.owner
      paid = page.more
    }
  }
  yield* each("Report")
  const beyond = yield* next
  if (beyond !== undefined) yield* check(`the notice ${beyond.id}`, undefined, beyond)
})

const nameless = (notice: Report.Notice): Report.Notice =>
  notice._tag === "Payout" ? { ...notice, payout: { ...notice.payout, name: null } } : notice
