/**
 * How far a business day is: open, ended and waiting for its last events, complete and waiting to be closed by hand.
 */
export type PeriodState =
  | { readonly at: "open" }
  /** The clock is past its end, and nobody has ended its registration yet. */
  | { readonly at: "over" }
  /** Nothing can be added to it any more; so many events of it are not booked yet. */
  | { readonly at: "ended"; readonly behind: number }
  /** All of it is booked: an accountant closes it. */
  | { readonly at: "complete" }
  | { readonly at: "closed" }

interface Known {
  readonly awaiting: string | null
  readonly period: string | null
  readonly streams: ReadonlyArray<{ readonly behind: number; readonly source: string }>
}

/** The state of the day that is open in the books, seen from the day that tasks fall into. */
export const stateOf = ({ awaiting, period, streams }: Known, today: string): PeriodState => {
  if (period !== null && awaiting === period) return { at: "complete" }
  if (period === null || period >= today) return { at: "open" }
  const behind = streams.reduce((most, stream) => (stream.source === "tasks" ? Math.max(most, stream.behind) : most), 0)
  // With all of it booked, its end would have closed it, or have it wait to be.
  return behind === 0 ? { at: "over" } : { at: "ended", behind }
}

export interface Check {
  readonly id: "over" | "booked" | "running"
  readonly passed: boolean
}

/** What has to be so before a day is closed. */
export const checksOf = (preview: Known & { readonly clear: boolean }, today: string): ReadonlyArray<Check> => {
  const { at } = stateOf(preview, today)
  return [
    { id: "over", passed: at !== "open" && at !== "over" },
    { id: "booked", passed: at === "complete" },
    { id: "running", passed: preview.clear }
  ]
}
