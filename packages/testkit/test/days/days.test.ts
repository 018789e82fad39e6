import { BusinessDay, type TaskId, type UserId } from "@popug/core"
import { describe, expect, it } from "vitest"
import { DayBook, Summary } from "../../src/days/index.ts"

const calendar = BusinessDay.makeCalendar("UTC")

/** So many days from a Friday on; on each, one popug pays and another is paid. */
const daysOf = (count: number): ReadonlyArray<DayBook.DayBook> => {
  let period = BusinessDay.Period.make("2024-03-01")
  return Array.from({ length: count }, (_, index) => {
    const day: DayBook.DayBook = {
      period,
      tasksCreated: 1,
      assigned: 2,
      done: 1,
      fees: 12_00n,
      awards: 30_00n,
      earnings: -18_00n,
      payouts: 30_00n,
      inTheRed: 1,
      topTask: {
        id: `t${index}` as TaskId,
        title: `Mend <b>roof</b> ${index}`,
        total: index % 7 === 0 ? 31_00n : 30_00n
      },
      lines: [
        {
          id: "anna" as UserId,
          name: "Anna & Co",
          opening: BigInt(index) * -12_00n,
          fees: 12_00n,
          awards: 0n,
          payout: 0n,
          closing: BigInt(index + 1) * -12_00n
        },
        { id: "boris" as UserId, name: null, opening: 0n, fees: 0n, awards: 30_00n, payout: 30_00n, closing: 0n }
      ]
    }
    period = BusinessDay.next(calendar, period)
    return day
  })
}

const summaryOf = (days: ReadonlyArray<DayBook.DayBook>): Summary.Summary => {
  const builder = new Summary.Builder()
  for (const day of days) builder.add(day, (id) => `${id}!`)
  return builder.summary
}

describe("a day book", () => {
  it("is written with amounts as text and nothing more than is promised", () => {
    expect(JSON.stringify(DayBook.toJson(daysOf(1)[0]!, (id) => id.toUpperCase()))).toBe(
      `{"period":"2024-03-01","tasksCreated":1,"assigned":2,"done":1,"fees":"1200","awards":"3000","earnings":"-1800",` +
        `"payouts":"3000","inTheRed":1,"balances":{` +
        `"ANNA":{"opening":"0","fees":"1200","awards":"0","payout":"0","closing":"-1200"},` +
        `"BORIS":{"opening":"0","fees":"0","awards":"3000","payout":"3000","closing":"0"}}}`
    )
  })
})

describe("a summary", () => {
  it("adds days up, by week, month and year too", () => {
    const { days, popugs, totals } = summaryOf(daysOf(40))
    expect(totals).toEqual({
      tasksCreated: 40,
      assigned: 80,
      done: 40,
      fees: 480_00n,
      awards: 1200_00n,
      earnings: -720_00n,
      payouts: 1200_00n
    })
    expect(popugs).toEqual([
      { id: "anna!", name: "Anna & Co", fees: 480_00n, awards: 0n, payouts: 0n, balance: -480_00n },
      { id: "boris!", name: null, fees: 0n, awards: 1200_00n, payouts: 1200_00n, balance: 0n }
    ])
    const weeks = Summary.spans(days, "week")
    expect(weeks.map(({ from, to }) => [from, to]).slice(0, 2)).toEqual([
      ["2024-03-01", "2024-03-03"],
      ["2024-03-04", "2024-03-10"]
    ])
    expect(Summary.spans(days, "month").map(({ assigned, from }) => [from, assigned])).toEqual([
      ["2024-03-01", 62],
      ["2024-04-01", 18]
    ])
    expect(Summary.spans(days, "year").map(({ fees }) => fees)).toEqual([480_00n])
  })

  it("names the top task of a span, the earlier one on a tie", () => {
    const { days } = summaryOf(daysOf(20))
    expect(Summary.topOf(days)?.id).toBe("t0!")
    expect(Summary.topOf(days.slice(1))?.id).toBe("t7!")
    expect(Summary.topOf([])).toBeNull()
  })
})
