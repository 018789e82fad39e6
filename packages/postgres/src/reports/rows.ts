/**
 * Reports and notices as rows.
 */
import { Report, type Period, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { corrupt } from "../errors.ts"
import * as Param from "../Param.ts"
import type { Column } from "../together.ts"

const ReportJson = Schema.toCodecJson(Report.DailyReport)
const NoticeJson = Schema.toCodecJson(Report.Notice)
const encodeReport = Schema.encodeSync(ReportJson)
const encodeNotice = Schema.encodeSync(NoticeJson)
export const decodeReport = Schema.decodeUnknownSync(ReportJson)
const decodeNotice = Schema.decodeUnknownSync(NoticeJson)

export interface ReportRow {
  readonly period: Period
  readonly report: unknown
}

export interface NoticeRow {
  readonly id: string
  readonly notice: unknown
  readonly status: Report.KeptNotice["status"]
  readonly attempts: number
  readonly due_ms: bigint
  readonly last_error: string | null
}

export const readNotice = (row: NoticeRow): Report.KeptNotice => ({
  notice: decodeNotice(row.notice),
  status: row.status,
  attempts: row.attempts,
  dueAt: Number(row.due_ms),
  lastError: row.last_error
})

/** Rows are read with a schema; one that does not fit it is damaged. */
export const reading = <A>(what: string, rows: Effect.Effect<A, StoreError>) =>
  Effect.catchDefect(rows, (defect) => Effect.fail(corrupt(`a ${what} can't be read`, defect)))

/** The columns of reports and of new notices, and the lists of some for each. */
export const reportColumns: ReadonlyArray<Column<Report.DailyReport>> = [
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["report", (rows) => Param.texts(rows.map((report) => JSON.stringify(encodeReport(report)))), "report::json"]
]

/** A notice that is due from an instant on. */
export interface NewNotice {
  readonly notice: Report.Notice
  readonly now: number
}

export const noticeColumns: ReadonlyArray<Column<NewNotice>> = [
  ["id", (rows) => Param.texts(rows.map(({ notice }) => notice.id))],
  ["notice", (rows) => Param.texts(rows.map(({ notice }) => JSON.stringify(encodeNotice(notice)))), "notice::json"],
  ["status", (rows) => Param.texts(rows.map(() => "pending"))],
  ["attempts", (rows) => Param.smallInts(rows.map(() => 0))],
  ["due_ms", (rows) => Param.ints(rows.map(({ now }) => now))]
]

/** Those that are there already stay as they are. */
export const keepingReports = "on conflict (company, period) do nothing"
export const keepingNotices = "on conflict (company, id) do nothing"
