/**
 * Transactions as a process meets them: lost at any step, or gone through without a word.
 */
import { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import { type Calls, InTransaction, unavailable } from "./Calls.ts"
import type { Process } from "./Process.ts"
import { note, type World } from "./World.ts"

/** How long a node stands still at the most. The store takes its transaction away at once, so that others can go on. */
const longestPauseMinutes = 120

/** How long a head is waited for at the most. */
const longestWaitMillis = 15_000

const conflict = new StoreError({ reason: "Conflict", retryable: true, committed: "no", message: "simulated" })

/** What the transactions of all stores have in common. */
interface Transaction {
  readonly load?: (query: never) => Effect.Effect<unknown, StoreError>
  readonly save: (changes: never) => Effect.Effect<void, StoreError>
}

/** What is saved, as far as it is kept in mind. */
interface Changes {
  readonly commands?: ReadonlyArray<{ readonly commandId: string }>
  readonly events?: ReadonlyArray<{ readonly number: number }>
}

type Transact<Tx> = <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>

/** What may become of a process's transactions. */
const misfortunes = (world: World, process: Process, delay: Effect.Effect<void>) => {
  const { dice, time } = world

  const pause = () => {
    process.pausedUntil = time.now + dice.of("pause").skewed(longestPauseMinutes) * 60_000
    note(world, `${process.name} stands still`)
  }

  /** Somebody else has the head. */
  const waiting = Effect.suspend(() => {
    const wait = dice.of("wait").between(1, longestWaitMillis)
    return time.sleepUntil(
      () => time.now + wait,
      () => process.connections.disk.alive
    )
  })

  /** A step inside a transaction: a node that stands still loses it. */
  const step = <A, E>(call: () => Effect.Effect<A, E>): Effect.Effect<A, E | StoreError> =>
    Effect.suspend((): Effect.Effect<A, E | StoreError> => {
      if (dice.hit("pause")) pause()
      return process.pausedUntil > time.now ? Effect.fail(unavailable()) : Effect.flatMap(delay, call)
    })

  /** What happens to a transaction that is about to be committed; and whether it is, and nobody will know. */
  const fate = (): "crash" | "conflict" | "lost" | "kept" | "well" => {
    if (dice.hit("crashBeforeCommit")) return "crash"
    if (dice.hit("conflict")) return "conflict"
    if (!dice.hit("unknownOutcome")) return "well"
    return dice.of("unknownOutcome").hit(0.5) ? "lost" : "kept"
  }

  return { waiting, step, fate }
}

/** Keeps in mind when what a transaction saves was on its way, and when users' events were committed. */
const noting = (world: World, name: string) => {
  let changes: Changes = {}
  return {
    saving: (what: Changes) => {
      changes = what
      for (const { commandId } of what.commands ?? []) world.saved.set(commandId, world.time.now)
    },
    committing: () => {
      if (name !== "users") return
      for (const { number } of changes.events ?? []) world.committed.set(number, world.time.now)
    }
  }
}

/** The transactions of a store, by its name in the trace. */
export const transacting = (world: World, process: Process, { delay }: Calls) => {
  const { dice } = world
  const { fate, step, waiting } = misfortunes(world, process, delay)
  return <Tx extends Transaction>(name: string, transact: Transact<Tx>): Transact<Tx> =>
    <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) =>
      Effect.gen(function* () {
        yield* delay
        if (dice.hit("unavailable")) return yield* unavailable()
        if (world.network !== undefined && dice.hit("wait")) yield* waiting
        let saved = false
        const { committing, saving } = noting(world, name)
        let unknown = false
        const faultyBody = (tx: Tx) =>
          Effect.gen(function* () {
            saved = false
            const { load, save } = tx
            const over = {
              ...(load === undefined ? {} : { load: (query: never) => step(() => load(query)) }),
              save: (changes: never) => {
                saving(changes)
                return step(() => {
                  saved = true
                  return save(changes)
                })
              }
            }
            // Not a spread, which reads everything at once: what a transaction has may come to be known under way.
            const faulty: Tx = Object.defineProperties({} as Tx, {
              ...Object.getOwnPropertyDescriptors(tx),
              ...Object.getOwnPropertyDescriptors(over)
            })
            const answer = yield* body(faulty)
            if (!saved) return answer
            const drawn = fate()
            if (drawn !== "crash" && drawn !== "conflict" && drawn !== "lost") committing()
            if (drawn === "crash") return yield* process.crashInside
            if (drawn === "conflict") return yield* conflict
            if (drawn === "lost") return yield* unavailable("unknown")
            unknown = drawn === "kept"
            return answer
          })
        // A node that stands still hears of it later.
        const inside = Effect.provideService(transact(faultyBody), InTransaction, true)
        const answer = yield* Effect.tapError(inside, () => delay)
        if (!saved) return answer
        note(world, `${process.name} commits to ${name}`)
        if (dice.hit("crashAfterCommit")) return yield* process.crash
        if (unknown) return yield* unavailable("unknown")
        yield* delay
        return answer
      })
}
