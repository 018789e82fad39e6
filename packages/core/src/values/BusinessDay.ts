/**
 * The business calendar: which instants belong to which period.
 *
 * A period is a date in the company's time zone. It starts at the first instant whose local time is at or after the
 * date's cutoff, and ends where the next one starts; a date that the calendar skips is no period.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

/** Dates that were found to exist: every event carries one, and few differ. */
const known = new Set<string>()

const exists = (date: string): boolean => {
  if (known.has(date)) return true
  const parsed = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(parsed.getTime()) || !parsed.toISOString().startsWith(date)) return false
  if (known.size >= remembered) known.clear()
  known.add(date)
  return true
}
const remembered = 1_000

const dateForm = /^\d{4}-\d{2}-\d{2}$/u

/** A business day by its date, `YYYY-MM-DD`. Text order is time order. */
export const Period = Schema.String.check(
  Schema.isPattern(dateForm, { expected: "a date as YYYY-MM-DD" }),
  Schema.makeFilter((date) => exists(date) || "a date that exists")
).pipe(Schema.brand("Period"))
export type Period = typeof Period.Type

/** Whether something is what `Period` accepts, told at once. */
export const isPeriod = (value: unknown): boolean => typeof value === "string" && dateForm.test(value) && exists(value)

/** A time of day, `HH:MM`. */
export const Cutoff = Schema.String.check(
  Schema.isPattern(/^([01]\d|2[0-3]):[0-5]\d$/u, { expected: "a time as HH:MM" })
)
export type Cutoff = typeof Cutoff.Type

/** A time zone with a cutoff; what was looked up is remembered, since that is slow. */
export interface Calendar {
  readonly zone: DateTime.TimeZone.Named
  readonly cutoffMillis: number
  readonly starts: Map<Period, number>
  /** The period that was asked for last, nearly always that of the next instant too. */
  last: { readonly period: Period; readonly from: number; readonly until: number } | undefined
}

const day = 86_400_000

/** A calendar of a zone that this runtime knows and a cutoff that `Cutoff` accepts. */
export const makeCalendar = (timeZone: string, cutoff: Cutoff = "00:00"): Calendar => ({
  zone: DateTime.zoneMakeNamedUnsafe(timeZone),
  cutoffMillis: (Number(cutoff.slice(0, 2)) * 60 + Number(cutoff.slice(3))) * 60_000,
  starts: new Map(),
  last: undefined
})

/** The first and last date that can be written as a period. An instant beyond them belongs to the nearest. */
const firstDate = Date.parse("0000-01-01T00:00:00Z")
const lastDate = Date.parse("9999-12-31T00:00:00Z")

const dateMillis = (period: Period): number => Date.parse(`${period}T00:00:00Z`)
const dateOf = (millis: number): Period =>
  new Date(Math.min(Math.max(millis, firstDate), lastDate)).toISOString().slice(0, 10) as Period

const offsetAt = (calendar: Calendar, millis: number): number =>
  DateTime.zonedOffset(DateTime.setZone(DateTime.makeUnsafe(millis), calendar.zone))

/** The first instant (epoch milliseconds) whose local time is at or after the date's cutoff. */
const startMillis = (calendar: Calendar, period: Period): number => {
  const known = calendar.starts.get(period)
  if (known !== undefined) return known
  const start = findStart(calendar, dateMillis(period) + calendar.cutoffMillis)
  if (calendar.starts.size >= remembered) calendar.starts.clear()
  calendar.starts.set(period, start)
  return start
}

const findStart = (calendar: Calendar, local: number): number => {
  let before = local - 1.5 * day
  let after = local + 1.5 * day
  const offsetBefore = offsetAt(calendar, before)
  const offsetAfter = offsetAt(calendar, after)
  if (offsetBefore === offsetAfter) return local - offsetBefore
  // The clocks change nearby: find the instant of the change.
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(calendar, middle) === offsetBefore) before = middle
    else after = middle
  }
  const midnight = local - calendar.cutoffMillis
  // The change leaves out the whole date: it is no period, whatever the cutoff, and starts together with the next one.
  if (after + offsetBefore <= midnight && midnight + day <= after + offsetAfter) return findStart(calendar, local + day)
  return local - offsetBefore < after ? local - offsetBefore : Math.max(after, local - offsetAfter)
}

/** When a period starts. */
export const startOf = (calendar: Calendar, period: Period): DateTime.Utc =>
  DateTime.makeUnsafe(startMillis(calendar, period))

/** When a period ends: the first instant of the next one. */
export const endOf = (calendar: Calendar, period: Period): DateTime.Utc => startOf(calendar, next(calendar, period))

/** The period after: the next date that the calendar does not skip. After the last date there is none but itself. */
export const next = (calendar: Calendar, period: Period): Period => {
  let date = dateOf(dateMillis(period) + day)
  for (let after = following(date); after > date && startsWith(calendar, date, after); after = following(date)) {
    date = after
  }
  return date
}

const following = (date: Period): Period => dateOf(dateMillis(date) + day)
const startsWith = (calendar: Calendar, date: Period, after: Period): boolean =>
  startMillis(calendar, date) === startMillis(calendar, after)

/** The period that an instant belongs to. */
export const periodAt = (calendar: Calendar, instant: DateTime.Utc): Period => {
  const millis = instant.epochMilliseconds
  const { last } = calendar
  if (last !== undefined && last.from <= millis && millis < last.until) return last.period
  let date = dateOf(millis + offsetAt(calendar, millis) - calendar.cutoffMillis + day)
  // The latest date that has started; a skipped date starts together with the one after it, so it is never found.
  while (startMillis(calendar, date) > millis && dateMillis(date) > firstDate) date = dateOf(dateMillis(date) - day)
  calendar.last = {
    period: date,
    from: startMillis(calendar, date),
    until: startMillis(calendar, next(calendar, date))
  }
  return date
}

/** The periods from one (included) up to another (excluded), in order. */
export const between = (calendar: Calendar, from: Period, until: Period): ReadonlyArray<Period> => {
  const periods: Array<Period> = []
  for (let period = from; period < until; period = next(calendar, period)) periods.push(period)
  return periods
}

/** A date some days before a period's, whether it is a period or not. */
export const daysBefore = (period: Period, days: number): Period => dateOf(dateMillis(period) - days * day)

/** The first and last date of a date's calendar week, Monday to Sunday. */
export const weekOf = (period: Period): Required<PeriodRange<Period>> => {
  const millis = dateMillis(period)
  const monday = millis - ((new Date(millis).getUTCDay() + 6) % 7) * day
  return { from: dateOf(monday), to: dateOf(monday + 6 * day) }
}

/** The first and last date of a date's calendar month. */
export const monthOf = (period: Period): Required<PeriodRange<Period>> => {
  const first = new Date(dateMillis(period))
  first.setUTCDate(1)
  const last = new Date(first)
  last.setUTCMonth(first.getUTCMonth() + 1, 0)
  return { from: dateOf(first.getTime()), to: dateOf(last.getTime()) }
}

/** How many days lie between two dates; negative when the second is earlier. */
export const daysBetween = (from: Period, to: Period): number => (dateMillis(to) - dateMillis(from)) / day

/** Periods from the first to the last, both included; either may be left out. */
export interface PeriodRange<Date extends string = string> {
  readonly from?: Date
  readonly to?: Date
}

const inOrder = Schema.makeFilter(
  ({ from, to }: { readonly from?: string; readonly to?: string }) =>
    from === undefined || to === undefined || from <= to || "from must not be after to"
)

export const PeriodRange = Schema.Struct({
  from: Schema.optionalKey(Period),
  to: Schema.optionalKey(Period)
}).check(inOrder)

/** A range with both ends. */
export const FullPeriodRange = Schema.Struct({ from: Period, to: Period }).check(inOrder)

/** The period is not closed: it is open, still to come, or before the company's first. */
export class PeriodNotFound extends Schema.TaggedError<PeriodNotFound>()("PeriodNotFound", { period: Period }) {
  override get message(): string {
    return `there is no closed period ${this.period}`
  }
}
