/**
 * What a chart is drawn from.
 */
import type { Query } from "../../address/address.ts"

export interface Point {
  /** What the point is, in full: a day. */
  readonly name: string
  /** The same on the axis. */
  readonly short: string
  /** A bar in the colour of debts, where its height is not below zero itself. */
  readonly debt?: boolean
  /** Its values are not final: the day that is not over. A line does not fall for it. */
  readonly unfinished?: boolean
  /** Where one sees what it is made of. */
  readonly to?: { readonly path: string; readonly query?: Query }
}

export interface Series {
  readonly name: string
  readonly look: "bars" | "line" | "dashes"
  /** One for each point; null where it is not known. */
  readonly values: ReadonlyArray<bigint | null>
}

export interface ChartProps {
  readonly title: string
  /** What the points are, as the table's first column. */
  readonly axis: string
  readonly points: ReadonlyArray<Point>
  readonly series: ReadonlyArray<Series>
  /** A value in full. */
  readonly format: (value: bigint) => string
  /** A value on the axis, where there is little room. */
  readonly short: (value: bigint) => string
  /** What the axis has above zero when there is nothing but zeros. */
  readonly unit?: bigint
}
