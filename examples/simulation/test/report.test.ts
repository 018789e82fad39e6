import { BusinessDay, Money, type TaskId, type UserId } from "@popug/core"
import { type DayBook, Summary } from "@popug/testkit/days"
import { describe, expect, it } from "vitest"
import * as Report from "../src/report/Report.ts"

const usd = Money.Currency.make("USD")
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

const about: Report.About = {
  title: "Days of </title><script>alert(1)</script>",
  currency: usd,
  facts: [["Seed", "popug"]],
  repeat: "npm run simulate -- --seed popug",
  remarks: { title: "Invalid lines", lines: ["3: BrokenJson: <oops>"] }
}

describe("the report", () => {
  const text = (page: string) => page.replaceAll(/<(style|script)[^>]*>[^]*?<\/\1>/g, "")
  const dataOf = (page: string) => JSON.parse(/id="data">([^<]*)/.exec(page)![1]!)

  it("needs nothing but itself", () => {
    const page = Report.render(summaryOf(daysOf(30)), about)
    expect(page).not.toMatch(/(src|href)=/)
    expect(page).not.toMatch(/@import|url\(/)
    expect(page).toContain("uPlot")
  })

  it("escapes what comes from outside", () => {
    const page = Report.render(summaryOf(daysOf(3)), about)
    expect(page).not.toContain("<script>alert")
    expect(page).not.toContain("<b>roof")
    expect(text(page)).toContain("Mend &lt;b&gt;roof&lt;/b&gt; 0")
    expect(text(page)).toContain("Anna &amp; Co")
    expect(text(page)).toContain("3: BrokenJson: &lt;oops&gt;")
  })

  it("has every number as text, negative ones marked", () => {
    const page = text(Report.render(summaryOf(daysOf(3)), about))
    expect(page).toContain(`<span class="minus">-54.00</span>`)
    for (const { period } of daysOf(3)) expect(page).toContain(`<th scope="row" class="date">${period}</th>`)
    expect(page).toContain("npm run simulate -- --seed popug")
  })

  it("shows months and, on demand, days when there are many; their numbers are exact", () => {
    const days = daysOf(4_000)
    const page = Report.render(summaryOf(days), about)
    expect(page.length).toBeLessThan(600_000)
    expect(text(page)).toContain("All 4,000 days")
    expect(text(page)).toContain(`<th scope="row" class="date">2024-03</th>`)
    const data = dataOf(page)
    expect(data).toMatchObject({ digits: 2, by: "month" })
    expect(data.time).toHaveLength(4_000)
    expect(data.money.earnings[3_999]).toBe("-1800")
  })

  it("is there though no day was closed", () => {
    expect(text(Report.render(summaryOf([]), about))).toContain("no day was closed")
  })

  it("writes amounts in the digits of the currency", () => {
    const page = text(Report.render(summaryOf(daysOf(1)), { ...about, currency: Money.Currency.make("JPY") }))
    expect(page).toContain("3,000")
    expect(page).not.toContain("30.00")
  })
})
