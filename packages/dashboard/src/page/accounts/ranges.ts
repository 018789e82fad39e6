/**
 * Ranges of business days: as the address has them, and those that people ask for by a word.
 */
import { dayAfter, isDay } from "../data/days.ts"

export interface Range {
  readonly from: string
  readonly to: string
}

export const words = ["today", "yesterday", "week", "month"] as const
export type Word = (typeof words)[number]

/** The days that a word names, seen from today. */
export const rangeOf = (word: Word, today: string): Range => {
  switch (word) {
    case "today":
      return { from: today, to: today }
    case "yesterday":
      return { from: dayAfter(today, -1), to: dayAfter(today, -1) }
    case "week":
      return { from: dayAfter(today, -6), to: today }
    case "month":
      return { from: dayAfter(today, -29), to: today }
  }
}

/** The range of an address; today where it names none, and never one that ends before it begins. */
export const rangeIn = (query: URLSearchParams, today: string): Range => {
  const from = query.get("from")
  const to = query.get("to")
  if (!isDay(from)) return isDay(to) ? { from: to, to } : rangeOf("today", today)
  return isDay(to) && to >= from ? { from, to } : { from, to: from > today ? from : today }
}

/** The word for a range, if there is one. */
export const wordOf = ({ from, to }: Range, today: string): Word | undefined =>
  words.find((word) => {
    const range = rangeOf(word, today)
    return range.from === from && range.to === to
  })

/** The first day of a month, and the last: `2026-11`. */
export const monthOf = (day: string): string => day.slice(0, 7)
export const daysOfMonth = (month: string): Range => {
  const next = new Date(`${month}-01T00:00:00Z`)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return { from: `${month}-01`, to: dayAfter(next.toISOString().slice(0, 10), -1) }
}
export const monthAfter = (month: string, months: number): string => {
  const date = new Date(`${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 7)
}
