/**
 * The promises of `CursorStore`.
 */
import { Cursor, CursorStore, type Envelope } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import * as Suite from "./Suite.ts"

/** Moves a consumer's cursor by one, doing something meanwhile; returns the cursor as it was. */
const step = <A, E>(
  consumer: string,
  during: (cursor: Cursor.Cursor) => Effect.Effect<A, E>,
  source: Envelope.Source = "users"
) =>
  Effect.flatMap(CursorStore, (store) =>
    store.transact(consumer, source, (cursor) =>
      Effect.as(during(cursor), [
        cursor,
        { ...cursor, number: cursor.number + 1, digest: Data.sha256(`${cursor.number + 1}`) }
      ] as const)
    )
  )

const doNothing = () => Effect.void
const numberOf = (consumer: string) =>
  Effect.map(
    Effect.flatMap(CursorStore, (store) => store.list),
    (cursors) => cursors.find((cursor) => cursor.consumer === consumer)?.number
  )

const leavesNothing = <A, E>(ending: (started: Deferred.Deferred<void>) => Effect.Effect<A, E>, interrupt: boolean) =>
  Effect.gen(function* () {
    yield* step("one", doNothing)
    const started = yield* Deferred.make<void>()
    const fiber = yield* Effect.forkChild(step("one", () => ending(started)))
    if (interrupt) {
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
    }
    if (Exit.isSuccess(yield* Fiber.await(fiber))) throw new Error("the transaction succeeded")
    same(yield* numberOf("one"), 1, "the cursor")
    same((yield* step("one", doNothing)).number, 1, "the cursor that the next body sees")
  })

/** A body of consumer `one`, which reads the users, that ends with such a cursor is refused. */
const refusesCursor = (what: string, source: Envelope.Source, change: (cursor: Cursor.Cursor) => Cursor.Cursor) =>
  Effect.gen(function* () {
    const store = yield* CursorStore
    yield* step("one", doNothing)
    const before = yield* store.list
    const moved = (cursor: Cursor.Cursor) => ({ ...change(cursor), number: cursor.number + 1 })
    yield* refused(
      store.transact("one", source, (cursor) => Effect.succeed([null, moved(cursor)] as const)),
      what
    )
    same(yield* store.list, before, "the cursors")
    same((yield* step("one", doNothing)).number, 1, "the cursor that the next body sees")
  })

export const cursorStore = Suite.make("CursorStore", {
  "a new consumer starts at the origin": Effect.gen(function* () {
    same(yield* step("one", doNothing, "billing"), Cursor.start("one", "billing"), "a new cursor")
  }),

  "what one transaction stored, the next one sees": Effect.gen(function* () {
    const store = yield* CursorStore
    const stored: Cursor.Cursor = {
      consumer: "one",
      source: "tasks",
      number: 41,
      digest: Data.sha256("41"),
      stopped: { reason: "Conflict", number: 42, message: "event 42 was applied with other content ✓" }
    }
    same(
      yield* store.transact("one", "tasks", () => Effect.succeed(["answer", stored] as const)),
      "answer",
      "the answer of the body"
    )
    const seen = yield* store.transact("one", "tasks", (cursor) =>
      Effect.succeed([cursor, { ...cursor, stopped: null }] as const)
    )
    same(seen, stored, "the cursor that the next body sees")
    same(yield* store.list, [{ ...stored, stopped: null }], "the cursors")
  }),

  "keeps a stop of every reason": Effect.gen(function* () {
    const store = yield* CursorStore
    for (const reason of Cursor.Stop.fields.reason.literals) {
      const stopped: Cursor.Stop = { reason, number: 1, message: "no" }
      yield* store.transact("one", "tasks", (cursor) => Effect.succeed([null, { ...cursor, stopped }] as const))
      const seen = yield* store.transact("one", "tasks", (cursor) => Effect.succeed([cursor, cursor] as const))
      same(seen.stopped, stopped, `the stop for ${reason}`)
    }
  }),

  "a body that fails moves no cursor": leavesNothing(() => Effect.fail("no"), false),
  "a body that dies moves no cursor": leavesNothing(() => Effect.die(new Error("a defect")), false),
  "a body that is interrupted moves no cursor": leavesNothing(
    (started) => Effect.andThen(Deferred.succeed(started, undefined), Effect.never),
    true
  ),

  "refuses a cursor of another consumer": refusesCursor("a cursor of another consumer", "users", (cursor) => ({
    ...cursor,
    consumer: "two"
  })),
  "refuses a cursor of another source": refusesCursor("a cursor of another source", "users", (cursor) => ({
    ...cursor,
    source: "tasks"
  })),
  "refuses a consumer that turns to another source": refusesCursor(
    "a consumer that turns to another source",
    "tasks",
    (cursor) => cursor
  ),

  "a cursor may go back, for a replay": Effect.gen(function* () {
    const store = yield* CursorStore
    for (let count = 0; count < 3; count++) yield* step("one", doNothing)
    yield* store.transact("one", "users", (cursor) =>
      Effect.succeed([null, { ...cursor, number: 1, digest: Data.sha256("1") }] as const)
    )
    same(yield* step("one", doNothing), { ...Cursor.start("one", "users"), number: 1, digest: Data.sha256("1") }, "it")
  }),

  "fifty bodies of one consumer at once run one after another": Effect.gen(function* () {
    let running = 0
    let most = 0
    const seen = yield* Effect.forEach(
      Array.from({ length: 50 }),
      () =>
        step("one", () =>
          Effect.gen(function* () {
            running += 1
            most = Math.max(most, running)
            yield* Effect.yieldNow
            yield* Effect.yieldNow
            running -= 1
          })
        ),
      { concurrency: "unbounded" }
    )
    same(most, 1, "bodies at once")
    same(
      seen.map(({ number }) => number).sort((a, b) => a - b),
      seen.map((_, index) => index),
      "the numbers that the bodies saw"
    )
    same(yield* numberOf("one"), 50, "the number in the end")
  }),

  "consumers do not wait for one another": Effect.gen(function* () {
    const started = yield* Deferred.make<void>()
    const finish = yield* Deferred.make<void>()
    const slow = yield* Effect.forkChild(
      step("slow", () => Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(finish)))
    )
    yield* Deferred.await(started)
    yield* step("quick", doNothing)
    same([yield* numberOf("quick"), yield* numberOf("slow")], [1, undefined], "the cursors while one body runs")
    yield* Deferred.succeed(finish, undefined)
    yield* Fiber.join(slow)
    same(yield* numberOf("slow"), 1, "the number in the end")
  }),

  "lists the cursors of all consumers by name": Effect.gen(function* () {
    same(yield* (yield* CursorStore).list, [], "the cursors of nobody")
    for (const consumer of ["b", "a", "B", "c"]) yield* step(consumer, doNothing)
    yield* step("b", doNothing)
    const cursors = yield* (yield* CursorStore).list
    same(
      cursors.map(({ consumer, number }) => [consumer, number]),
      [
        ["B", 1],
        ["a", 1],
        ["b", 2],
        ["c", 1]
      ],
      "the cursors"
    )
  })
})
