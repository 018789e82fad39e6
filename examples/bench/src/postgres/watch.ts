/**
 * How long something takes, and how much of that this process spends waiting for the database alone.
 */
import { performance } from "node:perf_hooks"
import { median } from "../measure.ts"

export interface Taken {
  readonly seconds: number
  /** The share of the time in which the event loop had nothing to do. */
  readonly waiting: number
}

export const taken = async (run: () => Promise<unknown>): Promise<Taken> => {
  globalThis.gc?.()
  const before = performance.eventLoopUtilization()
  const start = performance.now()
  await run()
  const seconds = (performance.now() - start) / 1000
  return { seconds, waiting: 1 - performance.eventLoopUtilization(before).utilization }
}

export const medianOf = (rounds: ReadonlyArray<Taken>): Taken => ({
  seconds: median(rounds.map(({ seconds }) => seconds)),
  waiting: median(rounds.map(({ waiting }) => waiting))
})

/** What a benchmark is told. */
export interface Settings {
  readonly url: string
  /** What every count is multiplied with. */
  readonly scale: number
  /** How many transfers the ledger gets before it is measured again. */
  readonly history: number
  readonly say: (what: string) => void
}
