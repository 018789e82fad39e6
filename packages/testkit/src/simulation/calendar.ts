/**
 * Business days by a second, naive way: what a clock on the wall shows, looked up quarter hour by quarter hour. The
 * checkers must not lean on the calendar that they check.
 *
 * All zones of the present change their clocks, and all cutoffs of the simulation fall, on quarters of an hour.
 */
const quarter = 15 * 60_000
const hour = 4 * quarter

/** How far back a change of the clocks can show a date again. */
const repeated = 12

export interface Calendar {
  /** The business day of an instant. */
  readonly dayOf: (millis: number) => string
  /** The first instant of a business day. */
  readonly startOf: (day: string) => number
  /** The business days from one to another, both included; dates that the zone skips are not among them. */
  readonly days: (from: string, to: string) => ReadonlyArray<string>
}

const known = new Map<string, Calendar>()

export const calendar = (timeZone: string, cutoff = "00:00"): Calendar => {
  const key = `${timeZone} ${cutoff}`
  let found = known.get(key)
  if (found === undefined) {
    found = make(timeZone, cutoff)
    known.set(key, found)
  }
  return found
}

/** What a clock on the wall shows: the date, a comma and the time. */
const wallClock = (timeZone: string) =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23"
  })

const make = (timeZone: string, cutoff: string): Calendar => {
  const wall = wallClock(timeZone)
  const shown = new Map<number, string>()
  const days = new Map<number, string>()
  const earlier = new Map<string, string>()

  const show = (index: number) => wall.format(index * quarter).split(", ") as [day: string, time: string]

  /** The date that the wall has shown before this one: not always yesterday's. */
  const before = (day: string, index: number): string => {
    let date = earlier.get(day) ?? day
    for (let back = index; date === day; back -= 4) date = show(back)[0]
    earlier.set(day, date)
    return date
  }

  /** The date that the wall shows, or the one before it until the cutoff. */
  const dateAt = (index: number): string => {
    let date = shown.get(index)
    if (date === undefined) {
      const [day, time] = show(index)
      date = time >= cutoff ? day : before(day, index)
      shown.set(index, date)
    }
    return date
  }

  /** A day has begun for good once the wall has shown it: clocks put back do not bring the day before again. */
  const dayOf = (millis: number): string => {
    const index = Math.floor(millis / quarter)
    let day = days.get(index)
    if (day === undefined) {
      day = dateAt(index)
      for (let back = 1; back <= repeated; back++) {
        const earlier = dateAt(index - back)
        if (earlier > day) day = earlier
      }
      days.set(index, day)
    }
    return day
  }

  const startOf = (day: string): number => {
    let millis = Date.parse(`${day}T00:00:00Z`) - 36 * hour
    while (dayOf(millis) < day) millis += quarter
    return millis
  }

  return {
    dayOf,
    startOf,
    days: (from, to) => {
      const found: Array<string> = []
      const end = startOf(to)
      for (let millis = startOf(from); millis <= end; millis += 6 * hour) {
        const day = dayOf(millis)
        if (day !== found.at(-1) && day <= to) found.push(day)
      }
      if (found.at(-1) !== to && dayOf(end) === to) found.push(to)
      return found
    }
  }
}
