/**
 * Closed periods by date.
 */
import type { ClosedPeriod, Page, Paging, Period, PeriodRange } from "@popug/core"
import { pageOf } from "./pages.ts"
import { firstWhere } from "./SortedIds.ts"

export class ClosedPeriods {
  readonly #rows: Array<ClosedPeriod> = []

  get count(): number {
    return this.#rows.length
  }

  /** Adds a period after the last. */
  push(closed: ClosedPeriod): void {
    this.#rows.push(closed)
  }

  list({ from, to }: PeriodRange<Period>, { after, limit }: Paging<Period>): Page<ClosedPeriod> {
    const rows = this.#rows
    const start = firstWhere(
      rows.length,
      (index) => rows[index]!.period >= (from ?? "") && rows[index]!.period > (after ?? "")
    )
    const end = to === undefined ? rows.length : firstWhere(rows.length, (index) => rows[index]!.period > to)
    return pageOf(rows.slice(start, Math.min(end, start + limit + 1)), limit, (row) => row)
  }
}
