import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import type { RecordedCommand } from "../../src/stream/Command.ts"
import * as Writer from "../../src/stream/Writer.ts"
import { type CommandId, Ids } from "../../src/values/Ids.ts"
import { StoreError } from "../../src/values/StoreError.ts"

const unavailable = (committed: "no" | "unknown", retryable = true) =>
  new StoreError({ reason: "Unavailable", retryable, committed, message: "the store is away" })

/** Lets every fiber that can run do so, without any time going by. */
const settle = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })
const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope | Ids>) =>
  Effect.runPromise(effect.pipe(Effect.scoped, Effect.provide(Ids.layer), Effect.provide(TestClock.layer())))

/** A commit that waits at a gate; it doubles its commands and refuses negative ones. */
const gated = Effect.gen(function* () {
  const commits: Array<ReadonlyArray<number>> = []
  const gates: Array<Deferred.Deferred<void>> = []
  const write = yield* Writer.make<number, number, string>((commands) =>
    Effect.gen(function* () {
      commits.push(commands)
      const gate = yield* Deferred.make<void>()
      gates.push(gate)
      yield* Deferred.await(gate)
      return commands.map((command) => (command < 0 ? Exit.fail("negative") : Exit.succeed(command * 2)))
    })
  )
  const open = Effect.gen(function* () {
    yield* settle
    yield* Deferred.succeed(gates.at(-1)!, undefined)
    yield* settle
  })
  return { commits, open, write }
})

describe("the writer", () => {
  it("takes what queues while a batch is under way together in the next", () =>
    run(
      Effect.gen(function* () {
        const { commits, open, write } = yield* gated
        const first = yield* Effect.forkChild(write(0))
        yield* settle
        const rest = yield* Effect.forkChild(
          Effect.forEach(
            Array.from({ length: 100 }, (_, i) => i + 1),
            write,
            { concurrency: "unbounded" }
          )
        )
        yield* open
        yield* open
        expect(yield* Fiber.join(first)).toBe(0)
        expect(yield* Fiber.join(rest)).toEqual(Array.from({ length: 100 }, (_, i) => 2 * (i + 1)))
        expect(commits.map((commit) => commit.length)).toEqual([1, 100])
      })
    ))

  it("answers each command by its place; one that is refused does not disturb the rest", () =>
    run(
      Effect.gen(function* () {
        const { open, write } = yield* gated
        const fibers = yield* Effect.forkChild(
          Effect.forEach([1, -1, 2], (command) => Effect.exit(write(command)), { concurrency: "unbounded" })
        )
        yield* open
        expect(yield* Fiber.join(fibers)).toEqual([Exit.succeed(2), Exit.fail("negative"), Exit.succeed(4)])
      })
    ))

  it("goes on with a command whose caller gave up", () =>
    run(
      Effect.gen(function* () {
        const { commits, open, write } = yield* gated
        const busy = yield* Effect.forkChild(write(1))
        yield* settle
        const impatient = yield* Effect.forkChild(write(2))
        const patient = yield* Effect.forkChild(write(3))
        yield* settle
        yield* Fiber.interrupt(impatient)
        yield* open
        yield* open
        expect(yield* Fiber.join(patient)).toBe(6)
        expect(yield* Fiber.join(busy)).toBe(2)
        expect(commits).toEqual([[1], [2, 3]])
      })
    ))

  it("goes on with a batch whose callers all gave up", () =>
    run(
      Effect.gen(function* () {
        const { commits, open, write } = yield* gated
        const impatient = yield* Effect.forkChild(write(1))
        yield* settle
        yield* Fiber.interrupt(impatient)
        yield* open
        const next = yield* Effect.forkChild(write(2))
        yield* open
        expect(yield* Fiber.join(next)).toBe(4)
        expect(commits).toEqual([[1], [2]])
      })
    ))

  it("tells all callers of a batch that failed, and goes on with the next", () =>
    run(
      Effect.gen(function* () {
        let commits = 0
        const write = yield* Writer.make<number, number, never>((commands) => {
          commits += 1
          return commits === 1
            ? Effect.fail(unavailable("no", false))
            : Effect.succeed(commands.map((command) => Exit.succeed(command)))
        })
        const exits = yield* Effect.forEach([1, 2], (command) => Effect.exit(write(command)), {
          concurrency: "unbounded"
        })
        for (const exit of exits) {
          expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ _tag: "StoreError" })
        }
        expect(yield* write(3)).toBe(3)
      })
    ))

  it("survives a commit that dies", () =>
    run(
      Effect.gen(function* () {
        const write = yield* Writer.make<number, number, never>((commands) =>
          commands[0] === 1 ? Effect.die("boom") : Effect.succeed(commands.map((command) => Exit.succeed(command)))
        )
        expect(yield* Effect.exit(write(1))).toEqual(Exit.die("boom"))
        expect(yield* write(2)).toBe(2)
      })
    ))

  it("holds callers back when thousands wait, and loses none of them", () =>
    run(
      Effect.gen(function* () {
        const { commits, open, write } = yield* gated
        const all = yield* Effect.forkChild(
          Effect.forEach(
            Array.from({ length: 12_500 }, (_, i) => i),
            write,
            { concurrency: "unbounded" }
          )
        )
        for (let answered = 0, turns = 0; answered < 12_500 && turns < 50; turns += 1) {
          yield* open
          answered = commits.slice(0, -1).reduce((sum, commit) => sum + commit.length, 0)
          if (commits.flat().length === 12_500 && commits.at(-1)!.length + answered === 12_500) {
            yield* open
            break
          }
        }
        expect(yield* Fiber.join(all)).toHaveLength(12_500)
        expect(commits.length).toBeLessThanOrEqual(5)
        expect(Math.max(...commits.map((commit) => commit.length))).toBeLessThanOrEqual(5_000)
      })
    ))
})

describe("closing the writer", () => {
  it("answers who is in flight and who waits, with an unknown outcome; later callers too", () =>
    run(
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { write } = yield* Effect.provideService(gated, Scope.Scope, scope)
        const inFlight = yield* Effect.forkChild(Effect.exit(write(1)))
        yield* settle
        const waiting = yield* Effect.forkChild(Effect.exit(write(2)))
        yield* settle
        yield* Scope.close(scope, Exit.void)
        const late = yield* Effect.exit(write(3))
        for (const exit of [yield* Fiber.join(inFlight), yield* Fiber.join(waiting), late]) {
          expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({
            _tag: "StoreError",
            reason: "Unavailable",
            committed: "unknown"
          })
        }
      })
    ))

  it("answers a caller who has only just asked", () =>
    run(
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { write } = yield* Effect.provideService(gated, Scope.Scope, scope)
        const justNow = yield* Effect.forkChild(Effect.exit(write(1)), { startImmediately: true })
        yield* Scope.close(scope, Exit.void)
        yield* settle
        expect(justNow.pollUnsafe()).toBeDefined()
      })
    ))
})

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
  const addOne = Writer.retrying<typeof state, null, number, never, never>({
    prepare: Effect.succeed(null),
    transact,
    recorded: (tx, ids) => Effect.succeed(new Map([...tx.commands].filter(([id]) => ids.includes(id)))),
    body: (tx, marker) =>
      Effect.sync(() => {
        tx.bodies += 1
        tx.value += 1
        tx.commands.set(marker.commandId, marker)
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

  it("finds its marker after an unknown outcome, and does not do it twice", () =>
    run(
      Effect.gen(function* () {
        const { attempt, state } = store(["done but unknown"])
        expect(yield* attempt).toEqual(Exit.succeed(1))
        expect(state).toMatchObject({ value: 1, attempts: 2, bodies: 1 })
      })
    ))

  it("does it again after an unknown outcome that left no marker", () =>
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

  it("answers once the marker was found, whatever becomes of the transaction that found it", () =>
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
            Writer.retrying<null, null, never, never, never>({
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
          Writer.retrying<null, null, never, "refused", never>({
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
          Writer.retrying<null, number, number, never, never>({
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
