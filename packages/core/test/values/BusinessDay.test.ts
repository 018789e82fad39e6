import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as BusinessDay from "../../src/values/BusinessDay.ts"
import { at, isoOf, period } from "../support/given.ts"
import { firstAtOrAfter, periodOf, wallClock } from "../support/walltime.ts"

/** Zones with the dates around which their clocks do something awkward. */
const awkward: ReadonlyArray<readonly [zone: string, ...dates: ReadonlyArray<string>]> = [
  ["Pacific/Apia", "2011-12-30", "2010-09-26", "2012-04-01"],
  ["Pacific/Kwajalein", "1993-08-21"],
  ["Pacific/Fakaofo", "2011-12-30"],
  ["Pacific/Kiritimati", "1995-01-01", "1994-12-31"],
  ["America/St_Johns", "2006-04-02", "2006-10-29", "1988-04-03", "1988-10-30"],
  ["Africa/Casablanca", "2024-03-10", "2024-04-14", "2018-10-28"],
  ["Asia/Kathmandu", "1986-01-01", "2024-06-01"],
  ["America/Sao_Paulo", "2018-11-04", "2019-02-17"],
  ["Asia/Beirut", "2022-03-27", "2022-10-30"],
  ["Antarctica/Troll", "2020-03-29", "2020-10-25"],
  ["Australia/Lord_Howe", "2020-04-05", "2020-10-04"],
  ["America/Scoresbysund", "2024-03-31"],
  ["Asia/Pyongyang", "2015-08-15", "2018-05-05"],
  ["America/Caracas", "2007-12-09", "2016-05-01"],
  ["Africa/Cairo", "2014-05-16", "2014-09-26"],
  ["Asia/Gaza", "2021-03-27", "2023-04-29"],
  ["America/Havana", "2024-03-10", "2024-11-03"],
  ["Europe/Prague", "2024-03-31", "2024-10-27"],
  ["America/New_York", "2024-03-10", "2024-11-03"],
  ["Pacific/Chatham", "2024-04-07", "2024-09-29"],
  ["Europe/Moscow", "2011-03-27", "2014-10-26"],
  ["UTC", "2024-02-29"]
]

const day = 86_400_000
const dateOf = (millis: number) => new Date(millis).toISOString().slice(0, 10)
const addDays = (date: string, days: number) => dateOf(Date.parse(`${date}T00:00:00Z`) + days * day)

const cutoffs = fc.oneof(
  fc.constantFrom("00:00", "00:01", "00:30", "01:00", "01:45", "02:00", "02:30", "03:00", "06:00", "23:00", "23:59"),
  fc
    .integer({ min: 0, max: 1439 })
    .map((minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`)
)

/** A zone, a cutoff and a date: mostly near a change of the clocks, sometimes anywhere in six decades. */
const places = fc.constantFrom(...awkward).chain(([zone, ...dates]) =>
  fc.record({
    zone: fc.constant(zone),
    cutoff: cutoffs,
    date: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.tuple(fc.constantFrom(...dates), fc.integer({ min: -2, max: 2 })).map(([d, n]) => addDays(d, n))
      },
      {
        weight: 1,
        arbitrary: fc
          .integer({ min: Date.parse("1975-01-01") / day, max: Date.parse("2036-12-31") / day })
          .map((days) => dateOf(days * day))
      }
    )
  })
)
/** The same with an instant of that date's neighbourhood, to the millisecond. */
const instants = fc.tuple(places, fc.integer({ min: -day, max: 2 * day })).map(([place, offset]) => ({
  ...place,
  millis: Date.parse(`${place.date}T00:00:00Z`) + offset
}))

const periodAt = (calendar: BusinessDay.Calendar, millis: number) =>
  BusinessDay.periodAt(calendar, DateTime.makeUnsafe(millis))
const startMillis = (calendar: BusinessDay.Calendar, date: BusinessDay.Period) =>
  BusinessDay.startOf(calendar, date).epochMilliseconds

describe("the start of a period", () => {
  it("is the first minute whose wall clock shows the cutoff or later, in every zone", () => {
    fc.assert(
      fc.property(places, ({ cutoff, date, zone }) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        expect(isoOf(BusinessDay.startOf(calendar, period(date)))).toBe(
          new Date(firstAtOrAfter(zone, date, cutoff)).toISOString()
        )
      }),
      { numRuns: 150 }
    )
  })

  it.each([
    ["UTC", "00:00", "2026-11-22", "2026-11-22T00:00:00.000Z"],
    // The clocks went from 00:00 to 01:00.
    ["America/Sao_Paulo", "00:00", "2018-11-04", "2018-11-04T03:00:00.000Z"],
    ["Asia/Beirut", "00:00", "2022-03-27", "2022-03-26T22:00:00.000Z"],
    ["Africa/Cairo", "00:00", "2014-05-16", "2014-05-15T22:00:00.000Z"],
    // At 00:01 the clocks went back to 23:01 of the day before: the new day had begun, and goes on.
    ["America/St_Johns", "00:00", "2006-10-29", "2006-10-29T02:30:00.000Z"],
    // From 00:00 back to 23:00: midnight comes at the second 24:00.
    ["America/Sao_Paulo", "00:00", "2019-02-17", "2019-02-17T03:00:00.000Z"],
    // From 01:00 to 03:00, and back: 02:00 is skipped once and comes twice once.
    ["Antarctica/Troll", "02:00", "2020-03-29", "2020-03-29T01:00:00.000Z"],
    ["Antarctica/Troll", "02:00", "2020-10-25", "2020-10-25T00:00:00.000Z"],
    // Half an hour back, from 02:00 to 01:30: 01:45 comes twice.
    ["Australia/Lord_Howe", "01:45", "2020-04-05", "2020-04-04T14:45:00.000Z"],
    ["Asia/Kathmandu", "00:00", "2024-06-01", "2024-05-31T18:15:00.000Z"],
    // A quarter of an hour forward at midnight.
    ["Asia/Kathmandu", "00:00", "1986-01-01", "1985-12-31T18:30:00.000Z"],
    ["Africa/Casablanca", "02:30", "2024-03-10", "2024-03-10T01:30:00.000Z"],
    ["Pacific/Apia", "00:00", "2011-12-31", "2011-12-30T10:00:00.000Z"],
    ["Pacific/Apia", "06:00", "2011-12-31", "2011-12-30T16:00:00.000Z"],
    ["Pacific/Kwajalein", "00:00", "1993-08-22", "1993-08-21T12:00:00.000Z"]
  ])("in %s at %s of %s is %s", (zone, cutoff, date, expected) => {
    expect(isoOf(BusinessDay.startOf(BusinessDay.makeCalendar(zone, cutoff), period(date)))).toBe(expected)
  })

  it("does not depend on what was asked before", () => {
    const used = BusinessDay.makeCalendar("America/Havana", "00:30")
    const dates = Array.from({ length: 2_500 }, (_, index) => period(addDays("2018-01-01", index)))
    const first = dates.map((date) => startMillis(used, date))
    const again = dates.map((date) => startMillis(used, date))
    expect(again).toEqual(first)
    expect(startMillis(BusinessDay.makeCalendar("America/Havana", "00:30"), dates[1_234]!)).toBe(first[1_234])
  })
})

describe("the period of an instant", () => {
  it("is the latest date that has started", () => {
    fc.assert(
      fc.property(instants, ({ cutoff, millis, zone }) => {
        expect(periodAt(BusinessDay.makeCalendar(zone, cutoff), millis)).toBe(periodOf(zone, millis, cutoff))
      }),
      { numRuns: 40 }
    )
  })

  it("starts at or before it, and ends after it", () => {
    fc.assert(
      fc.property(instants, ({ cutoff, millis, zone }) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        const found = periodAt(calendar, millis)
        expect(startMillis(calendar, found)).toBeLessThanOrEqual(millis)
        expect(BusinessDay.endOf(calendar, found).epochMilliseconds).toBeGreaterThan(millis)
      }),
      { numRuns: 200 }
    )
  })

  it("is itself at its start, and the one before it a millisecond earlier", () => {
    fc.assert(
      fc.property(instants, ({ cutoff, millis, zone }) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        const found = periodAt(calendar, millis)
        const start = startMillis(calendar, found)
        expect(periodAt(calendar, start)).toBe(found)
        const before = periodAt(calendar, start - 1)
        expect(before < found).toBe(true)
        expect(BusinessDay.next(calendar, before)).toBe(found)
      }),
      { numRuns: 200 }
    )
  })

  it("is followed by the next one at once: no gap and no overlap", () => {
    fc.assert(
      fc.property(instants, ({ cutoff, millis, zone }) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        const found = periodAt(calendar, millis)
        const following = BusinessDay.next(calendar, found)
        const end = BusinessDay.endOf(calendar, found).epochMilliseconds
        expect(end).toBe(startMillis(calendar, following))
        expect(periodAt(calendar, end - 1)).toBe(found)
        expect(periodAt(calendar, end)).toBe(following)
      }),
      { numRuns: 200 }
    )
  })

  it("never goes back while time goes on", () => {
    fc.assert(
      fc.property(instants, fc.nat({ max: 3 * day }), ({ cutoff, millis, zone }, later) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        expect(periodAt(calendar, millis) <= periodAt(calendar, millis + later)).toBe(true)
      }),
      { numRuns: 200 }
    )
  })

  it("stays in St John's when the clocks go back across midnight", () => {
    const calendar = BusinessDay.makeCalendar("America/St_Johns")
    const instant = at("2006-10-29T02:45:00Z")
    expect(wallClock("America/St_Johns", instant.epochMilliseconds)).toBe("2006-10-28, 23:15")
    expect(BusinessDay.periodAt(calendar, instant)).toBe("2006-10-29")
  })

  it("before the cutoff is still yesterday's", () => {
    const calendar = BusinessDay.makeCalendar("Europe/Prague", "06:00")
    expect(BusinessDay.periodAt(calendar, at("2026-11-22T04:59:59.999Z"))).toBe("2026-11-21")
    expect(BusinessDay.periodAt(calendar, at("2026-11-22T05:00:00Z"))).toBe("2026-11-22")
  })
})

describe("a date that the calendar skips", () => {
  it.each([
    ["Pacific/Apia", "2011-12-29", "2011-12-30", "2011-12-31"],
    ["Pacific/Fakaofo", "2011-12-29", "2011-12-30", "2011-12-31"],
    ["Pacific/Kwajalein", "1993-08-20", "1993-08-21", "1993-08-22"]
  ])("is no period: %s goes from %s over %s to %s", (zone, before, skipped, after) => {
    for (const cutoff of ["00:00", "06:00", "23:59"]) {
      const calendar = BusinessDay.makeCalendar(zone, cutoff)
      expect(BusinessDay.next(calendar, period(before))).toBe(after)
      expect(BusinessDay.between(calendar, period(before), BusinessDay.next(calendar, period(after)))).toEqual([
        before,
        after
      ])
      const start = startMillis(calendar, period(after))
      expect(startMillis(calendar, period(skipped))).toBe(start)
      expect(periodAt(calendar, start)).toBe(after)
      expect(periodAt(calendar, start - 1)).toBe(before)
    }
  })
})

describe("the periods between two", () => {
  it("are those that `next` goes through, the first included, the last not", () => {
    fc.assert(
      fc.property(places, fc.nat({ max: 40 }), ({ cutoff, date, zone }, days) => {
        const calendar = BusinessDay.makeCalendar(zone, cutoff)
        const from = periodAt(calendar, startMillis(calendar, period(date)))
        const until = periodAt(calendar, startMillis(calendar, from) + days * day)
        const periods = BusinessDay.between(calendar, from, until)
        const walked: Array<string> = []
        for (let each = from; each !== until && walked.length < 50; each = BusinessDay.next(calendar, each))
          walked.push(each)
        expect(periods).toEqual(walked)
        expect(periods.length).toBeLessThanOrEqual(BusinessDay.daysBetween(from, until))
      }),
      { numRuns: 100 }
    )
  })

  it("are none from a period to itself or to an earlier one", () => {
    const calendar = BusinessDay.makeCalendar("UTC")
    expect(BusinessDay.between(calendar, period("2026-11-22"), period("2026-11-22"))).toEqual([])
    expect(BusinessDay.between(calendar, period("2026-11-22"), period("2026-11-01"))).toEqual([])
  })

  it("go over the ends of months and years and over leap days", () => {
    const calendar = BusinessDay.makeCalendar("UTC")
    expect(BusinessDay.between(calendar, period("2023-12-31"), period("2024-01-02"))).toEqual([
      "2023-12-31",
      "2024-01-01"
    ])
    expect(BusinessDay.next(calendar, period("2024-02-28"))).toBe("2024-02-29")
    expect(BusinessDay.next(calendar, period("2100-02-28"))).toBe("2100-03-01")
  })
})

describe("weeks and months", () => {
  const dates = fc
    .integer({ min: Date.parse("1975-01-01") / day, max: Date.parse("2100-12-31") / day })
    .map((days) => period(dateOf(days * day)))

  it("give a week from Monday to Sunday that holds the date", () => {
    fc.assert(
      fc.property(dates, (date) => {
        const { from, to } = BusinessDay.weekOf(date)
        expect(from <= date && date <= to).toBe(true)
        expect(new Date(from).getUTCDay()).toBe(1)
        expect(BusinessDay.daysBetween(from, to)).toBe(6)
      })
    )
  })

  it("give a month from its first to its last date", () => {
    fc.assert(
      fc.property(dates, (date) => {
        const { from, to } = BusinessDay.monthOf(date)
        expect(from).toBe(`${date.slice(0, 7)}-01`)
        expect(to.slice(0, 7)).toBe(date.slice(0, 7))
        expect(addDays(to, 1).slice(8)).toBe("01")
      })
    )
  })

  const range = Schema.decodeUnknownResult(BusinessDay.FullPeriodRange)
  const anyDate = fc
    .integer({ min: Date.parse("0000-01-01") / day, max: Date.parse("9999-12-31") / day })
    .map((days) => period(dateOf(days * day)))

  it("are the same for each of their dates, and no other date's", () => {
    for (const rangeOf of [BusinessDay.weekOf, BusinessDay.monthOf]) {
      fc.assert(
        fc.property(dates, fc.integer({ min: -40, max: 40 }), (date, days) => {
          const { from, to } = rangeOf(date)
          const another = period(addDays(date, days))
          expect(rangeOf(another).from === from).toBe(from <= another && another <= to)
          // One begins where another ends.
          expect(rangeOf(period(addDays(to, 1))).from).toBe(addDays(to, 1))
        })
      )
    }
  })

  it("are ranges that the reads take, to the ends of the calendar", () => {
    const ends = fc.constantFrom("0000-01-01", "0000-01-02", "9999-12-30", "9999-12-31").map(period)
    fc.assert(
      fc.property(fc.oneof(anyDate, ends), (date) => {
        expect(range(BusinessDay.weekOf(date))).toEqual(Result.succeed(BusinessDay.weekOf(date)))
        expect(range(BusinessDay.monthOf(date))).toEqual(Result.succeed(BusinessDay.monthOf(date)))
      })
    )
    expect(BusinessDay.weekOf(period("9999-12-31"))).toEqual({ from: "9999-12-27", to: "9999-12-31" })
  })

  it("end with the last date that can be written: an instant beyond it belongs to it", () => {
    const calendar = BusinessDay.makeCalendar("Europe/Prague", "04:00")
    for (const instant of ["9999-12-31T12:00:00Z", "+010000-01-01T12:00:00Z", "+270000-01-01T00:00:00Z"]) {
      expect(BusinessDay.periodAt(calendar, at(instant))).toBe("9999-12-31")
    }
    expect(BusinessDay.next(calendar, period("9999-12-30"))).toBe("9999-12-31")
    expect(BusinessDay.next(calendar, period("9999-12-31"))).toBe("9999-12-31")
    expect(BusinessDay.between(calendar, period("9999-12-29"), period("9999-12-31"))).toHaveLength(2)
  })

  it("count the days from one date to another, backwards too", () => {
    expect(BusinessDay.daysBetween(period("2024-02-28"), period("2024-03-01"))).toBe(2)
    expect(BusinessDay.daysBetween(period("2024-03-01"), period("2024-02-28"))).toBe(-2)
    expect(BusinessDay.daysBetween(period("2024-03-01"), period("2024-03-01"))).toBe(0)
  })
})

describe("what is no period, cutoff or time zone is refused", () => {
  const accepts = (schema: Schema.Codec<string, string>, text: unknown) =>
    Result.isSuccess(Schema.decodeUnknownResult(schema)(text))

  it.each(["2026-11-22", "2024-02-29", "1999-12-31", "2000-02-29"])("the period %s is accepted", (text) => {
    expect(accepts(BusinessDay.Period, text)).toBe(true)
  })

  it.each([
    "2026-02-30",
    "2023-02-29",
    "1900-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-11-00",
    "2026-11-31",
    "2026-1-1",
    "26-11-22",
    "2026-11-22T00:00:00Z",
    " 2026-11-22",
    "2026-11-22\n",
    "٢٠٢٦-١١-٢٢",
    "",
    20261122,
    null
  ])("the period %j is refused", (text) => {
    expect(accepts(BusinessDay.Period, text)).toBe(false)
  })

  it.each(["00:00", "09:30", "19:59", "23:59"])("the cutoff %s is accepted", (text) => {
    expect(accepts(BusinessDay.Cutoff, text)).toBe(true)
  })

  it.each(["24:00", "23:60", "7:00", "07:0", "07:00:00", "-1:00", "", "noon", 7])(
    "the cutoff %j is refused",
    (text) => {
      expect(accepts(BusinessDay.Cutoff, text)).toBe(false)
    }
  )
})
