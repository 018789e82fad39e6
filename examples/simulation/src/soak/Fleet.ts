/**
 * Worker threads that run seed after seed, until there are no more, time is up, or something is broken.
 */
import { parentPort, Worker } from "node:worker_threads"
import { Bugs, Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"

/** What a worker says after each seed. */
export interface Report {
  readonly seed: number
  readonly commands: number
  readonly events: number
  readonly faults: number
  readonly violations: ReadonlyArray<Simulation.Violation>
}

/** What is simulated: contexts together or apart, and the name of a mistake that is built in, if one is. */
export interface Company {
  readonly apart: boolean
  readonly bug: string | undefined
}

/** The seeds of one worker: every `step`th. */
export interface Share {
  readonly first: number
  readonly last: number
  readonly step: number
  readonly company: Company
}

/** The options of a seed, with a mistake built in if one is asked for. */
export const optionsOf = (seed: number, { apart, bug: name }: Company): Simulation.Options => {
  const bug = [...Bugs.all, ...Bugs.apart].find((one) => one.name === name)
  const options = apart ? { seed, apart } : { seed }
  // Some of the mistakes sit in a billing that can't close by hand.
  return bug === undefined ? options : { ...options, bug, byHand: false }
}

const runSeed = (seed: number, company: Company): Report => {
  try {
    const { counts, violations } = Simulation.run(optionsOf(seed, company))
    const faults = Object.values(counts.faults).reduce((sum, count) => sum + count, 0)
    return { seed, commands: counts.commands, events: counts.events, faults, violations }
  } catch (error) {
    return { seed, commands: 0, events: 0, faults: 0, violations: [{ rule: "the simulation", message: String(error) }] }
  }
}

/** What a worker does. */
export const work = ({ company, first, last, step }: Share): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  for (let seed = first; seed < last; seed += step) parentPort!.postMessage(runSeed(seed, company))
}

export interface Fleet {
  /** The program that calls `work` when it is a worker. */
  readonly program: URL
  readonly workers: number
  readonly from: number
  readonly seeds: number
  readonly company: Company
  readonly onReport: (report: Report) => void
}

/** Runs the workers, and returns the first report of something broken; undefined when nothing was. */
export const run = ({ company, from, onReport, program, seeds, workers }: Fleet): Effect.Effect<Report | undefined> =>
  Effect.callback<Report | undefined>((resume) => {
    let running = workers
    const threads = Array.from({ length: workers }, (_, index) => {
      const workerData: Share = { first: from + index, last: from + seeds, step: workers, company }
      return new Worker(program, { workerData })
    })
    for (const thread of threads) {
      thread.on("message", (report: Report) => {
        onReport(report)
        if (report.violations.length > 0) resume(Effect.as(stop, report))
      })
      thread.on("error", (error) => resume(Effect.andThen(stop, Effect.die(error))))
      thread.on("exit", () => {
        running -= 1
        if (running === 0) resume(Effect.undefined)
      })
    }
    const stop = Effect.promise(() => Promise.all(threads.map((thread) => thread.terminate())))
    return stop
  })
