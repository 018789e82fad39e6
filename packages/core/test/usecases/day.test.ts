import { assert, it } from "@effect/vitest"
import { Actor, type BusinessDay, Books, EventLog, Reports, Tasks, Users } from "@popug/core"
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
  toDay,
  worker
} from "./support.ts"

const company = predictable()
const monday = "2026-11-23" as BusinessDay.Period

it.effect("a day is charged, credited, paid out and closed", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const books = yield* Books
    const reports = yield* Reports
    yield* tasks.create(manager, [
      { id: "roof", title: "Mend the roof" },
      { id: "door", title: "Paint the door" }
    ])
    yield* tasks.complete(other, "roof")
    yield* settle
    assert.strictEqual((yield* books.account(other, "olga")).balance, -1000n - 1000n + 3000n)

    yield* toDay(1)
    assert.deepStrictEqual(yield* endDay, [monday])
    assert.strictEqual((yield* books.account(other, "olga")).balance, 0n)
    const { rows } = yield* books.periods(accountant, {}, { limit: 10 })
    assert.strictEqual(rows.length, 1)
    assert.deepStrictEqual(rows[0]!.totals, {
      tasksCreated: 2,
      assigned: 2,
      done: 1,
      transfers: 4,
      fees: 2000n,
      awards: 3000n,
      payouts: 1000n
    })
    assert.strictEqual(rows[0]!.earnings, -1000n)
    assert.deepStrictEqual(rows[0]!.topTask, { id: "roof", title: "Mend the roof", total: 3000n } as never)
    assert.strictEqual((yield* books.trialBalance(accountant)).total, 0n)
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
    const { rows: daily } = yield* reports.daily(admin, {}, { limit: 10 })
    assert.strictEqual(daily[0]!.seal, rows[0]!.seal)
    assert.strictEqual(yield* reports.dispatch, 3)
  }).pipe(Effect.provide(company))
)

it.effect("debt is carried into the next day, and days without events are closed too", () =>
  Effect.gen(function* () {
    yield* staff
    const books = yield* Books
    yield* createRoof
    yield* settle
    yield* toDay(3)
    assert.deepStrictEqual(yield* endDay, ["2026-11-23", "2026-11-24", "2026-11-25"] as never)
    assert.strictEqual((yield* books.account(other, "olga")).balance, -1000n)
    const { rows } = yield* books.periods(accountant, {}, { limit: 10 })
    assert.deepStrictEqual(
      rows.map((row) => row.inTheRed),
      [1, 1, 1]
    )
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
    assert.strictEqual((yield* books.verify(accountant, { after: monday })).difference, null)
  }).pipe(Effect.provide(company))
)

it.effect("the first command of a later day ends the days before it", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const log = yield* EventLog
    yield* createRoof
    yield* toDay(2)
    yield* tasks.create(manager, [{ id: "door", title: "Paint the door" }])
    const events = yield* log.read("tasks", 2, 10)
    assert.deepStrictEqual(
      events.map((event) => event.type),
      ["task.registration-ended", "task.registration-ended", "task.updated", "task.updated"]
    )
    assert.deepStrictEqual(events[0]!.data, { period: "2026-11-23", lastNumber: 2, lastTaskId: "roof" })
    assert.deepStrictEqual(events[1]!.data, { period: "2026-11-24", lastNumber: 3, lastTaskId: null })
  }).pipe(Effect.provide(company))
)

it.effect("a refused command of a later day ends nothing", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const log = yield* EventLog
    yield* toDay(1)
    const error = yield* Effect.flip(tasks.complete(worker, "roof"))
    assert.strictEqual(error._tag, "NotAllowed")
    assert.strictEqual(yield* log.last("tasks"), 0)
  }).pipe(Effect.provide(company))
)

it.effect("someone who is deactivated is settled, out at once, and holds no task", () =>
  Effect.gen(function* () {
    yield* staff
    const users = yield* Users
    const tasks = yield* Tasks
    const books = yield* Books
    yield* tasks.create(manager, [
      { id: "roof", title: "Mend the roof" },
      { id: "door", title: "Paint the door" }
    ])
    yield* tasks.complete(other, "roof")
    yield* users.update(admin, { id: "olga", status: "deactivated" })
    assert.strictEqual((yield* Effect.flip(tasks.complete(other, "door")))._tag, "DeactivatedActor")
    yield* settle
    assert.strictEqual((yield* tasks.get(manager, "door")).assignee, "will")
    yield* toDay(1)
    yield* endDay
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, 0n)
    assert.strictEqual((yield* books.account(worker, "will")).balance, -1000n)
  }).pipe(Effect.provide(company))
)

it.effect("a task waits while nobody is eligible, and falls on the first who is", () =>
  Effect.gen(function* () {
    const users = yield* Users
    const tasks = yield* Tasks
    yield* users.create(Actor.system, [{ id: "ann", name: "Ann", roles: ["admin"] }])
    yield* settle
    yield* tasks.create(admin, [{ id: "roof", title: "Mend the roof" }])
    assert.strictEqual((yield* tasks.get(admin, "roof")).assignee, null)
    yield* users.create(admin, [{ id: "will", name: "Will", roles: ["worker"] }])
    yield* settle
    const task = yield* tasks.get(admin, "roof")
    assert.deepStrictEqual([task.assignee, task.assignment], ["will", 1] as never)
    yield* users.update(admin, { id: "will", roles: ["worker", "manager"] })
    yield* settle
    assert.strictEqual((yield* tasks.get(admin, "roof")).assignee, null)
    yield* users.update(admin, { id: "will", roles: ["worker"] })
    yield* settle
    assert.deepStrictEqual((yield* tasks.get(admin, "roof")).assignment, 2)
  }).pipe(Effect.provide(company))
)
