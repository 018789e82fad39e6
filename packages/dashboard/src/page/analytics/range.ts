/**
 * Which days are looked at, as the address has it: so many last days, or from one to another.
 */
import { dayAfter, isDay } from "../data/days.ts"

export const presets = [7, 30, 90, 365] as const
type Preset = (typeof presets)[number]

export interface Range {
  readonly from: string
  readonly to: string
  /** The number of days that was chosen, if it was one. */
  readonly last: Preset | null
}

/** The range of an address; 30 days where it says nothing that holds. */
export const rangeOf = (query: URLSearchParams, today: string): Range => {
  const from = query.get("from")
  const to = query.get("to")
  if (isDay(from) && isDay(to) && from <= to) return { from, to, last: null }
  const last = presets.find((days) => String(days) === query.get("days")) ?? 30
  return { from: dayAfter(today, -last), to: today, last }
}

export const spans = ["day", "week", "month"] as const
export type Span = (typeof spans)[number]

/** The same day of a neighbouring day, week or month; of a month the first, which every month has. */
export const step = (day: string, span: Span, by: 1 | -1): string => {
  if (span !== "month") return dayAfter(day, span === "day" ? by : 7 * by)
  const [year, month] = day.split("-").map(Number) as [number, number]
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10)
}

/** A span of the address and the day that it is looked at around, not after today. */
export const spanOf = (query: URLSearchParams, today: string): { span: Span | "range"; day: string } => {
  const asked = query.get("top")
  const day = query.get("at")
  return {
    span: asked === "range" ? "range" : (spans.find((span) => span === asked) ?? "week"),
    day: isDay(day) && day <= today ? day : today
  }
}
