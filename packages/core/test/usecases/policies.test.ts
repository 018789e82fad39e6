import { assert, it } from "@effect/vitest"
import { Actor, Assignment, Billing, Books, Pricing, startConsumer, Tasks, Users } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import {
  accountant,
  admin,
  createRoof,
  firstCandidate,
  layer,
  manager,
  predictable,
  settle,
  staff,
  statusOf
} from "./support.ts"

it.effect("a pricing policy that throws stops billing before the event, with an alarm", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const books = yield* Books
    yield* createRoof
    yield* tasks.create(manager, [{ id: "bomb", title: "A bomb" }])
    yield* settle
    const { behind, number, stopped } = yield* statusOf("billing")
    assert.deepStrictEqual([number, behind, stopped?.reason], [2, 2, "Poisoned"] as never)
    assert.match(stopped!.message, /no price for bombs/)
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, -1000n)
  }).pipe(
    Effect.provide(
      layer().pipe(
        Layer.provide(
          Layer.succeed(Pricing.Pricing, ({ task }) => {
            if (task.id === "bomb") throw new Error("no price for bombs")
            return { fee: 1000n, award: 3000n }
          })
        ),
        Layer.provide(firstCandidate)
      )
    )
  )
)

it.effect("a price that is none stops billing at its event, which an operator passes over", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(manager, [{ id: "odd", title: "Odd" }])
    yield* createRoof
    yield* settle
    const { number, stopped } = yield* statusOf("billing")
    assert.deepStrictEqual([number, stopped?.reason, stopped?.number], [0, "Poisoned", 1] as never)
    assert.match(stopped!.message, /a fee of 7 and an award of 3000: each must be a bigint from 1 to 1000000000000000/)
    const billing = yield* Billing
    yield* billing.resume(admin, "tasks", { skip: { through: 2, reason: "a policy that gave numbers" } })
    yield* settle
    assert.deepInclude(yield* statusOf("billing"), { number: 4, stopped: null, failing: null })
  }).pipe(
    Effect.provide(
      layer().pipe(
        Layer.provide(
          Layer.succeed(Pricing.Pricing, ({ task }) =>
            task.id === "odd" ? { fee: 7 as never, award: 3000n } : { fee: 1000n, award: 3000n }
          )
        ),
        Layer.provide(firstCandidate)
      )
    )
  )
)

it.effect(
  "a policy of eligibility that fails is told to callers as a lasting error, and shows until it is mended",
  () => {
    const policy = { broken: false }
    return Effect.gen(function* () {
      yield* staff
      yield* (yield* Users).create(admin, [{ id: "zoe", name: "Zoe", roles: ["worker"] }])
      policy.broken = true
      yield* Effect.ignore(settle)
      assert.match((yield* statusOf("tasks")).failing!.message, /the policy Eligibility failed/)
      const error = yield* Effect.flip(createRoof)
      assert.deepInclude(error, { _tag: "StoreError", retryable: false, committed: "no" })
      assert.match(error.message, /the policy Eligibility failed: Error: who\?/)
      policy.broken = false
      yield* settle
      assert.deepInclude(yield* statusOf("tasks"), { behind: 0, failing: null })
    }).pipe(
      Effect.provide(
        layer().pipe(
          Layer.provide(
            Layer.succeed(Assignment.Eligibility, ({ roles }) => {
              if (policy.broken) throw new Error("who?")
              return roles.includes("worker")
            })
          )
        )
      )
    )
  }
)

it.effect("a choice that throws while tasks are handed on stops the tasks' stream where it threw, and no earlier", () =>
  Effect.gen(function* () {
    yield* staff
    const users = yield* Users
    const tasks = yield* Tasks
    yield* createRoof
    yield* users.update(admin, { id: "acc", name: "Another name" })
    yield* users.update(admin, { id: "olga", status: "deactivated" })
    yield* settle
    const status = yield* statusOf("tasks")
    assert.deepStrictEqual([status.number, status.stopped?.reason], [6, "Poisoned"] as never)
    assert.strictEqual((yield* tasks.get(admin, "roof")).assignee, "olga")
  }).pipe(
    Effect.provide(
      layer().pipe(
        Layer.provide(
          Layer.succeed(Assignment.ChooseAssignee, ({ candidates, task }) => {
            if (task.assignee !== null) throw new Error("nobody but Olga")
            return candidates[0]!
          })
        )
      )
    )
  )
)

it.effect("a choice outside the candidates is a defect of its command", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const exit = yield* Effect.exit(tasks.create(manager, [{ title: "Mend the roof" }]))
    assert.isTrue(Exit.isFailure(exit) && Cause.pretty(exit.cause).includes("not among the candidates"))
  }).pipe(Effect.provide(layer().pipe(Layer.provide(Layer.succeed(Assignment.ChooseAssignee, () => "ann" as never)))))
)

it.effect("a host's consumer that throws stops, and its handle lets it try again", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(Actor.system, [{ title: "Mend the roof" }])
    let broken = true
    const seen: Array<number> = []
    const handle = yield* startConsumer({
      name: "mirror",
      source: "tasks",
      apply: (events) =>
        Effect.sync(() => {
          if (broken) throw new Error("a bug")
          seen.push(...events.map(({ envelope }) => envelope.number))
        })
    })
    yield* settle
    assert.match((yield* handle.status).stopped?.message ?? "", /a bug/)
    broken = false
    yield* handle.retry
    assert.deepStrictEqual(seen, [1, 2])
  }).pipe(Effect.scoped, Effect.provide(predictable()))
)

it.effect("a page of no rows or a range that goes back is refused", () =>
  Effect.gen(function* () {
    yield* staff
    const books = yield* Books
    const tasks = yield* Tasks
    const tags = yield* Effect.forEach(
      [
        Effect.asVoid(books.accounts(accountant, {}, { limit: 0 })),
        Effect.asVoid(books.transfers(accountant, {}, { limit: 10_001 })),
        Effect.asVoid(books.periods(accountant, { from: "2026-11-24", to: "2026-11-23" }, { limit: 1 })),
        Effect.asVoid(books.balances(accountant, "yesterday", { limit: 1 })),
        Effect.asVoid(tasks.list(admin, {}, { limit: 1.5 }))
      ],
      (effect) => Effect.map(Effect.flip(effect), (error) => error._tag)
    )
    assert.deepStrictEqual(
      tags,
      Array.from({ length: 5 }, () => "InvalidInput" as const)
    )
  }).pipe(Effect.provide(layer()))
)
