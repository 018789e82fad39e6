/** Reads of one thing. */
import { assert, it } from "@effect/vitest"
import { Actor, Books, PeriodNotFound, Reports, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import {
  accountant,
  admin,
  createRoof,
  endDay,
  manager,
  other,
  predictable,
  staff,
  tagOf,
  toDay,
  worker
} from "./support.ts"

const company = predictable()

it.effect("one closed period is read by its date, in the books and as a report", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const books = yield* Books
    const reports = yield* Reports
    yield* createRoof
    yield* tasks.complete(other, "roof")
    yield* toDay(2)
    yield* endDay
    const { rows } = yield* books.periods(accountant, {}, { limit: 10 })
    for (const row of rows) assert.deepStrictEqual(yield* books.period(accountant, row.period), row)
    assert.deepStrictEqual(
      rows.map(({ earnings, period }) => [period, earnings]),
      [
        ["2026-11-23", -2000n],
        ["2026-11-24", 0n]
      ] as never
    )
    const daily = yield* reports.daily(admin, {}, { limit: 10 })
    for (const row of daily.rows) assert.deepStrictEqual(yield* reports.report(admin, row.period), row)
    assert.lengthOf(daily.rows, 2)
  }).pipe(Effect.provide(company))
)

it.effect(
  "a period that is open, to come or before the first is not found; a date that does not exist is refused",
  () =>
    Effect.gen(function* () {
      yield* staff
      const books = yield* Books
      const reports = yield* Reports
      yield* toDay(1)
      yield* endDay
      for (const period of ["2026-11-22", "2026-11-24", "2030-01-01"]) {
        const error = yield* Effect.flip(books.period(accountant, period))
        assert.instanceOf(error, PeriodNotFound)
        assert.strictEqual(error.message, `there is no closed period ${period}`)
        assert.strictEqual(yield* tagOf(reports.report(admin, period)), "PeriodNotFound")
      }
      assert.strictEqual(yield* tagOf(books.period(accountant, "2026-02-30")), "InvalidInput")
      assert.strictEqual(yield* tagOf(reports.report(admin, "yesterday")), "InvalidInput")
    }).pipe(Effect.provide(company))
)

it.effect("a period is for who may see the books, its report for who may see the analytics", () =>
  Effect.gen(function* () {
    yield* staff
    const books = yield* Books
    const reports = yield* Reports
    yield* toDay(1)
    yield* endDay
    for (const actor of [accountant, admin, Actor.system]) yield* books.period(actor, "2026-11-23")
    for (const actor of [admin, Actor.system]) yield* reports.report(actor, "2026-11-23")
    for (const actor of [worker, manager]) {
      const error = yield* Effect.flip(books.period(actor, "2026-11-23"))
      assert.deepStrictEqual([error._tag, "action" in error && error.action], ["NotAllowed", "see the books"])
    }
    for (const actor of [worker, manager, accountant]) {
      const error = yield* Effect.flip(reports.report(actor, "2030-01-01"))
      assert.deepStrictEqual([error._tag, "action" in error && error.action], ["NotAllowed", "see the analytics"])
    }
  }).pipe(Effect.provide(company))
)

it.effect("everybody active can read themselves; the system is no user", () =>
  Effect.gen(function* () {
    yield* staff
    const users = yield* Users
    assert.deepStrictEqual(yield* users.me(worker), {
      id: "will",
      name: "Will",
      roles: ["worker"],
      status: "active"
    } as never)
    const error = yield* Effect.flip(users.me(Actor.system))
    assert.deepStrictEqual([error._tag, error.message], ["UnknownActor", "system is not a user of this company"])
    assert.strictEqual(yield* tagOf(users.me(Actor.user("ghost"))), "UnknownActor")
    yield* users.update(admin, { id: "will", status: "deactivated" })
    assert.strictEqual(yield* tagOf(users.me(worker)), "DeactivatedActor")
  }).pipe(Effect.provide(company))
)
