/**
 * `npm run soak`: simulated companies with everything going wrong that can, seed after seed.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Bugs, Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { randomInt } from "node:crypto"
import { isMainThread, workerData } from "node:worker_threads"
import { explain } from "./cli/explain.ts"
import { Count, option, type Option as Asked, optional, type Parsed, parse, UsageError } from "./cli/options.ts"
import * as Progress from "./cli/Progress.ts"
import { count, counted, say, write } from "./cli/terminal.ts"
import * as Fleet from "./soak/fleet.ts"

/** A number, or nothing. */
const maybe = (schema: Schema.Codec<number, string>, about: string): Asked<number | undefined> => ({
  schema: schema as Schema.Codec<number | undefined, string>,
  default: undefined,
  value: "NUMBER",
  about
})

const program = {
  usage: "npm run soak -- [options]",
  about: "Runs simulated companies with all faults, seed after seed, and stops at the first that breaks a rule.",
  options: {
    minutes: maybe(Schema.FiniteFromString.check(Schema.isGreaterThan(0)), "For how long (1, unless --seeds is given)"),
    seeds: maybe(Count, "How many seeds"),
    from: maybe(Count, "The first seed (any)"),
    workers: option(Count, "NUMBER", 2, "How many threads"),
    bug: optional("NAME", `Build a mistake in, to see it found: ${Bugs.all.map(({ name }) => name).join(", ")}`),
    replay: optional("OPTIONS", "Run once what a failure has printed, and show what happened")
  },
  examples: [
    ["npm run soak -- --minutes 10", "Ten minutes of fresh seeds"],
    ["npm run soak -- --seeds 10000 --from 1", "The same ten thousand seeds every time"]
  ]
} as const

/** One run with all that happened in it. */
const replay = Effect.fnUntraced(function* (text: string, bug: string | undefined) {
  const given = yield* Effect.try({
    try: (): Simulation.Options => JSON.parse(text),
    catch: () => new UsageError({ message: `--replay takes what a failure has printed, not ${text}` })
  })
  const options: Simulation.Options = { ...Fleet.optionsOf(0, bug), ...given, trace: true }
  const run = Simulation.run(options)
  for (const line of run.trace) {
    const at = line.indexOf(" ")
    yield* write(`${new Date(Number(line.slice(0, at))).toISOString()}${line.slice(at)}\n`)
  }
  yield* write(`${Simulation.describe(run, options)}\n`)
  if (run.violations.length > 0) process.exitCode = 1
})

/** Shows a failure, makes it smaller, and says how to see it again. */
const fail = Effect.fnUntraced(function* (report: Fleet.Report, bug: string | undefined) {
  const options = Fleet.optionsOf(report.seed, bug)
  yield* write(`${Simulation.describe(report, options)}\n\n`)
  yield* say("making it smaller ...")
  const shrunk = Simulation.shrink(options)
  const left = counted(shrunk.run.counts.commands, "command")
  yield* write(
    `${left} left after ${counted(shrunk.runs, "run")}:\n${Simulation.describe(shrunk.run, shrunk.options)}\n`
  )
  process.exitCode = 1
})

const soak = Effect.fnUntraced(function* (options: Parsed<typeof program>) {
  const { bug, from = randomInt(1, 2 ** 31), seeds = Infinity, workers } = options
  if (bug !== undefined && !Bugs.all.some(({ name }) => name === bug)) {
    return yield* new UsageError({ message: `there is no mistake called ${JSON.stringify(bug)}` })
  }
  if (options.replay !== undefined) return yield* replay(options.replay, bug)
  const minutes = options.minutes ?? (seeds === Infinity ? 1 : Infinity)
  const started = performance.now()
  const done = { runs: 0, events: 0, faults: 0 }
  const elapsed = () => (performance.now() - started) / 1_000
  const told = () =>
    `${counted(done.runs, "seed")}, ${(done.runs / elapsed()).toFixed(1)} a second, ` +
    `${counted(done.events, "event")}, ${counted(done.faults, "fault")}`

  yield* say(`seeds from ${from} on, ${counted(workers, "worker")}`)
  const bar = Progress.make("soaking", 1)
  const broken = yield* Fleet.run({
    program: new URL(import.meta.url),
    workers,
    from,
    seeds,
    bug,
    onReport: (report) => {
      done.runs += 1
      done.events += report.events
      done.faults += report.faults
      bar.at(Math.max(done.runs / seeds, elapsed() / (minutes * 60)), told())
    }
  }).pipe(
    minutes === Infinity ? Effect.asSome : Effect.timeoutOption(minutes * 60_000),
    Effect.map(Option.getOrUndefined)
  )
  bar.end()
  yield* write(`${told()}, ${broken === undefined ? "nothing wrong" : `seed ${count(broken.seed)} is broken`}\n`)
  if (broken !== undefined) yield* fail(broken, bug)
})

if (isMainThread) {
  parse(program, process.argv.slice(2)).pipe(
    Effect.flatMap((options) => (options === undefined ? Effect.void : soak(options))),
    Effect.catch(explain(program.usage)),
    Effect.provide(NodeServices.layer),
    NodeRuntime.runMain
  )
} else Fleet.work(workerData)
