import { expect, it } from "vitest"
import { dayRows, type Report } from "../src/page/analytics/days.ts"
import { rangeOf, spanOf, step } from "../src/page/analytics/range.ts"

const of = (query: string) => rangeOf(new URLSearchParams(query), "2026-03-02")

it("an address names a number of last days, or the first and the last; what does not hold is as if it was not there", () => {
  expect(of("")).toEqual({ from: "2026-01-31", to: "2026-03-02", last: 30 })
  expect(of("days=7")).toEqual({ from: "2026-02-23", to: "2026-03-02", last: 7 })
  expect(of("days=8").last).toBe(30)
  expect(of("from=2026-01-01&to=2026-01-31")).toEqual({ from: "2026-01-01", to: "2026-01-31", last: null })
  expect(of("from=2026-02-01&to=2026-01-31").last).toBe(30)
  expect(of("from=2026-13-01&to=2026-13-02").last).toBe(30)
})

it("days, weeks and months are stepped through, over the ends of months and years", () => {
  expect(step("2026-01-01", "day", -1)).toBe("2025-12-31")
  expect(step("2026-12-28", "week", 1)).toBe("2027-01-04")
  expect(step("2026-01-31", "month", 1)).toBe("2026-02-01")
  expect(step("2026-01-31", "month", -1)).toBe("2025-12-01")
})

it("a top task is asked for around a day that is not yet to come", () => {
  const at = (query: string) => spanOf(new URLSearchParams(query), "2026-03-02")
  expect(at("")).toEqual({ span: "week", day: "2026-03-02" })
  expect(at("top=month&at=2026-01-05")).toEqual({ span: "month", day: "2026-01-05" })
  expect(at("top=year&at=2027-01-05")).toEqual({ span: "week", day: "2026-03-02" })
})

const usd = (amount: bigint) => ({ amount, currency: "USD" })
const totals = (done: number) => ({ tasksCreated: done + 1, done })
const report = (period: string) =>
  ({ period, totals: totals(2), earnings: usd(-5n), inTheRed: 1, topTask: null }) as unknown as Report
const open = (period: string) =>
  ({ period, totals: totals(7), earnings: usd(9n), inTheRed: 3, topTask: null }) as unknown as Parameters<
    typeof dayRows
  >[1]

it("the open day comes after the closed ones, if it is looked at and not among them already", () => {
  const range = { from: "2026-03-01", to: "2026-03-31" }
  const rows = dayRows([report("2026-03-01")], open("2026-03-02"), range)
  expect(rows.map(({ done, open: isOpen, period }) => [period, isOpen, done])).toEqual([
    ["2026-03-01", false, 2],
    ["2026-03-02", true, 7]
  ])
  expect(dayRows([report("2026-03-01")], open("2026-03-01"), range)).toHaveLength(1)
  expect(dayRows([], open("2026-04-01"), range)).toEqual([])
  expect(dayRows([], undefined, range)).toEqual([])
})
