/**
 * A clock in front of the world's by some days, for development: a newcomer does not wait until midnight to see a day
 * closed. How far it is in front is kept in a file, since the books never go back.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const day = 86_400_000

export interface MovedClock {
  readonly clock: Clock.Clock
  /** By how many days it is behind the world's; 0 if it is not. */
  readonly behind: number
  /** Moves the clock forward, for good. */
  readonly advance: (days: number) => Effect.Effect<void>
}

const read = (file: string): number | undefined => {
  try {
    const { days } = JSON.parse(readFileSync(file, "utf8")) as { days: unknown }
    if (typeof days !== "number" || !Number.isInteger(days)) throw new Error(`${file} does not say { "days": N }`)
    return days
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

/** The clock of a file; without the file it begins some days in front, or behind. */
export const make = Effect.fnUntraced(function* (file: string, initialDays: number) {
  const world = yield* Clock.Clock
  const kept = yield* Effect.sync(() => read(file))
  let days = kept ?? initialDays
  const keep = () => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify({ days }))
    renameSync(`${file}.new`, file)
  }
  if (kept === undefined) yield* Effect.sync(keep)
  const millis = () => world.currentTimeMillisUnsafe() + days * day
  const nanos = () => world.currentTimeNanosUnsafe() + BigInt(days * day) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => world.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: world.monotonicTimeNanos,
    sleep: (duration) => world.sleep(duration)
  }
  return {
    clock,
    behind: Math.max(0, -days),
    advance: (by: number) =>
      Effect.sync(() => {
        days += by
        keep()
      })
  } satisfies MovedClock
})
