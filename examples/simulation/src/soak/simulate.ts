/**
 * The soak's first half: simulated companies with everything going wrong that can, seed after seed.
 */
import { randomInt } from "node:crypto"
import { Bugs, Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../cli/options.ts"
import * as Progress from "../cli/Progress.ts"
import { count, counted, say, write } from "../cli/terminal.ts"
import * as Fleet from "./Fleet.ts"

export interface Options {
  readonly minutes: number | undefined
  readonly seeds: number | undefined
  readonly from: number | undefined
  readonly workers: number
  readonly apart: boolean
  readonly bug: string | undefined
}

/** One run with all that happened in it. */
export const replay = Effect.fnUntraced(function* (text: string, bug: string | undefined) {
  const given = yield* Effect.try({
    try: (): Simulation.Options => JSON.parse(text),
    catch: () => new UsageError({ message: `--replay takes what a failure has printed, not ${text}` })
  })
  const options: Simulation.Options = { ...Fleet.optionsOf(0, { apart: false, bug }), ...given, trace: true }
  const run = Simulation.run(options)
  for (const line of run.trace) {
    const at = line.indexOf(" ")
    yield* write(`${new Date(Number(line.slice(0, at))).toISOString()}${line.slice(at)}\n`)
  }
  yield* write(`${Simulation.describe(run, options)}\n`)
  return run.violations.length === 0
})

/** Shows a failure, makes it smaller, and says how to see it again. */
const fail = Effect.fnUntraced(function* (report: Fleet.Report, company: Fleet.Company) {
  const options = Fleet.optionsOf(report.seed, company)
  yield* write(`${Simulation.describe(report, options)}\n\n`)
  yield* say("making it smaller ...")
  const shrunk = Simulation.shrink(options)
  const left = counted(shrunk.run.counts.commands, "command")
  yield* write(
    `${left} left after ${counted(shrunk.runs, "run")}:\n${Simulation.describe(shrunk.run, shrunk.options)}\n`
  )
})

/** Runs seeds, on workers that start `program`, until time is up or one is broken; and says whether none was. */
export const simulate = Effect.fnUntraced(function* (program: URL, options: Options) {
  const { apart, bug, from = randomInt(1, 2 ** 31), seeds = Infinity, workers } = options
  const known = apart ? [...Bugs.all, ...Bugs.apart] : Bugs.all
  if (bug !== undefined && !known.some(({ name }) => name === bug)) {
    return yield* new UsageError({ message: `there is no mistake called ${JSON.stringify(bug)}` })
  }
  const minutes = options.minutes ?? (seeds === Infinity ? 1 : Infinity)
  const started = performance.now()
  const done = { runs: 0, commands: 0, events: 0, faults: 0 }
  const elapsed = () => (performance.now() - started) / 1_000
  const told = () =>
    `${counted(done.runs, "seed")}, ${(done.runs / elapsed()).toFixed(1)} a second, ` +
    `${counted(done.commands, "command")}, ${counted(done.events, "event")}, ${counted(done.faults, "fault")}`

  yield* say(`seeds from ${from} on, ${counted(workers, "worker")}`)
  const bar = Progress.make("soaking", 1)
  const broken = yield* Fleet.run({
    program,
    workers,
    from,
    seeds,
    company: { apart, bug },
    onReport: (report) => {
      done.runs += 1
      done.commands += report.commands
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
  if (broken !== undefined) yield* fail(broken, { apart, bug })
  return broken === undefined
})
