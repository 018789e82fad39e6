/**
 * What the benchmarks of many companies are told, and rows that have nothing beside them.
 */
import type { Row } from "../measure.ts"
import type { Watch } from "../postgres/watch.ts"

export interface Settings {
  readonly url: string
  /** How many companies a database has; the other counts follow from it. */
  readonly companies: number
  readonly say: (what: string) => void
  readonly watch: Watch
}

/** A row of one value. */
export const plain = (what: string, units: string, ours: number, goal: Row["goal"] = null): Row => ({
  what,
  units,
  ours,
  baseline: null,
  ratio: null,
  goal
})
