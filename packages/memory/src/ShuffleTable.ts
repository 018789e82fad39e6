/**
 * What shuffles cost, by the numbers of their events, along which periods only grow.
 */
import type { Page, Paging, Period, PeriodRange, ShuffleCost } from "@popug/core"
import { pageOf } from "./pages.ts"
import { firstWhere } from "./SortedIds.ts"

export class ShuffleTable {
  readonly #rows: Array<ShuffleCost> = []
  readonly #numbers = new Set<number>()

  get count(): number {
    return this.#rows.length
  }

  /** The first of some shuffles that is there already, or twice among them. */
  taken(costs: ReadonlyArray<ShuffleCost>): ShuffleCost | undefined {
    const numbers = new Set<number>()
    return costs.find(({ shuffle }) => this.#numbers.has(shuffle) || numbers.size === numbers.add(shuffle).size)
  }

  /** Adds a shuffle after the last. */
  push(cost: ShuffleCost): void {
    this.#numbers.add(cost.shuffle)
    this.#rows.push(cost)
  }

  list({ from = "" as Period, to }: PeriodRange<Period>, { after = 0, limit }: Paging<number>): Page<ShuffleCost> {
    const rows = this.#rows
    const start = firstWhere(rows.length, (index) => rows[index]!.period >= from && rows[index]!.event > after)
    const end = to === undefined ? rows.length : firstWhere(rows.length, (index) => rows[index]!.period > to)
    return pageOf(rows.slice(start, Math.min(end, start + limit + 1)), limit, (row) => row)
  }
}
