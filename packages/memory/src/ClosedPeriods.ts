/**
 * Closed periods by date.
 */
import type { Catalog, ClosedPeriod, Page, Paging, Period } from "@popug/core"
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

  list(
    { from, to }: { readonly from?: Period; readonly to?: Period },
    { after, limit }: Paging<Period>
  ): Page<ClosedPeriod> {
    const rows = this.#rows
    const start = firstWhere(
      rows.length,
      (index) => rows[index]!.period >= (from ?? "") && rows[index]!.period > (after ?? "")
    )
    const end = to === undefined ? rows.length : firstWhere(rows.length, (index) => rows[index]!.period > to)
    return pageOf(rows.slice(start, Math.min(end, start + limit + 1)), limit, (row) => row)
  }

  topTask(from: Period, to: Period): Catalog.TopTask | null {
    let top: Catalog.TopTask | null = null
    const start = firstWhere(this.#rows.length, (index) => this.#rows[index]!.period >= from)
    for (let index = start; index < this.#rows.length && this.#rows[index]!.period <= to; index++) {
      const { topTask } = this.#rows[index]!
      // Ties go to the earliest.
      if (topTask !== null && (top === null || topTask.total > top.total)) top = topTask
    }
    return top
  }
}
