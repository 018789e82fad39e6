/** The streams as an operator sees them: `Streams`. */
import { assert, it } from "@effect/vitest"
import { Actor, Books, EventLog, Reports, Streams, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import {
  accountant,
  admin,
  createRoof,
  endDay,
  manager,
  other,
  predictable,
  settle,
  staff,
  tagOf,
  tampered,
  toDay,
  worker
} from "./support.ts"

/** A company in whose log one event can't be read, until it is mended. */
const company = (unreadable: { readonly source: string; readonly number: number; mended: boolean }) =>
  predictable(
    tampered((source, events) =>
      events.map((event) =>
        source === unreadable.source && event.number === unreadable.number && !unreadable.mended
          ? { ...event, version: 9 }
          : event
      )
    )
  )

const stopped = Effect.gen(function* () {
  const streams = yield* Streams
  return (yield* streams.status(admin)).flatMap(({ consumer, stopped }) => (stopped === null ? [] : [consumer]))
})

it.effect("whoever operates the streams sees where every consumer stands", () =>
  Effect.gen(function* () {
    yield* staff
    const streams = yield* Streams
    assert.deepStrictEqual(
      (yield* streams.status(admin)).map(({ behind, consumer, number, source }) => [consumer, source, number, behind]),
      [
        ["tasks", "users", 5, 0],
        ["billing", "tasks", 0, 0],
        ["billing.users", "users", 5, 0],
        ["reports", "billing", 0, 0]
      ]
    )
    yield* streams.status(Actor.system)
    for (const actor of [worker, manager, accountant]) {
      assert.strictEqual(yield* tagOf(streams.status(actor)), "NotAllowed")
      assert.strictEqual(yield* tagOf(streams.resume(actor, "billing")), "NotAllowed")
      assert.strictEqual(yield* tagOf(streams.resume(actor, "nobody")), "NotAllowed")
    }
    for (const name of ["tasks", "billing", "billing.users", "reports"]) {
      assert.strictEqual(yield* tagOf(streams.resume(admin, name)), "StreamNotStopped")
    }
    const error = yield* Effect.flip(streams.resume(admin, "nobody"))
    assert.deepStrictEqual([error._tag, error.message], ["UnknownConsumer", "no consumer nobody is known here"])
  }).pipe(Effect.provide(company({ source: "none", number: 0, mended: true })))
)

it.effect("the users' stream stops and goes on for tasks and for billing, each by its name", () => {
  const event = { source: "users", number: 6, mended: false }
  return Effect.gen(function* () {
    yield* staff
    const streams = yield* Streams
    const users = yield* Users
    yield* users.update(admin, { id: "olga", name: "Olga P." })
    yield* settle
    assert.deepStrictEqual(yield* stopped, ["tasks", "billing.users"])
    event.mended = true
    yield* streams.resume(admin, "tasks", { commandId: "c1" })
    assert.deepStrictEqual(yield* stopped, ["billing.users"])
    // A retry is answered, though the stream is not stopped any more.
    yield* streams.resume(admin, "tasks", { commandId: "c1" })
    yield* streams.resume(admin, "billing.users", { skip: { through: 6, reason: "the old name will do" } })
    yield* settle
    assert.deepStrictEqual(yield* stopped, [])
    const books = yield* Books
    assert.strictEqual((yield* books.account(accountant, "olga")).name, "Olga")
    const log = yield* EventLog
    const [skipped] = yield* log.read("billing", 0, 1)
    assert.deepStrictEqual([skipped?.type, skipped?.actor], ["billing.event-skipped", "user:ann"])
  }).pipe(Effect.provide(company(event)))
})

it.effect("the tasks' stream stops billing, and goes on past what is named", () => {
  const event = { source: "tasks", number: 2, mended: false }
  return Effect.gen(function* () {
    yield* staff
    const streams = yield* Streams
    const tasks = yield* Tasks
    const books = yield* Books
    yield* createRoof
    yield* tasks.complete(other, "roof")
    yield* settle
    assert.deepStrictEqual(yield* stopped, ["billing"])
    const skip = { through: 2, reason: "never mind the fee" }
    assert.strictEqual(
      yield* tagOf(streams.resume(admin, "billing", { skip: { ...skip, through: 9 } })),
      "NotSkippable"
    )
    yield* streams.resume(admin, "billing", { skip, commandId: "c1" })
    yield* settle
    assert.strictEqual((yield* books.account(other, "olga")).balance, 3000n)
    yield* streams.resume(admin, "billing", { skip, commandId: "c1" })
    const another = { skip: { ...skip, reason: "other words" }, commandId: "c1" }
    assert.strictEqual(yield* tagOf(streams.resume(admin, "billing", another)), "CommandConflict")
  }).pipe(Effect.provide(company(event)))
})

it.effect("the reports' stream can be tried again, and nothing of it passed over", () => {
  const event = { source: "billing", number: 1, mended: false }
  return Effect.gen(function* () {
    yield* staff
    const streams = yield* Streams
    const reports = yield* Reports
    yield* toDay(1)
    yield* endDay
    assert.deepStrictEqual(yield* stopped, ["reports"])
    const error = yield* Effect.flip(streams.resume(admin, "reports", { skip: { through: 1, reason: "no" } }))
    assert.deepStrictEqual([error._tag, "number" in error && error.number], ["NotSkippable", 1])
    event.mended = true
    yield* streams.resume(admin, "reports")
    assert.strictEqual((yield* reports.report(admin, "2026-11-23")).earnings, 0n)
  }).pipe(Effect.provide(company(event)))
})
