import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { untilKnown } from "../../src/stream/attempts.ts"
import type { RecordedCommand } from "../../src/stream/Command.ts"
import { type CommandId, Ids } from "../../src/values/Ids.ts"
import { StoreError } from "../../src/values/StoreError.ts"

const unavailable = (committed: "no" | "unknown", retryable = true) =>
  new StoreError({ reason: "Unavailable", retryable, committed, message: "the store is away" })

/** Lets every fiber that can run do so, without any time going by. */
const settle = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })
const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope | Ids>) =>
  Effect.runPromise(effect.pipe(Effect.scoped, Effect.provide(Ids.layer), Effect.provide(TestClock.layer())))

/** A store of one number whose commits can go wrong in every way. */
const store = (troubles: ReadonlyArray<"lost" | "done but unknown" | "not done but unknown" | "for good" | "gone">) => {
  const state = { value: 0, commands: new Map<CommandId, RecordedCommand>(), attempts: 0, bodies: 0 }
  const left = [...troubles]
  const transact = <B, E>(body: (tx: typeof state) => Effect.Effect<B, E>): Effect.Effect<B, E | StoreError> =>
    Effect.gen(function* () {
      state.attempts += 1
      if (left[0] === "gone") {
        left.shift()
        return yield* unavailable("no")
      }
      const before = { value: state.value, commands: new Map(state.commands) }
      const rollback = Effect.sync(() => Object.assign(state, before))
      const answer = yield* Effect.onError(body(state), () => rollback)
      const trouble = left.shift()
      if (trouble === undefined) return answer
      if (trouble !== "done but unknown") yield* rollback
      return yield* unavailable(trouble === "lost" || trouble === "for good" ? "no" : "unknown", trouble !== "for good")
    })
  const addOne = untilKnown<typeof state, null, number, never, never>({
    prepare: Effect.succeed(null),
    transact,
    recorded: (tx, ids) => Effect.succeed(new Map([...tx.commands].filter(([id]) => ids.includes(id)))),
    body: (tx, receipt) =>
      Effect.sync(() => {
        tx.bodies += 1
        tx.value += 1
        tx.commands.set(receipt.commandId, receipt)
        return tx.value
      })
  })
  /** Runs it while time goes by. */
  const attempt = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.exit(addOne))
    yield* settle
    yield* TestClock.adjust("1 minute")
    yield* settle
    return yield* Fiber.join(fiber)
  })
  return { state, addOne, attempt }
}

describe("retrying a transaction", () => {
  it("is not needed when all goes well", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store([])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 1 })
      })
    ))

  it("does it again after a commit that is known to be lost", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["lost", "lost"])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 3 })
      })
    ))

  it("finds its receipt after an unknown outcome, and does not do it twice", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["done but unknown"])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 2, bodies: 1 })
      })
    ))

  it("does it again after an unknown outcome that left no receipt", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["not done but unknown", "lost", "done but unknown"])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 4, bodies: 3 })
      })
    ))

  it("says that the outcome is unknown, when nobody could look after a commit that may have happened", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["done but unknown", "gone", "gone", "gone", "gone", "gone", "gone", "gone"])
        const exit = yield* attempt
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({
          reason: "Unavailable",
          committed: "unknown"
        })
        expect(state).toMatchObject({ value: 1, attempts: 8, bodies: 1 })
      })
    ))

  it("answers once the receipt was found, whatever becomes of the transaction that found it", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["done but unknown", "for good"])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 2, bodies: 1 })
      })
    ))

  it("does not try again where that can't help", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["for good"])
        const exit = yield* attempt
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ _tag: "StoreError", retryable: false })
        expect(state).toMatchObject({ value: 0, attempts: 1 })
      })
    ))

  it("gives up after some attempts and some seconds, with the store's error", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(Array.from({ length: 100 }, () => "lost" as const))
        const exit = yield* attempt
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ _tag: "StoreError", committed: "no" })
        expect(state).toMatchObject({ value: 0, attempts: 8 })
      })
    ))

  it("waits longer before each attempt", () =>
    run(
      Effect.gen(function* () {
        const times: Array<number> = []
        const fiber = yield* Effect.forkChild(
          Effect.exit(
            untilKnown<null, null, never, never, never>({
              prepare: Effect.succeed(null),
              transact: () =>
                Effect.flatMap(Clock.currentTimeMillis, (now) => {
                  times.push(now)
                  return Effect.fail(unavailable("no"))
                }),
              recorded: () => Effect.succeed(new Map()),
              body: () => Effect.never
            })
          )
        )
        yield* settle
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        const waits = times.slice(1).map((time, index) => time - times[index]!)
        expect(waits).toEqual([20, 40, 80, 160, 320, 640, 1280])
      })
    ))

  it("leaves a refusal of the body alone", () =>
    run(
      Effect.gen(function* () {
        let attempts = 0
        const exit = yield* Effect.exit(
          untilKnown<null, null, never, "refused", never>({
            prepare: Effect.succeed(null),
            transact: (body) => {
              attempts += 1
              return body(null)
            },
            recorded: () => Effect.succeed(new Map()),
            body: () => Effect.fail("refused" as const)
          })
        )
        expect(exit).toEqual(Exit.fail("refused"))
        expect(attempts).toBe(1)
      })
    ))

  it("prepares anew before each attempt, and outside of the transaction", () =>
    run(
      Effect.gen(function* () {
        const log: Array<string> = []
        let prepared = 0
        const fiber = yield* Effect.forkChild(
          untilKnown<null, number, number, never, never>({
            prepare: Effect.sync(() => {
              log.push("prepare")
              return ++prepared
            }),
            transact: (body) => {
              log.push("begin")
              return body(null)
            },
            recorded: () => Effect.succeed(new Map()),
            body: (_, __, found) => (found < 3 ? Effect.fail(unavailable("no")) : Effect.succeed(found))
          })
        )
        yield* settle
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.join(fiber)).toBe(3)
        expect(log).toEqual(["prepare", "begin", "prepare", "begin", "prepare", "begin"])
      })
    ))
})
