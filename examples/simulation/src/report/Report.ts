/**
 * The report as one HTML file that needs nothing else: what the days came to, as pictures with the numbers beside them.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { Money } from "@popug/core"
import { Summary } from "@popug/testkit/days"
import { type Amount, amounts, count, distribution, popugTable } from "./figures.ts"
import { blank, type Column, type Html, html, json, table, trusted } from "./markup.ts"
import { script } from "./script.ts"
import { style } from "./style.ts"

/** What the report says besides the numbers. */
export interface About {
  readonly title: string
  readonly currency: Money.Currency
  /** What the company is, and how it was run. */
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>
  /** The command that makes the same report again. */
  readonly repeat: string
  /** What was left out, and why; a title and lines. */
  readonly remarks?: { readonly title: string; readonly lines: ReadonlyArray<string> }
}

/** What the payouts of a day are, which may be below zero. */
const payoutsHint =
  "What was charged, credited and paid out. A correction counts on its own day, with the sign turned round: payouts are " +
  "below zero on a day on which more was taken back than paid."

/** How many days, tasks and remarks are shown at once. */
const fewDays = 62
const topTasks = 8
const mostRemarks = 200

/** The page, as text. */
export const render = (summary: Summary.Summary, about: About): string => {
  const { days, popugs } = summary
  const amount = amounts(about.currency)
  const last = days.at(-1)
  const period = last === undefined ? "no day was closed" : `${days[0]!.period} to ${last.period}`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${about.title}</title>
        <style>
          ${inlined(require.resolve("uplot/dist/uPlot.min.css"))}${trusted(style)}
        </style>
      </head>
      <body>
        <header class="bar">
          <div>
            <h1>${about.title}</h1>
            <p>${period}, ${count(days.length)} business days, amounts in ${about.currency}</p>
          </div>
          <div class="choice" role="group" aria-label="Show by">
            ${(["day", "week", "month"] as const).map(
              (by) => html`<button type="button" data-by="${by}" aria-pressed="false">By ${by}</button>`
            )}
          </div>
        </header>
        <main>
          ${sums(summary, amount)}
          <div class="grid">
            ${chart("earnings", "Management's earnings", "Fees less awards, and their sum so far (right). Drag to look closer, double-click to go back.", "wide")}
            ${chart("money", "Fees, awards, payouts", payoutsHint)}
            ${chart("red", "Popugs in the red", "How many closed the day below zero.")}
            ${chart("tasks", "Tasks", "Created and done; assignments on the right.")}
            <section class="card">
              <h2>Where the balances stand</h2>
              <p class="hint">All accounts after the last close. What is above zero was paid out.</p>
              ${distribution(popugs, amount)}
            </section>
            ${topSection(days, amount)}
            <section class="card">
              <h2>Paid out most</h2>
              ${popugTable("The popugs with the highest payouts", popugs, (a, b) => b.payouts - a.payouts, amount)}
            </section>
            <section class="card">
              <h2>Deepest in the red</h2>
              ${popugTable("The popugs with the lowest balances", popugs, (a, b) => a.balance - b.balance, amount)}
            </section>
            ${numbers(summary, amount)} ${company(about)} ${remarks(about)}
          </div>
        </main>
        <script type="application/json" id="data">
          ${json(dataOf(days, about.currency))}
        </script>
        <script>
          ${inlined(require.resolve("uplot/dist/uPlot.iife.min.js"))}
        </script>
        <script>
          ${trusted(script)}
        </script>
      </body>
    </html> `
  return page.html
}

/** uPlot's files, to be written into the page. */
const require = createRequire(import.meta.url)
const inlined = (path: string): Html => trusted(readFileSync(path, "utf8").trim())

const sums = ({ days, popugs, totals }: Summary.Summary, amount: Amount): Html =>
  html`<dl class="cards">
    ${card("Earnings", amount(totals.earnings), "fees less awards")}
    ${card("Fees", amount(totals.fees), `${count(totals.assigned)} assignments`)}
    ${card("Awards", amount(totals.awards), `${count(totals.done)} tasks done`)}
    ${card("Payouts", amount(totals.payouts), "positive balances, less corrections")}
    ${card("Tasks", count(totals.tasksCreated), `${count(totals.tasksCreated - totals.done)} still open`)}
    ${card("In the red", count(days.at(-1)?.inTheRed ?? 0), `of ${count(popugs.length)} accounts`)}
  </dl>`

const card = (name: string, value: unknown, note: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`

const chart = (id: string, title: string, hint: string, size = ""): Html =>
  html`<section class="card ${size}">
    <h2 id="${id}-title">${title}</h2>
    <p class="hint">${hint}</p>
    <div class="chart" id="${id}" role="figure" aria-labelledby="${id}-title" aria-describedby="numbers"></div>
  </section>`

const totalColumns = <Row extends Summary.Day | Summary.Span>(amount: Amount): ReadonlyArray<Column<Row>> => [
  { title: "Created", cell: (row) => count(row.tasksCreated), kind: "number" },
  { title: "Assigned", cell: (row) => count(row.assigned), kind: "number" },
  { title: "Done", cell: (row) => count(row.done), kind: "number" },
  { title: "Fees", cell: (row) => amount(row.fees), kind: "number" },
  { title: "Awards", cell: (row) => amount(row.awards), kind: "number" },
  { title: "Earnings", cell: (row) => amount(row.earnings), kind: "number" },
  { title: "Payouts", cell: (row) => amount(row.payouts), kind: "number" },
  { title: "In the red", cell: (row) => count(row.inTheRed), kind: "number" }
]

/** The numbers behind the charts: every day, or for many of them every month, with the days on demand. */
const numbers = ({ days, totals }: Summary.Summary, amount: Amount): Html => {
  const sums = [totals.tasksCreated, totals.assigned, totals.done].map(count)
  const money = [totals.fees, totals.awards, totals.earnings, totals.payouts].map(amount)
  const foot = ["All days", ...sums, ...money, count(days.at(-1)?.inTheRed ?? 0)]
  const dated = <Row extends Summary.Day | Summary.Span>(
    title: string,
    cell: (row: Row) => string
  ): ReadonlyArray<Column<Row>> => [{ title, cell, kind: "date" }, ...totalColumns<Row>(amount)]
  const everyDay = dated<Summary.Day>("Day", (day) => day.period)
  const tables =
    days.length <= fewDays
      ? table("Each day", everyDay, days, foot)
      : html`${table(
            "Each month",
            dated<Summary.Span>("Month", (span) => span.from.slice(0, 7)),
            Summary.spans(days, "month"),
            foot
          )}
          <details id="all-days">
            <summary>All ${count(days.length)} days</summary>
            ${table("Each day", everyDay, [])}
          </details>`
  return html`<section class="card wide" id="numbers">
    <h2>The numbers</h2>
    ${tables}
  </section>`
}

/** A date is never broken over lines. */
const date = (period: string): Html => html`<span class="date">${period}</span>`

const topSection = (days: ReadonlyArray<Summary.Day>, amount: Amount): Html => {
  const last = days.at(-1)
  if (last === undefined) return blank
  const [week, month] = [Summary.spans(days, "week").at(-1)!, Summary.spans(days, "month").at(-1)!]
  const when = [
    { when: html`Last day, ${date(last.period)}`, top: last.topTask },
    { when: html`Last week, from ${date(week.from)}`, top: week.topTask },
    { when: html`Last month, from ${date(month.from)}`, top: month.topTask },
    { when: html`All days`, top: Summary.topOf(days) }
  ]
  const best = days
    .filter((day) => day.topTask !== null)
    .sort((a, b) => Number(b.topTask!.total - a.topTask!.total))
    .slice(0, topTasks)
  const columns = (title: string): ReadonlyArray<Column<(typeof when)[number]>> => [
    { title, cell: (row) => row.when },
    { title: "Task", cell: ({ top }) => (top === null ? "none was done" : top.title), kind: "title" },
    { title: "Award", cell: ({ top }) => (top === null ? "" : amount(top.total)), kind: "number" }
  ]
  return html`<section class="card">
      <h2>Top task</h2>
      <p class="hint">The done task with the highest award.</p>
      ${table("By day, week, month and over all days", columns("When"), when)}
    </section>
    <section class="card">
      <h2>Top tasks of a day</h2>
      <p class="hint">The highest among them.</p>
      ${table(
        "The days with the highest top tasks",
        columns("Day"),
        best.map(({ period, topTask }) => ({ when: date(period), top: topTask }))
      )}
    </section>`
}

const company = (about: About): Html =>
  html`<section class="card wide">
    <h2>The company</h2>
    <dl class="facts">
      ${about.facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`
      )}
    </dl>
    <p class="hint" style="margin:14px 0 0">Run this to get the same report again:</p>
    <pre><code>${about.repeat}</code></pre>
  </section>`

const remarks = ({ remarks }: About): Html =>
  remarks === undefined || remarks.lines.length === 0
    ? blank
    : html`<section class="card wide">
        <h2>${remarks.title}</h2>
        ${table(
          remarks.lines.length > mostRemarks ? `The first ${mostRemarks} of ${remarks.lines.length}` : "All of them",
          [{ title: "Line and reason", cell: (line) => line, kind: "title" }],
          remarks.lines.slice(0, mostRemarks)
        )}
      </section>`

/** The numbers of the charts; amounts are strings of minor units, exact however large. */
const dataOf = (days: ReadonlyArray<Summary.Day>, currency: Money.Currency) => ({
  digits: Money.fractionDigits(currency),
  by: days.length <= 2 * fewDays ? "day" : days.length <= 12 * fewDays ? "week" : "month",
  time: days.map((day) => Date.parse(`${day.period}T00:00:00Z`) / 1000),
  created: days.map((day) => day.tasksCreated),
  assigned: days.map((day) => day.assigned),
  done: days.map((day) => day.done),
  inTheRed: days.map((day) => day.inTheRed),
  money: {
    fees: days.map((day) => day.fees.toString()),
    awards: days.map((day) => day.awards.toString()),
    earnings: days.map((day) => day.earnings.toString()),
    payouts: days.map((day) => day.payouts.toString())
  }
})
