import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import * as Writer from "../../src/stream/Writer.ts"
import { Ids } from "../../src/values/Ids.ts"
import { StoreError } from "../../src/values/StoreError.ts"

const unavailable = (committed: "no" | "unknown", retryable = true) =>
  new StoreError({ reason: "Unavailable", retryable, committed, message: "the store is away" })

/** Lets every fiber that can run do so, without any time going by. */
const settle = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })
const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope | Ids>) =>
  Effect.runPromise(effect.pipe(Effect.scoped, Effect.provide(Ids.layer), Effect.provide(TestClock.layer())))

/** A writer of plain commands. */
const writing = <Command, Answer, Error>(
  handle: (batch: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Exit.Exit<Answer, Error>>, Error | StoreError>
) =>
  Effect.map(
    Writer.make((batch: ReadonlyArray<Writer.Waiting<Answer, Error | StoreError> & { readonly command: Command }>) =>
      handle(batch.map(({ command }) => command))
    ),
    (write) => (command: Command) =>
      Effect.suspend(() => write({ command, answered: Deferred.makeUnsafe<Answer, Error | StoreError>() }))
  )

/** A commit that waits at a gate; it doubles its commands and refuses negative ones. */
const gated = Effect.gen(function* () {
  const commits: Array<ReadonlyArray<number>> = []
  const gates: Array<Deferred.Deferred<void>> = []
  const write = yield* writing<number, number, string>((commands) =>
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
        const write = yield* writing<number, number, never>((commands) => {
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
        const write = yield* writing<number, number, never>((commands) =>
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
