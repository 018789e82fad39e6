/**
 * How balances are distributed: bins of equal width between round amounts.
 */
import { roundStep, ticksOf } from "../ui/chart/scale.ts"

export interface Bin<Row> {
  /** From this amount on, ... */
  readonly from: bigint
  /** ... to just below this one. */
  readonly to: bigint
  readonly rows: ReadonlyArray<Row>
}

const about = 12n

/** Puts rows into bins by their amount; zero is where a bin begins, so that none has both debts and credits. */
export const binsOf = <Row>(
  rows: ReadonlyArray<Row>,
  amountOf: (row: Row) => bigint,
  unit: bigint
): ReadonlyArray<Bin<Row>> => {
  if (rows.length === 0) return []
  const ticks = ticksOf(rows.map(amountOf), unit)
  const first = ticks[0]!
  const spread = ticks.at(-1)! - first
  const step = roundStep((spread + about - 1n) / about)
  // Zero is a tick; bins are counted from it, and the lowest holds the lowest tick.
  const below = first < 0n ? (-first + step - 1n) / step : 0n
  const lowest = -below * step
  const bins: Array<{ from: bigint; to: bigint; rows: Array<Row> }> = []
  const last = ticks.at(-1)!
  for (let from = lowest; from <= last; from += step) bins.push({ from, to: from + step, rows: [] })
  for (const one of rows) bins[Number((amountOf(one) - lowest) / step)]!.rows.push(one)
  while (bins.at(-1)!.rows.length === 0) bins.pop()
  while (bins[0]!.rows.length === 0) bins.shift()
  return bins
}
