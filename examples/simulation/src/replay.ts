/**
 * `npm run replay -- FILE`: replays a recorded trace of commands through a company, and shows what came of it.
 */
import { createReadStream } from "node:fs"
import { dirname, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { BusinessDay, Money, TimeZone } from "@popug/core"
import { DayBook, Summary } from "@popug/testkit/days"
import { Replay, Trace } from "@popug/testkit/replay"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { between } from "./cli/apart.ts"
import { explain } from "./cli/explain.ts"
import { door } from "./cli/http.ts"
import * as Journal from "./cli/Journal.ts"
import { option, optional, type Parsed, parse, UsageError } from "./cli/options.ts"
import * as Progress from "./cli/Progress.ts"
import * as Replayed from "./cli/Replayed.ts"
import * as Stores from "./cli/Stores.ts"
import { say, write } from "./cli/terminal.ts"
import * as Report from "./report/Report.ts"

const program = {
  usage: "npm run replay -- FILE [options]",
  about: "Replays a recorded trace of commands through a company, day by day, and shows what came of it.",
  argument: { name: "FILE", about: "The trace: a command a line as JSON, in time order" },
  options: {
    json: { about: "Write a line of JSON for each closed day, and a last one with the result" },
    report: optional("FILE.html", "Write the report with charts there"),
    journal: optional("FILE", "Write the books there in hledger's format"),
    seed: option(Schema.String, "TEXT", "popug", "Keys who gets which task, and the prices: same seed, same books"),
    "time-zone": option(TimeZone.TimeZone, "ZONE", "UTC", "The company's time zone, such as Europe/Prague"),
    cutoff: option(BusinessDay.Cutoff, "HH:MM", "00:00", "When a business day starts"),
    currency: option(Money.Currency, "CODE", Money.Currency.make("USD"), "The company's currency"),
    store: option(
      Stores.Name,
      "NAME",
      "memory",
      "Where the company keeps its books: memory, pglite, postgres or sqlite"
    ),
    database: optional("URL", "The server of --store postgres, where a schema is made and dropped again"),
    apart: { about: "Run each context alone, over a store of its own, with a bus between them" },
    asking: { about: "With --apart: have the contexts ask one another over HTTP" },
    nats: optional("URL", "With --apart: send events over this nats-server, on a stream of its own that stays there"),
    http: { about: "Send each command over HTTP, with a token of whoever acts, to a server of the company" }
  },
  examples: [
    [
      "npm run replay -- examples/simulation/traces/aviary.ndjson --report report.html",
      "Show what came of it, with charts"
    ],
    ["npm run --silent replay -- examples/simulation/traces/aviary.ndjson --json > days.ndjson", "For programs"],
    [
      "npm run replay -- examples/simulation/traces/aviary.ndjson --journal books.journal && hledger -f books.journal check -s",
      "Have another program check the books"
    ]
  ]
} as const

const replay = Effect.fnUntraced(function* (options: Parsed<typeof program>) {
  const {
    apart,
    argument: file,
    asking,
    currency,
    cutoff,
    database,
    http,
    journal,
    json,
    nats,
    report,
    seed,
    store
  } = options
  const timeZone = options["time-zone"]
  if (store === "postgres" && database === undefined) {
    return yield* new UsageError({ message: "--store postgres needs --database URL" })
  }
  const fs = yield* FileSystem.FileSystem
  const stat = yield* fs.stat(file)
  if (stat.type === "Directory") return yield* new UsageError({ message: `${file} is a folder` })
  const size = Number(stat.size)
  // Better now than after minutes of work.
  if (report !== undefined) yield* fs.access(dirname(resolve(report)), { writable: true })
  const summary = new Summary.Builder()
  const book = journal === undefined ? undefined : yield* Journal.open(journal, currency)

  const bar = Progress.make("replaying", size)
  yield* Effect.addFinalizer(() => Effect.sync(bar.end))
  let read = 0
  let day = "the first day"
  const lines = Trace.lines(bytesOf(file)).pipe(
    Stream.tap((line) =>
      Effect.sync(() => {
        read += Buffer.byteLength(line) + 1
        bar.at(read, read >= size ? "checking the books" : day)
      })
    )
  )

  const settings = { seed, timeZone, cutoff, currency, ports: Stores.layer(store, database) }
  const result = yield* Replay.run(lines, {
    ...settings,
    ...(http ? { door } : {}),
    ...(apart ? { apart: between({ http: asking, nats }) } : {}),
    onDay: Effect.fnUntraced(function* (closed, name) {
      day = closed.period
      summary.add(closed, name)
      if (book !== undefined) yield* book(closed, name)
      if (json) yield* write(`${JSON.stringify(DayBook.toJson(closed, name))}\n`)
    })
  })
  bar.end()

  const about = { ...settings, file, currency }
  if (json) yield* write(`${JSON.stringify(Replay.toJson(result))}\n`)
  else yield* write(Replayed.print(result, summary.summary, about))
  const told = [Replayed.checked(result.checks)]
  if (report !== undefined) {
    yield* fs.writeFileString(report, Report.render(summary.summary, Replayed.about(result, about)))
    told.push(`report: ${resolve(report)}`)
  }
  if (journal !== undefined) told.push(`journal: ${resolve(journal)}`)
  yield* json ? say(told.join("\n")) : write(`\n${told.join("\n")}\n`)
  if (result.checks.problems.length > 0) process.exitCode = 1
}, Effect.scoped)

/** The bytes of a file, or of what is piped in. */
const bytesOf = (file: string) =>
  Stream.fromAsyncIterable<Uint8Array, Error>(createReadStream(file), (error) => error as Error)

parse(program, process.argv.slice(2)).pipe(
  Effect.flatMap((options) => (options === undefined ? Effect.void : replay(options))),
  Effect.catch(explain(program.usage)),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
