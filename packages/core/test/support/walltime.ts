/**
 * An independent account of the business calendar, straight from `Intl.DateTimeFormat`: it scans minute by minute for
 * the first one whose wall clock shows the cutoff or later. Slow, and easy to believe.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

/** What a zone's wall clock shows, as text that sorts like time: `2011-12-31, 00:00`. */
export const wallClock = (timeZone: string, millis: number): string => {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit"
    })
    formats.set(timeZone, format)
  }
  return format.format(millis)
}

const minute = 60_000
const hour = 60 * minute

/** The first minute whose wall clock shows the date and time or later. */
const scan = (timeZone: string, date: string, cutoff: string): number => {
  const target = `${date}, ${cutoff}`
  const nominal = Date.parse(`${date}T${cutoff}:00Z`)
  // Offsets lie between -12 and +14 hours, so the answer does too.
  for (let millis = nominal - 15 * hour; millis <= nominal + 25 * hour; millis += minute) {
    if (wallClock(timeZone, millis) >= target) return millis
  }
  throw new Error(`${timeZone} never shows ${target}`)
}

/**
 * The first minute whose wall clock shows the date's cutoff or later; a date that it never shows starts with the next.
 */
export const firstAtOrAfter = (timeZone: string, date: string, cutoff: string): number => {
  const isShown = wallClock(timeZone, scan(timeZone, date, "00:00")).startsWith(date)
  return scan(timeZone, isShown ? date : shift(date, 1), cutoff)
}

const shift = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10)

/** The latest date that has started by an instant. */
export const periodOf = (timeZone: string, millis: number, cutoff: string): string => {
  const today = wallClock(timeZone, millis).slice(0, 10)
  for (const days of [2, 1, 0, -1, -2]) {
    const date = shift(today, days)
    if (firstAtOrAfter(timeZone, date, cutoff) <= millis) return date
  }
  throw new Error(`no period of ${timeZone} has started by ${millis}`)
}
