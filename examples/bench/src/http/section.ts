/**
 * A part of what the HTTP benchmarks print: a table of its own.
 */
import type { Row } from "../measure.ts"

export interface Section {
  readonly text: string
  /** Those with goals. */
  readonly rows: ReadonlyArray<Row>
}

const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 })

export const number = (value: number): string => format.format(value)
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.095 ? 1 : 0)} %`
export const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
