/**
 * A clock in front of the world's by some days, for development: a newcomer does not wait until midnight to see a day
 * closed. How far it is in front is kept in a file, since the books never go back.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type UnusableFolder, unusable } from "./folder.ts"

const day = 86_400_000

export interface MovedClock {
  readonly clock: Clock.Clock
  /** By how many days it is behind the world's; 0 if it is not. */
  readonly behind: number
  /** Moves the clock forward, for good. */
  readonly advance: (days: number) => Effect.Effect<void>
}

/** A thousand years: beyond that nobody moves it, and no calendar goes for long. */
const farthest = 365_250

const read = (file: string): number | undefined => {
  let text
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
  const days = /^\s*\{\s*"days"\s*:\s*(-?\d{1,6})\s*\}\s*$/u.exec(text)?.[1]
  if (days !== undefined && Math.abs(Number(days)) <= farthest) return Number(days)
  throw new Error(`its file clock.json does not say { "days": N }: write there how many days it was in front`)
}

/** The clock of a file; without the file it begins some days in front, or behind. */
export const make = Effect.fnUntraced(function* (file: string, initialDays: number) {
  const world = yield* Clock.Clock
  const inFolder = <A>(effect: () => A): Effect.Effect<A, UnusableFolder> =>
    Effect.try({ try: effect, catch: (error) => unusable(dirname(file), error) })
  const keep = (moved: number) => {
    const temporary = `${file}.new`
    rmSync(temporary, { force: true })
    writeFileSync(temporary, JSON.stringify({ days: moved }), { mode: 0o600, flag: "wx" })
    renameSync(temporary, file)
  }
  const kept = yield* inFolder(() => read(file))
  let days = kept ?? initialDays
  if (kept === undefined) yield* inFolder(() => keep(days))
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
        // First, so that a clock which can't be kept stands where it was.
        keep(days + by)
        days += by
      })
  } satisfies MovedClock
})
