/**
 * The same work at every place in turn, round by round, so that whatever else the machine does disturbs all alike.
 */
import { median } from "../measure.ts"
import { nanosOfThreads } from "../postgres/processes.ts"
import { lags, type Place, settled, work, workFor } from "./callers.ts"
import type { Company } from "./subjects.ts"

/** What one round found of one place and so many callers. */
export interface Found {
  readonly rate: number
  /** How long each took, in milliseconds. */
  readonly commands: ReadonlyArray<number>
  readonly reads: ReadonlyArray<number>
  /** Microseconds of CPU time for a command, by process; empty where the system does not tell. */
  readonly cpu: Readonly<Record<string, number>>
}

/** What so great a share of some values is below. */
export const below = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
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
  return { rate, commands, reads, cpu: Object.fromEntries(cpu) }
}

/** What was found at a place, by the number of callers, a round after another. */
type Work = ReadonlyMap<number, ReadonlyArray<Found>>

/** Milliseconds from an answer to its entry in the books. */
interface Lag {
  readonly alone: ReadonlyArray<number>
  readonly busy: ReadonlyArray<number>
}

/** How many work beside those who look how far billing is. */
export const beside = 16
/** How many tasks are followed into the books in a round. */
const probes = 20

export interface Measured {
  readonly place: Place
  readonly work: Work
  readonly lag: Lag
  /** What each process uses while nobody works, in microseconds of CPU time a second, a round after another. */
  readonly idle: ReadonlyArray<Found["cpu"]>
}

/** The same work at every place, so often that code is compiled: it is as it is used, for several seconds. */
const warmUp = async (places: ReadonlyArray<Place>, { say, seconds }: Settings) => {
  for (const place of places) {
    say(`${place.name}: warming up`)
    if (!place.isStraight) await workFor(place, beside, seconds * 8)
  }
}

const idle = async (place: Place, settings: Settings): Promise<Found["cpu"]> => {
  await settled(place)
  const before = used(place.company, settings)
  const start = performance.now()
  await new Promise((resolve) => setTimeout(resolve, settings.seconds * 1_000))
  const seconds = (performance.now() - start) / 1_000
  const after = used(place.company, settings)
  return Object.fromEntries(Object.keys(after).map((name) => [name, (after[name]! - before[name]!) / 1e3 / seconds]))
}

/** Each round begins with another place: what one leaves behind is not always met by the same. */
const turned = <A>(all: ReadonlyArray<A>, by: number): ReadonlyArray<A> => {
  const first = by % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

const start = (places: ReadonlyArray<Place>, callers: ReadonlyArray<number>) =>
  places.map((place) => ({
    place,
    work: new Map(callers.map((count) => [count, Array<Found>()] as const)),
    lag: { alone: Array<number>(), busy: Array<number>() },
    idle: Array<Found["cpu"]>()
  }))

export const measure = async (places: ReadonlyArray<Place>, settings: Settings): Promise<ReadonlyArray<Measured>> => {
  const { callers, rounds, say } = settings
  await warmUp(places, settings)
  const all = start(places, callers)
  for (let at = 1; at <= rounds; at++) {
    const inTurn = turned(all, at)
    for (const count of callers) {
      for (const { place, work } of inTurn) {
        say(`round ${at} of ${rounds}: ${place.name}, callers: ${count}`)
        work.get(count)!.push(await round(place, count, settings))
      }
    }
    for (const { idle: found, lag, place } of inTurn) {
      say(`round ${at} of ${rounds}: ${place.name}, how far behind the books are`)
      lag.alone.push(...(await lags(place, probes)))
      const others = work(place, beside)
      lag.busy.push(...(await lags(place, probes)))
      await others.stop()
      found.push(await idle(place, settings))
    }
  }
  return all
}

/** The median of the rounds. */
export const usual = (rounds: ReadonlyArray<Found>, of: (found: Found) => number): number => median(rounds.map(of))

/** The median of what one is of the other in the same round. */
export const ratio = (
  rounds: ReadonlyArray<Found>,
  others: ReadonlyArray<Found>,
  of: (found: Found) => number
): number => median(rounds.map((found, index) => of(found) / of(others[index]!)))
