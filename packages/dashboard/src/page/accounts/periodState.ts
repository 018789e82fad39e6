/**
 * How far a business day is: open, ended and waiting for its last events, complete and waiting to be closed by hand.
 */
import type { Preview } from "./books.ts"

export type PeriodState =
  | { readonly at: "open" }
  /** Nothing can be added to it any more; so many events of it are not booked yet. */
  | { readonly at: "ended"; readonly behind: number }
  /** All of it is booked: an accountant closes it. */
  | { readonly at: "complete" }
  | { readonly at: "closed" }

type Known = Pick<Preview, "awaiting" | "period"> & {
  readonly streams: ReadonlyArray<Pick<Preview["streams"][number], "behind" | "source">>
}

/** The state of the day that is open in the books, seen from the day that tasks fall into. */
export const stateOf = ({ awaiting, period, streams }: Known, today: string): PeriodState => {
  if (period !== null && awaiting === period) return { at: "complete" }
  if (period === null || period >= today) return { at: "open" }
  const behind = streams.reduce((most, stream) => (stream.source === "tasks" ? Math.max(most, stream.behind) : most), 0)
  return { at: "ended", behind }
}

export interface Check {
  readonly id: "over" | "booked" | "running"
  readonly passed: boolean
}

/** What has to be so before a day is closed. */
export const checksOf = (preview: Known & Pick<Preview, "clear">, today: string): ReadonlyArray<Check> => {
  const { at } = stateOf(preview, today)
  return [
    { id: "over", passed: at !== "open" },
    { id: "booked", passed: at === "complete" },
    { id: "running", passed: preview.clear }
  ]
}
