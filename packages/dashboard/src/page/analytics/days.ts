/**
 * What the days brought, as charts and tables take it. Nothing is summed here: each number is the server's.
 */
import type { Promises } from "@popug/http/promises"

export type Report = Awaited<ReturnType<Promises["reports"]["daily"]>>["data"][number]

export interface DayRow {
  readonly period: string
  /** The day that is not closed yet: what it has brought so far. */
  readonly open: boolean
  readonly created: number
  readonly done: number
  readonly earnings: Report["earnings"]
  readonly inTheRed: number
  readonly topTask: Report["topTask"]
}

/** What a day brought, closed or not. */
type Brought = Pick<Report, "totals" | "earnings" | "inTheRed" | "topTask">

const row = (from: Brought, period: string, open: boolean): DayRow => ({
  period,
  open,
  created: from.totals.tasksCreated,
  done: from.totals.done,
  earnings: from.earnings,
  inTheRed: from.inTheRed,
  topTask: from.topTask
})

/** The closed days in order, and the open one after them if it is among those looked at. */
export const dayRows = (
  reports: ReadonlyArray<Report>,
  preview: (Brought & { readonly period: string | null }) | undefined,
  { from, to }: { readonly from: string; readonly to: string }
): ReadonlyArray<DayRow> => {
  const closed = reports.map((report) => row(report, report.period, false))
  const now = preview?.period
  if (preview === undefined || now === null || now === undefined || now < from || now > to) return closed
  // Just closed, and its report has come before the next preview.
  return closed.some(({ period }) => period === now) ? closed : [...closed, row(preview, now, true)]
}
