/**
 * `npm run simulate`: a company on virtual time, a month of its life in a moment, and what came of it.
 */
import { join, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Money, TimeZone } from "@popug/core"
import { DayBook, Summary } from "@popug/testkit/days"
import { Faults, Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Days from "./cli/Days.ts"
import { explain } from "./cli/explain.ts"
import { Count, option, optional, type Parsed, parse, UsageError } from "./cli/options.ts"
import * as Progress from "./cli/Progress.ts"
import * as Stores from "./cli/Stores.ts"
import { counted, cut, say, styled, write } from "./cli/terminal.ts"
import * as Report from "./report/Report.ts"

const program = {
  usage: "npm run simulate -- [options]",
  about: "Runs a whole company on virtual time, and shows what came of it.",
  options: {
    seed: option(Schema.String, "TEXT", "popug", "Decides everything: same seed, same company"),
    popugs: option(Count, "NUMBER", 40, "How many of them get tasks"),
    days: option(Count, "NUMBER", 30, "How many business days pass"),
    "time-zone": option(TimeZone.TimeZone, "ZONE", "UTC", "The company's time zone, such as Europe/Prague"),
    store: option(Stores.Name, "NAME", "memory", "Where it keeps its books: memory, pglite, postgres or sqlite"),
    database: optional("URL", "The server of --store postgres, where a schema is made and dropped again"),
    json: { about: "Write a line of JSON for each closed day" },
    report: optional("FILE.html", "Where the report goes (a new temporary folder)")
  },
  examples: [
    ["npm run simulate", "A month of forty popugs"],
    ["npm run simulate -- --popugs 500 --days 90 --seed spring", "A quarter of a larger one"]
  ]
} as const

/** The simulation knows one currency. */
const currency = Money.Currency.make("USD")

const simulate = Effect.fnUntraced(function* (options: Parsed<typeof program>) {
  const { database, days, json, popugs, seed, store, "time-zone": timeZone } = options
  if (store === "postgres" && database === undefined) {
    return yield* new UsageError({ message: "--store postgres needs --database URL" })
  }
  const fs = yield* FileSystem.FileSystem
  const bar = Progress.make("simulating", days)
  const books: Array<DayBook.DayBook> = []
  const settings: Simulation.Options = {
    seed,
    popugs,
    days,
    timeZone,
    cutoff: "00:00",
    nodes: 1,
    gap: 0,
    byHand: false,
    mischief: false,
    commandsPerDay: popugs,
    faults: Faults.none,
    lockstep: true,
    onDay: ({ day, period }) => bar.at(day, period)
  }
  // The company goes on for a moment after the last day, until all is settled.
  const read = Stream.runForEach(Stream.take(DayBook.read({}), days), (book) =>
    Effect.sync(() => void books.push(book))
  )
  const run =
    store === "memory"
      ? Simulation.runWith(settings, read)
      : yield* Simulation.runOnWith(Stores.layer(store, database), settings, read)
  bar.end()

  const summary = new Summary.Builder()
  for (const book of books) summary.add(book)
  const { counts, violations } = run
  const wrong = violations.map(({ message, rule }) => `\n  ${rule}: ${cut(message, 200)}`)
  const checked =
    wrong.length === 0
      ? `checked: ${counted(counts.events, "event")}, ${counted(counts.transfers, "transfer")}, nothing wrong`
      : `SOMETHING IS WRONG${wrong.slice(0, 20).join("")}`

  if (json) {
    for (const book of books) yield* write(`${JSON.stringify(DayBook.toJson(book))}\n`)
  } else {
    const title = `${counted(popugs, "popug")}, ${counted(books.length, "business day")}, ${counted(counts.commands, "command")}`
    yield* write(`${styled("bold", title)} (${timeZone}; ${currency}; seed ${seed})\n\n`)
    yield* write(Days.print(summary.summary, currency))
  }

  // A folder of its own: another user's report, or an earlier one, is never in the way.
  const path = resolve(options.report ?? join(yield* fs.makeTempDirectory({ prefix: "popug-" }), "report.html"))
  const about: Report.About = {
    title: "A simulated company",
    currency,
    facts: [
      ["Popugs", `${popugs}, besides an admin, a manager and an accountant`],
      ["Business days", `${books.length}, in ${timeZone}`],
      ["Commands", counted(counts.commands, "command")],
      ["Seed", seed],
      ["Checks", checked.replace("checked: ", "")]
    ],
    repeat: `npm run simulate -- --seed '${seed}' --popugs ${popugs} --days ${days} --time-zone ${timeZone}`
  }
  yield* fs.writeFileString(path, Report.render(summary.summary, about))
  const told = `${checked}\nreport: ${path}`
  yield* json ? say(told) : write(`\n${told}\n`)
  if (violations.length > 0) process.exitCode = 1
})

parse(program, process.argv.slice(2)).pipe(
  Effect.flatMap((options) => (options === undefined ? Effect.void : simulate(options))),
  Effect.catch(explain(program.usage)),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
