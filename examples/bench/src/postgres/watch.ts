/**
 * How long something takes, how much of that this process spends waiting for the database alone, and what it costs both
 * in CPU time.
 */
import { performance } from "node:perf_hooks"
import { median, type Row } from "../measure.ts"
import type { ServerCpu } from "./processes.ts"

/** Seconds of CPU time, of all threads of this process and of the server's connections. */
export interface Cpu {
  readonly here: number
  readonly server: number
}

export interface Taken {
  readonly seconds: number
  /** The share of the time in which the event loop had nothing to do. */
  readonly waiting: number
  /** Null where the system tells nothing of the server's processes. */
  readonly cpu: Cpu | null
}

/** Runs something and tells what it took. */
export type Watch = (run: () => Promise<unknown>) => Promise<Taken>

const secondsHere = () => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1e6
}

export const watch =
  (serverCpu: ServerCpu | null): Watch =>
  async (run) => {
    globalThis.gc?.()
    const loop = performance.eventLoopUtilization()
    const [here, server] = [secondsHere(), serverCpu?.() ?? 0]
    const start = performance.now()
    await run()
    const seconds = (performance.now() - start) / 1000
    return {
      seconds,
      waiting: 1 - performance.eventLoopUtilization(loop).utilization,
      cpu: serverCpu === null ? null : { here: secondsHere() - here, server: serverCpu() - server }
    }
  }

const medianCpu = (rounds: ReadonlyArray<Taken>): Cpu | null => {
  const known = rounds.flatMap(({ cpu }) => cpu ?? [])
  if (known.length === 0) return null
  return { here: median(known.map(({ here }) => here)), server: median(known.map(({ server }) => server)) }
}

export const medianOf = (rounds: ReadonlyArray<Taken>): Taken => ({
  seconds: median(rounds.map(({ seconds }) => seconds)),
  waiting: median(rounds.map(({ waiting }) => waiting)),
  cpu: medianCpu(rounds)
})

/** One after the other, as one. */
export const together = (first: Taken, second: Taken): Taken => {
  const seconds = first.seconds + second.seconds
  return {
    seconds,
    waiting: (first.waiting * first.seconds + second.waiting * second.seconds) / seconds,
    cpu:
      first.cpu === null || second.cpu === null
        ? null
        : { here: first.cpu.here + second.cpu.here, server: first.cpu.server + second.cpu.server }
  }
}

/** So many of something in a time. */
export interface Work {
  readonly count: number
  readonly taken: Taken
}

/** Microseconds of CPU time that each took. */
const cpuOf = ({ count, taken: { cpu } }: Work): Cpu | null =>
  cpu === null ? null : { here: (cpu.here * 1e6) / count, server: (cpu.server * 1e6) / count }

/** A row of rates: ours, and what they are compared with. */
export const rateRow = (
  what: string,
  units: string,
  ours: Work,
  baseline: Work | null,
  goal: Row["goal"] = null
): Row => {
  const rate = ({ count, taken: { seconds } }: Work) => count / seconds
  return {
    what,
    units,
    ours: rate(ours),
    baseline: baseline === null ? null : rate(baseline),
    ratio: baseline === null ? null : rate(ours) / rate(baseline),
    goal,
    waiting: ours.taken.waiting,
    cpu: { ours: cpuOf(ours), baseline: baseline === null ? null : cpuOf(baseline) }
  }
}

/** What a benchmark is told. */
export interface Settings {
  readonly url: string
  /** What every count is multiplied with. */
  readonly scale: number
  /** How many transfers the ledger gets before it is measured again. */
  readonly history: number
  readonly say: (what: string) => void
  readonly watch: Watch
}
