/**
 * Requests per CPU second of a server: what its own process uses, whatever the machine does besides. All are loaded in
 * turn, round by round, and compared within a round.
 */
import { median } from "../measure.ts"
import { type Load, run } from "./load.ts"
import type { Remote } from "./remote.ts"

/** A server under one kind of load. */
export interface Subject {
  readonly server: Remote
  readonly load: Load
}

export interface Rates {
  /** Requests per CPU second, by round. */
  readonly rounds: ReadonlyArray<number>
  readonly median: number
}

export interface Settings {
  /** How long each server is loaded in a round. */
  readonly seconds: number
  readonly say: (what: string) => void
}

const connections = 32
const rounds = 11
/**
 * What a server uses before it is measured: by then its code is compiled. A write runs through more of it than a read,
 * and is compiled for six or seven seconds: measured after three, a write seemed to cost twice what it does.
 */
const warmUpSeconds = 8

/** The median of what one rate is of another in the same round. */
export const ratio = (one: Rates, other: Rates): number =>
  median(one.rounds.map((rate, round) => rate / other.rounds[round]!))

/** Microseconds of CPU that one takes more than the other: of the median, by what they take in the same round. */
export const added = (one: Rates, other: Rates): number => (1e6 / other.median) * (1 / ratio(one, other) - 1)

/**
 * Keeps this process from sleeping while it loads a server. Over loopback it is the sender who pays for waking the
 * receiver up: a server that is slower than its load would be charged for every nap of it, and a fast one for none.
 */
const awake = async <A>(load: Promise<A>): Promise<A> => {
  let loading = true
  const turn = () => void (loading && setImmediate(turn))
  turn()
  return load.finally(() => {
    loading = false
  })
}

const rate = async ({ load, server }: Subject, seconds: number): Promise<number> => {
  const before = await server.used()
  const answered = await awake(run(server.port, load, connections, seconds))
  return answered / ((await server.used()).cpuSeconds - before.cpuSeconds)
}

const warmUp = async (subject: Subject, seconds: number): Promise<void> => {
  const { cpuSeconds } = await subject.server.used()
  do await run(subject.server.port, subject.load, connections, seconds)
  while ((await subject.server.used()).cpuSeconds < cpuSeconds + warmUpSeconds)
}

/** The rates of each subject, in their order. */
export const measure = async (
  subjects: ReadonlyArray<Subject>,
  { seconds }: Settings
): Promise<ReadonlyArray<Rates>> => {
  for (const subject of subjects) await warmUp(subject, seconds)
  const measured: ReadonlyArray<Array<number>> = subjects.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) measured[index]!.push(await rate(subject, seconds))
  }
  return measured.map((rounds) => ({ rounds, median: median(rounds) }))
}
