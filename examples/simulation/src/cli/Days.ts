/**
 * What people see of a company's days in a terminal: every day as a row, or for many days the years, the last months
 * and the last days; the top tasks, and who is in the red.
 */
import { Money } from "@popug/core"
import { Summary } from "@popug/testkit/days"
import { type Column, count, counted, cut, styled, table } from "./terminal.ts"

/** More days than this are shown by year and month. */
const fewDays = 62
const lastMonths = 12
const lastDays = 7
const deepest = 5
const titleWidth = 60

type Row = Summary.Day | Summary.Span

const amounts = (currency: Money.Currency) => {
  const digits = Money.fractionDigits(currency)
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return (units: bigint) => format.format(Money.toDecimal(Money.make(units, currency)) as Intl.StringNumericLiteral)
}

/** All of it, as text. */
export const print = (summary: Summary.Summary, currency: Money.Currency): string => {
  const { days } = summary
  if (days.length === 0) return ""
  const amount = amounts(currency)
  return [
    ...tables(summary, amount),
    section("Top tasks", topTasks(days, amount)),
    section("In the red", inTheRed(summary, amount))
  ].join("\n")
}

const section = (title: string, body: string): string => `${styled("bold", title)}\n${body}`

const tables = (summary: Summary.Summary, amount: (units: bigint) => string): ReadonlyArray<string> => {
  const { days } = summary
  const dayOf = (row: Row) => ("period" in row ? row.period : row.from)
  if (days.length <= fewDays) return [section("Each day", numbers("Day", dayOf, days, summary, amount))]
  const months = Summary.spans(days, "month")
  return [
    section(
      "By year",
      numbers("Year", (row) => dayOf(row).slice(0, 4), Summary.spans(days, "year"), summary, amount)
    ),
    section(
      "The last months",
      numbers("Month", (row) => dayOf(row).slice(0, 7), months.slice(-lastMonths), null, amount)
    ),
    section("The last days", numbers("Day", dayOf, days.slice(-lastDays), null, amount))
  ]
}

const numbers = (
  title: string,
  name: (row: Row) => string,
  rows: ReadonlyArray<Row>,
  /** Whose totals stand below the rows, if they do. */
  summary: Summary.Summary | null,
  amount: (units: bigint) => string
): string => {
  const number = (heading: string, cell: (row: Row) => string): Column<Row> => ({ title: heading, cell, right: true })
  const columns: ReadonlyArray<Column<Row>> = [
    { title, cell: name },
    number("Created", (row) => count(row.tasksCreated)),
    number("Assigned", (row) => count(row.assigned)),
    number("Done", (row) => count(row.done)),
    number("Fees", (row) => amount(row.fees)),
    number("Awards", (row) => amount(row.awards)),
    number("Earnings", (row) => amount(row.earnings)),
    number("Payouts", (row) => amount(row.payouts)),
    number("In the red", (row) => count(row.inTheRed))
  ]
  if (summary === null) return table(columns, rows)
  const { totals } = summary
  return table(columns, rows, [
    "All",
    ...[totals.tasksCreated, totals.assigned, totals.done].map(count),
    ...[totals.fees, totals.awards, totals.earnings, totals.payouts].map(amount),
    count(summary.days.at(-1)!.inTheRed)
  ])
}

const topTasks = (days: ReadonlyArray<Summary.Day>, amount: (units: bigint) => string): string => {
  const rows = [
    { when: "last day", top: days.at(-1)!.topTask },
    { when: "last week", top: Summary.spans(days, "week").at(-1)!.topTask },
    { when: "last month", top: Summary.spans(days, "month").at(-1)!.topTask },
    { when: "all days", top: Summary.topOf(days) }
  ]
  return table(
    [
      { title: "When", cell: ({ when }) => when },
      { title: "Award", cell: ({ top }) => (top === null ? "" : amount(top.total)), right: true },
      { title: "Task", cell: ({ top }) => (top === null ? "none was done" : cut(top.title, titleWidth)) }
    ],
    rows
  )
}

const inTheRed = ({ days, popugs }: Summary.Summary, amount: (units: bigint) => string): string => {
  const below = popugs.filter(({ balance }) => balance < 0n).sort((a, b) => Number(a.balance - b.balance))
  const said = `  ${counted(days.at(-1)!.inTheRed, "popug")} of ${count(popugs.length)} closed the last day below zero.\n`
  if (below.length === 0) return said
  return (
    said +
    table(
      [
        { title: "Deepest", cell: (popug) => cut(popug.name ?? popug.id, titleWidth) },
        { title: "Balance", cell: (popug) => amount(popug.balance), right: true },
        { title: "Paid out so far", cell: (popug) => amount(popug.payouts), right: true }
      ],
      below.slice(0, deepest)
    )
  )
}
