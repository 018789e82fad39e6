/**
 * The same work at every place in turn, round by round, so that whatever else the machine does disturbs all alike.
 */
import { median } from "../measure.ts"
import { nanosOfThreads } from "../postgres/processes.ts"
import { lags, type Place, settled, work, workFor } from "./callers.ts"
import type { Company } from "./subjects.ts"

/** What one round found of one place and so many callers. Times are in milliseconds. */
export interface Found {
  readonly rate: number
  readonly command: Percentiles
  readonly read: Percentiles
  /** Microseconds of CPU time for a command, by process; empty where the system does not tell. */
  readonly cpu: Readonly<Record<string, number>>
}

interface Percentiles {
  readonly p50: number
  readonly p99: number
}

const percentiles = (values: ReadonlyArray<number>): Percentiles => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  return { p50: at(0.5), p99: at(0.99) }
}

export interface Settings {
  /** How long each place is loaded in a round. */
  readonly seconds: number
  readonly rounds: number
  readonly callers: ReadonlyArray<number>
  readonly say: (what: string) => void
  /** The nanoseconds of connections to a database; null where the system does not tell. */
  readonly databaseNanos: ((database: string) => number) | null
}

/** The nanoseconds that the processes of a company have used, and its connections. */
const used = (company: Company, { databaseNanos }: Settings): Readonly<Record<string, number>> =>
  databaseNanos === null
    ? {}
    : {
        ...Object.fromEntries(company.processes().map(([name, pid]) => [name, nanosOfThreads(pid)])),
        Postgres: company.databases.reduce((total, database) => total + databaseNanos(database), 0)
      }

const round = async (place: Place, callers: number, settings: Settings): Promise<Found> => {
  await settled(place)
  const before = used(place.company, settings)
  const start = performance.now()
  const { commands, reads } = await workFor(place, callers, settings.seconds)
  const rate = (commands.length * 1_000) / (performance.now() - start)
  await settled(place)
  const after = used(place.company, settings)
  // What the front is asked besides is whether all is booked.
  const own = Object.keys(after).filter((name) => !(place.isStraight && name === "front"))
  const cpu = own.map((name) => [name, (after[name]! - before[name]!) / 1e3 / commands.length] as const)
  return { rate, command: percentiles(commands), read: percentiles(reads), cpu: Object.fromEntries(cpu) }
}

/** What was found at a place, by the number of callers, a round after another. */
type Work = ReadonlyMap<number, ReadonlyArray<Found>>

interface Lag {
  readonly alone: Percentiles
  readonly busy: Percentiles
}

/** How many work beside those who look how far billing is. */
export const beside = 16
/** How many tasks are followed into the books in a round. */
const probes = 20

export interface Measured {
  readonly place: Place
  readonly work: Work
  readonly lag: Lag
}

export const measure = async (places: ReadonlyArray<Place>, settings: Settings): Promise<ReadonlyArray<Measured>> => {
  const { callers, rounds, say, seconds } = settings
  for (const place of places) {
    say(`${place.name}: warming up`)
    // Code is compiled as it is used, for several seconds.
    if (!place.isStraight) await workFor(place, beside, seconds * 8)
  }
  const all = places.map((place) => ({
    place,
    work: new Map(callers.map((count) => [count, Array<Found>()] as const)),
    alone: Array<number>(),
    busy: Array<number>()
  }))
  for (let at = 1; at <= rounds; at++) {
    for (const count of callers) {
      for (const { place, work } of all) {
        say(`round ${at} of ${rounds}: ${place.name}, callers: ${count}`)
        work.get(count)!.push(await round(place, count, settings))
      }
    }
    for (const { alone, busy, place } of all) {
      say(`round ${at} of ${rounds}: ${place.name}, how far behind the books are`)
      alone.push(...(await lags(place, probes)))
      const others = work(place, beside)
      busy.push(...(await lags(place, probes)))
      await others.stop()
      await settled(place)
    }
  }
  return all.map(({ alone, busy, place, work }) => ({
    place,
    work,
    lag: { alone: percentiles(alone), busy: percentiles(busy) }
  }))
}

/** The median of the rounds. */
export const usual = (rounds: ReadonlyArray<Found>, of: (found: Found) => number): number => median(rounds.map(of))

/** The median of what one is of the other in the same round. */
export const ratio = (
  rounds: ReadonlyArray<Found>,
  others: ReadonlyArray<Found>,
  of: (found: Found) => number
): number => median(rounds.map((found, index) => of(found) / of(others[index]!)))
