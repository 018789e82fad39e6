import { assert, it } from "@effect/vitest"
import { Actor, Assignment, Billing, Books, EventLog, StoreError, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import {
  accountant,
  admin,
  createRoof,
  endDay,
  flatPrices,
  layer,
  manager,
  other,
  predictable,
  settle,
  staff,
  tagOf,
  toDay,
  worker
} from "./support.ts"

const company = predictable()

it.effect("the same command id gets the same answer, and is done once", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const log = yield* EventLog
    const first = yield* tasks.create(manager, [{ title: "Mend the roof" }], { commandId: "c1" })
    const again = yield* tasks.create(manager, [{ title: "Mend the roof" }], { commandId: "c1" })
    assert.deepStrictEqual(again.answer, first.answer)
    yield* tasks.shuffle(manager, { commandId: "c2" })
    const shuffled = yield* log.last("tasks")
    yield* tasks.shuffle(manager, { commandId: "c2" })
    assert.strictEqual(yield* log.last("tasks"), shuffled)
    yield* tasks.complete(other, first.answer[0]!.id, { commandId: "c3" })
    const done = yield* tasks.complete(other, first.answer[0]!.id, { commandId: "c3" })
    assert.strictEqual(done.answer.status, "done")
  }).pipe(Effect.provide(company))
)

it.effect("whoever may not do a command now gets no answer of then, and whoever still may does", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const users = yield* Users
    const eve = { id: "eve", name: "Eve", roles: ["admin"] }
    yield* createRoof
    yield* users.create(Actor.system, [eve, { id: "moe", name: "Moe", roles: ["manager"] }])
    const [boss, moe] = [Actor.user("eve"), Actor.user("moe")]
    const asked = {
      user: users.create(boss, [{ id: "zoe", name: "Zoe", roles: ["worker"] }], { commandId: "c1" }),
      shuffled: tasks.shuffle(moe, { commandId: "c2" }),
      edited: tasks.edit(moe, { id: "roof", title: "Mend it all" }, { commandId: "c3" }),
      made: tasks.create(moe, [{ id: "door", title: "Mend the door" }], { commandId: "c4" }),
      done: tasks.complete(other, "roof", { commandId: "c5" }),
      doneForThem: tasks.complete(boss, "door", { commandId: "c6" })
    }
    const first = yield* Effect.all(asked)
    yield* users.update(Actor.system, { id: "eve", roles: ["worker"] })
    yield* users.update(Actor.system, { id: "moe", roles: ["designer"] })
    for (const refused of [asked.user, asked.shuffled, asked.edited, asked.doneForThem]) {
      assert.strictEqual(yield* tagOf(refused as typeof asked.shuffled), "NotAllowed")
    }
    assert.deepStrictEqual((yield* asked.made).answer, first.made.answer)
    assert.deepStrictEqual((yield* asked.done).answer, first.done.answer)
    yield* users.update(Actor.system, { id: "olga", status: "deactivated" })
    assert.strictEqual(yield* tagOf(asked.done), "DeactivatedActor")
    yield* users.update(Actor.system, { id: "moe", roles: ["manager"] })
    assert.deepStrictEqual((yield* asked.shuffled).answer, first.shuffled.answer)
  }).pipe(Effect.provide(company))
)

it.effect("the same command id with other content, or by somebody else, is a conflict", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(manager, [{ title: "Mend the roof" }], { commandId: "c1" })
    assert.strictEqual(
      yield* tagOf(tasks.create(manager, [{ title: "Mend the door" }], { commandId: "c1" })),
      "CommandConflict"
    )
    assert.strictEqual(
      yield* tagOf(tasks.create(admin, [{ title: "Mend the roof" }], { commandId: "c1" })),
      "CommandConflict"
    )
    assert.strictEqual(yield* tagOf(tasks.shuffle(manager, { commandId: "not an id" })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("everything that can be asked wrongly has an error of its own", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const users = yield* Users
    yield* createRoof
    assert.strictEqual(yield* tagOf(tasks.create(Actor.user("ghost"), [{ title: "Boo" }])), "UnknownActor")
    assert.strictEqual(yield* tagOf(tasks.create(manager, [{ id: "roof", title: "Again" }])), "TaskAlreadyExists")
    assert.strictEqual(yield* tagOf(tasks.create(manager, [{ title: "[KEY-1] Again" }])), "InvalidInput")
    assert.strictEqual(yield* tagOf(tasks.create(manager, [{ title: "" }])), "InvalidInput")
    assert.strictEqual(yield* tagOf(tasks.complete(manager, "roof")), "NotAssignee")
    assert.strictEqual(yield* tagOf(tasks.complete(manager, "cellar")), "TaskNotFound")
    assert.strictEqual(yield* tagOf(tasks.complete(worker, "roof")), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.complete(worker, "cellar")), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.shuffle(worker)), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.assign(worker, "roof", "will")), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.assign(manager, "roof", "ann")), "NotEligible")
    yield* tasks.complete(other, "roof")
    assert.strictEqual(yield* tagOf(tasks.complete(other, "roof")), "TaskAlreadyDone")
    assert.strictEqual(yield* tagOf(tasks.edit(other, { id: "roof", title: "Other" })), "TaskAlreadyDone")
    assert.strictEqual(yield* tagOf(tasks.endRegistration(admin, { period: "2026-11-23" })), "PeriodNotOver")
    assert.strictEqual(yield* tagOf(tasks.endRegistration(admin, { period: "2026-11-22" })), "PeriodAlreadyEnded")
    assert.strictEqual(yield* tagOf(tasks.endRegistration(admin, { period: "2026-02-30" })), "InvalidInput")
    assert.strictEqual(yield* tagOf(users.create(manager, [{ name: "Eve", roles: ["worker"] }])), "NotAllowed")
    assert.strictEqual(yield* tagOf(users.create(admin, [{ name: "Eve", roles: [] }])), "InvalidInput")
    assert.strictEqual(yield* tagOf(users.create(admin, [{ name: "Eve", roles: ["Worker!"] }])), "InvalidInput")
    assert.strictEqual(
      yield* tagOf(users.create(admin, [{ id: "olga", name: "Eve", roles: ["worker"] }])),
      "UserAlreadyExists"
    )
    assert.strictEqual(yield* tagOf(users.update(admin, { id: "ghost", name: "Boo" })), "UserNotFound")
  }).pipe(Effect.provide(company))
)

it.effect("a company opened with another zone or currency is refused", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const over = (options: { readonly timeZone?: string; readonly currency?: string }) =>
      Effect.exit(Effect.provide(Effect.void, layer(options, Memory.layerOn(disk))))
    assert.isTrue(Exit.isSuccess(yield* over({ timeZone: "Europe/Prague" })))
    assert.isTrue(Exit.isSuccess(yield* over({ timeZone: "Europe/Prague" })))
    for (const options of [{ timeZone: "UTC" }, { timeZone: "Europe/Prague", currency: "EUR" }]) {
      const exit = yield* over(options)
      assert.isTrue(Exit.isFailure(exit) && String(Cause.pretty(exit.cause)).includes("CompanyMismatch"))
    }
  })
)

it.effect("a clock that jumps over a month waits for an operator, and a shorter one does not", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const log = yield* EventLog
    yield* tasks.create(manager, [{ title: "Mend the roof" }])
    yield* toDay(31)
    assert.lengthOf(yield* endDay, 31)
    const before = yield* log.last("tasks")
    yield* toDay(63)
    assert.strictEqual(yield* tagOf(tasks.create(manager, [{ title: "Paint the door" }])), "ClockJumped")
    assert.strictEqual(yield* tagOf(tasks.endRegistration(Actor.system)), "ClockJumped")
    assert.strictEqual(yield* log.last("tasks"), before)
    const { answer } = yield* tasks.endRegistration(admin, { afterJump: true })
    assert.lengthOf(answer.ended, 32)
    yield* tasks.create(manager, [{ title: "Paint the door" }])
  }).pipe(Effect.provide(company))
)

it.effect("two ends of one day at once: the second hears that it has ended", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* toDay(1)
    const end = Effect.exit(tasks.endRegistration(admin, { period: "2026-11-23" }))
    const exits = yield* Effect.all([end, end], { concurrency: "unbounded" })
    assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, false])
  }).pipe(Effect.provide(company))
)

it.effect("a clock that jumped refuses what is new, and nothing else that came with it", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(manager, [{ id: "roof", title: "Mend the roof" }], { commandId: "before" })
    yield* toDay(40)
    const outcome = Effect.match({
      onSuccess: () => "done",
      onFailure: (error: { readonly _tag: string }) => error._tag
    })
    const tags = yield* Effect.all(
      [
        outcome(tasks.create(manager, [{ id: "roof", title: "Mend the roof" }], { commandId: "before" })),
        outcome(tasks.create(manager, [{ title: "Paint the door" }])),
        outcome(tasks.complete(manager, "cellar"))
      ],
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(tags, ["done", "ClockJumped", "TaskNotFound"])
  }).pipe(Effect.provide(company))
)

it.effect("a correction reverses a transfer in the open period, once, unless undone", () =>
  Effect.gen(function* () {
    yield* staff
    const billing = yield* Billing
    const books = yield* Books
    yield* createRoof
    yield* settle
    yield* toDay(1)
    yield* endDay
    const correct = (transfer: number, by = accountant) => billing.correct(by, { transfer, reason: "not theirs" })
    assert.strictEqual(yield* tagOf(correct(1, admin)), "NotAllowed")
    assert.strictEqual(yield* tagOf(correct(7)), "TransferNotFound")
    const { answer } = yield* correct(1)
    assert.deepStrictEqual(answer, { transfer: 2 })
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, 0n)
    assert.strictEqual(yield* tagOf(correct(1)), "AlreadyCorrected")
    assert.strictEqual((yield* books.preview(accountant)).totals.fees, -1000n)
    yield* correct(2)
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, -1000n)
    assert.strictEqual(yield* tagOf(correct(3)), "UndoIsFinal")
    assert.strictEqual(yield* tagOf(correct(2)), "AlreadyCorrected")
    yield* correct(1)
    const { rows } = yield* books.auditLog(other, "olga", {}, { limit: 10 })
    assert.deepStrictEqual(
      rows.map((row) => [row.transfer, row.amount, row.corrects, row.task?.title]),
      [
        [1, -1000n, null, "Mend the roof"],
        [2, 1000n, 1, "Mend the roof"],
        [3, -1000n, 2, "Mend the roof"],
        [4, 1000n, 1, "Mend the roof"]
      ] as never
    )
    yield* toDay(2)
    yield* endDay
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
    const statement = yield* books.statement(
      accountant,
      "olga",
      { from: "2026-11-23" as never, to: "2026-11-24" as never },
      { limit: 10 }
    )
    assert.deepStrictEqual([statement.opening, statement.closing, statement.transfers.rows.length], [0n, 0n, 4])
  }).pipe(Effect.provide(company))
)

it.effect("two corrections of one transfer at the same time: one is done, one is refused", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const billing = yield* Billing
    yield* tasks.create(manager, [{ title: "Mend the roof" }])
    yield* settle
    const exits = yield* Effect.all(
      [1, 2].map(() => Effect.exit(billing.correct(accountant, { transfer: 1, reason: "twice" }))),
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, false])
  }).pipe(Effect.provide(company))
)

it.effect("a company that closes by hand waits at the end of each day until it is told", () =>
  Effect.gen(function* () {
    yield* staff
    const billing = yield* Billing
    const books = yield* Books
    yield* createRoof
    yield* settle
    assert.strictEqual(yield* tagOf(billing.close(accountant, "2026-11-23")), "PeriodNotComplete")
    yield* toDay(2)
    yield* endDay
    assert.lengthOf((yield* books.periods(accountant, {}, { limit: 10 })).rows, 0)
    assert.strictEqual((yield* books.preview(accountant)).awaiting, "2026-11-23")
    assert.strictEqual(yield* tagOf(billing.close(worker, "2026-11-23")), "NotAllowed")
    assert.strictEqual(yield* tagOf(billing.close(accountant, "2026-11-24")), "PeriodNotComplete")
    yield* billing.close(accountant, "2026-11-23")
    assert.strictEqual((yield* books.preview(accountant)).awaiting, "2026-11-24")
    assert.strictEqual(yield* tagOf(billing.close(accountant, "2026-11-23")), "PeriodAlreadyClosed")
    yield* billing.close(accountant, "2026-11-24")
    assert.lengthOf((yield* books.periods(accountant, {}, { limit: 10 })).rows, 2)
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
  }).pipe(Effect.provide(layer({ closing: "by-hand" }).pipe(Layer.provide(flatPrices))))
)

it.effect("a policy that throws fails its own command, and changes nothing", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const exit = yield* Effect.exit(createRoof)
    assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    assert.strictEqual(yield* tagOf(tasks.get(manager, "roof")), "TaskNotFound")
  }).pipe(
    Effect.provide(
      layer().pipe(
        Layer.provide(
          Layer.succeed(Assignment.ChooseAssignee, () => {
            throw new Error("no choice")
          })
        )
      )
    )
  )
)

it.effect("assigning by hand can be switched off", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* createRoof
    assert.strictEqual(yield* tagOf(tasks.assign(manager, "roof", "will")), "AssignmentByHandOff")
  }).pipe(Effect.provide(layer().pipe(Layer.provide(Layer.succeed(Assignment.AssignmentByHand, false)))))
)

it.effect("people see what is theirs, and what their roles show", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const books = yield* Books
    const users = yield* Users
    yield* createRoof
    yield* settle
    assert.strictEqual((yield* tasks.get(other, "roof")).id, "roof")
    assert.strictEqual(yield* tagOf(tasks.get(worker, "roof")), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.list(worker, {}, { limit: 10 })), "NotAllowed")
    assert.lengthOf((yield* tasks.list(other, { assignee: "olga" as never }, { limit: 10 })).rows, 1)
    assert.strictEqual(yield* tagOf(books.account(worker, "olga")), "NotAllowed")
    assert.strictEqual(yield* tagOf(books.auditLog(worker, null, {}, { limit: 10 })), "NotAllowed")
    assert.strictEqual(
      yield* tagOf(books.topTask(accountant, { from: "2026-01-01" as never, to: "2026-12-31" as never })),
      "NotAllowed"
    )
    assert.strictEqual(yield* tagOf(users.get(worker, "olga")), "NotAllowed")
    assert.strictEqual((yield* users.get(worker, "will")).name, "Will")
    assert.instanceOf(new StoreError({ reason: "Conflict", retryable: true, committed: "no", message: "" }), Error)
  }).pipe(Effect.provide(company))
)
