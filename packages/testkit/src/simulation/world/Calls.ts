/**
 * Calls of a process to its stores: each takes a while, may fail, and waits while the process stands still.
 */
import { StoreError } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Process } from "./Process.ts"
import type { World } from "./World.ts"

export const unavailable = (committed: "no" | "unknown" = "no"): StoreError =>
  new StoreError({ reason: "Unavailable", retryable: true, committed, message: "simulated" })

/** Whether a call is made in the middle of a transaction. */
export const InTransaction = Context.Reference<boolean>("@popug/testkit/InTransaction", { defaultValue: () => false })

export interface Calls {
  /** What a call takes before it is made. */
  readonly delay: Effect.Effect<void>
  /** A call that reads. */
  readonly reading: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>
  /** The same for a function that reads. */
  readonly reads: <Args extends ReadonlyArray<unknown>, A>(
    read: (...args: Args) => Effect.Effect<A, StoreError>
  ) => (...args: Args) => Effect.Effect<A, StoreError>
}

const longestMillis = 200

export const make = (world: World, process: Process): Calls => {
  const { dice, time } = world
  const chance = world.chance.stream(`latency ${process.name}`)
  const alive = () => process.connections.disk.alive

  const delay = Effect.suspend(() => {
    const fate = chance.next()
    if (process.pausedUntil > time.now) return time.sleepUntil(() => process.pausedUntil, alive)
    // Time does not move while something happens.
    if (world.lockstep) return Effect.void
    // Most calls take no time, some let others go first, some take long.
    if (fate < 0.6) return Effect.void
    return fate < 0.9 ? Effect.yieldNow : time.sleepUntil(() => time.now + chance.skewed(longestMillis), alive)
  })

  const patiently = <A, E, R>(call: Effect.Effect<A, E, R>) =>
    Effect.andThen(
      delay,
      Effect.suspend((): Effect.Effect<A, E | StoreError, R> =>
        dice.hit("unavailable") ? Effect.fail(unavailable()) : call
      )
    )

  /** A transaction of a real store must not be held open until the process goes on: it is lost, as at its own steps. */
  const inLockstep = <A, E, R>(call: Effect.Effect<A, E, R>) =>
    Effect.flatMap(InTransaction, (inside): Effect.Effect<A, E | StoreError, R> =>
      inside && process.pausedUntil > time.now ? Effect.fail(unavailable()) : patiently(call)
    )

  const reading: Calls["reading"] = world.lockstep ? inLockstep : patiently

  return {
    delay,
    reading,
    reads:
      (read) =>
      (...args) =>
        reading(read(...args))
  }
}
