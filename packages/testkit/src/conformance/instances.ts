/**
 * Two instances of an adapter over one store, as two processes of a company have them.
 */
import { StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { waitingFor } from "./Suite.ts"

/** Two instances that provide `R`, over one store. */
export interface Instances<out R> {
  readonly "~@popug/testkit/Instances": () => R
}

interface Pair {
  readonly first: Context.Context<never>
  readonly second: Context.Context<never>
}

const service = Context.Service<Instances<unknown>, Pair>("@popug/testkit/Instances")

/**
 * Makes two instances of an adapter. `layerOf` is called once for each promise and returns a layer over an empty store
 * (a new schema, a new file); that layer is built twice, so it must keep no state of its own outside of what it builds.
 */
export const instances = <R, E>(layerOf: () => Layer.Layer<R, E>): Layer.Layer<Instances<R>, E> =>
  Layer.effect(
    service,
    Effect.gen(function* () {
      const layer = layerOf()
      const scope = yield* Effect.scope
      const build = Effect.suspend(() => Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), scope))
      return { first: yield* build, second: yield* build } as unknown as Pair
    })
  ) as unknown as Layer.Layer<Instances<R>, E>

const on =
  (which: keyof Pair) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Instances<R>> =>
    Effect.flatMap(service, (pair) =>
      Effect.provideContext(effect, pair[which] as unknown as Context.Context<R>)
    ) as unknown as Effect.Effect<A, E, Instances<R>>

/** Does something with the first instance, or with the second. */
export const first = on("first")
export const second = on("second")

/** How long the one who is first waits for the other to come: no longer where the other must wait for a lock. */
const patience = "30 millis"

/** What came of a transaction of the second instance that was begun while one of the first was under way. */
export interface Race<A, E> {
  /** Whether its body ran before the first had committed: then its head is stale, and it must be told so. */
  readonly isStale: boolean
  readonly exit: Exit.Exit<A, E>
}

/**
 * Runs a transaction of each instance. The first does `hold` at the end of its body, the second `join` at the start of
 * its own: where the second need not wait for a lock, the first commits in the middle of it.
 */
export const race = Effect.fnUntraced(function* <A, E, E1, R>(
  one: (hold: Effect.Effect<void>) => Effect.Effect<unknown, E1, R>,
  other: (join: Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.fn.Return<Race<A, E>, E1, Instances<R>> {
  const [held, begun, over] = [yield* Deferred.make<void>(), yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  let ended = false
  let isStale = false
  const hold = Deferred.succeed(held, undefined).pipe(
    Effect.andThen(Effect.timeoutOption(Deferred.await(begun), patience)),
    Effect.andThen(Effect.sync(() => void (ended = true)))
  )
  const join = Effect.suspend(() => {
    isStale = !ended
    return Effect.andThen(Deferred.succeed(begun, undefined), isStale ? Deferred.await(over) : Effect.void)
  })
  const holder = yield* Effect.forkChild(
    Effect.ensuring(
      first(one(hold)),
      Deferred.succeed(over, undefined).pipe(Effect.andThen(Deferred.succeed(held, undefined)))
    )
  )
  yield* Deferred.await(held)
  const exit = yield* waitingFor(
    () => "the second instance waits for a lock that nobody holds",
    Effect.exit(second(other(join)))
  )
  yield* Fiber.join(holder)
  return { isStale, exit }
})

const isBeaten = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.reason === "Conflict" && error.retryable && error.committed === "no"

/** Tries again for as long as somebody else was first. */
export const persistently = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, { while: isBeaten, times: 1_000 })

/** Dies unless a stale transaction was told that somebody was first: `Conflict`, to be tried again. */
export const beaten = (what: string, { exit, isStale }: Race<unknown, unknown>): boolean => {
  if (!isStale) return false
  if (Exit.isSuccess(exit)) throw new Error(`${what} committed, though its head was stale`)
  const error = Cause.squash(exit.cause)
  if (isBeaten(error)) return true
  const told =
    error instanceof StoreError ? `${error.reason}, retryable: ${error.retryable}, ${error.message}` : String(error)
  throw new Error(`${what} had a stale head and must hear Conflict, retryable: true; it heard ${told}`)
}
