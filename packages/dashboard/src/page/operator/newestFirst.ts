/**
 * Notices with what went out last first. Pure.
 */
interface Sent {
  readonly id: string
  readonly period: string
  readonly dueAt: Date
}

/** Those of one moment by the day that they tell of, the last first, and as they were. */
export const newestFirst = <N extends Sent>(notices: ReadonlyArray<N>): ReadonlyArray<N> =>
  notices.toSorted((a, b) => b.dueAt.getTime() - a.dueAt.getTime() || b.period.localeCompare(a.period))
