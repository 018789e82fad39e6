/** What one person creates in a day, through the use cases: counted exactly, by several nodes too. */
import { assert, it } from "@effect/vitest"
import { CreationLimit, Ids, Notifier, Popug, Tasks, UserId } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { endDay, layer, manager, settle, staff, tagOf, toDay, worker } from "./support.ts"

const limit = (most: number) =>
  Layer.succeed(CreationLimit, ({ roles }) => (roles.includes("manager") ? most * 10 : most))
const bounded = (most: number) => Effect.provide(layer().pipe(Layer.provide(limit(most))))
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, title: "Mend it" }))

it.effect("whoever has created as many tasks as they may creates no more, until the next day", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, named("a", 3))
    const refused = yield* Effect.flip(tasks.create(worker, named("b", 3)))
    assert.deepInclude(refused, {
      _tag: "CreationLimitReached",
      creator: UserId.make("will"),
      limit: 5,
      created: 3,
      asked: 3
    })
    assert.strictEqual(refused.message, "will has created 3 tasks in period 2026-11-23: 3 more would exceed their 5")
    yield* tasks.create(worker, named("b", 2))
    assert.strictEqual(yield* tagOf(tasks.create(worker, named("c", 1))), "CreationLimitReached")
    yield* tasks.create(manager, named("m", 50))
    yield* toDay(1)
    yield* endDay
    yield* tasks.create(worker, named("c", 5))
    assert.strictEqual(yield* tagOf(tasks.create(worker, named("d", 1))), "CreationLimitReached")
  }).pipe(bounded(5))
)

it.effect("the first command of a new day is counted in it, though nobody has ended the day before", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, named("a", 5))
    yield* toDay(1)
    yield* tasks.create(worker, named("b", 5))
    assert.strictEqual(yield* tagOf(tasks.create(worker, named("c", 1))), "CreationLimitReached")
  }).pipe(bounded(5))
)

it.effect("a repeated command counts once, and is answered at the limit too", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const once = tasks.create(worker, named("a", 3), { commandId: "again" })
    const first = yield* once
    assert.deepStrictEqual((yield* once).answer, first.answer)
    yield* tasks.create(worker, named("b", 2))
    assert.deepStrictEqual((yield* once).answer, first.answer)
  }).pipe(bounded(5))
)

it.effect("a refused creation leaves nothing behind, and no one else's of the same moment", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const asked = Array.from({ length: 40 }, (_, index) => tasks.create(worker, named(`w${index}-`, 2)))
    const [ofWorker] = yield* Effect.all(
      [
        Effect.all(asked.map(Effect.exit), { concurrency: "unbounded" }),
        Effect.all(
          named("m", 20).map((task) => tasks.create(manager, [task])),
          { concurrency: "unbounded" }
        )
      ],
      { concurrency: "unbounded" }
    )
    assert.strictEqual(ofWorker.filter((exit) => exit._tag === "Success").length, 5)
    yield* settle
    assert.strictEqual((yield* tasks.list(manager, {}, { limit: 100 })).rows.length, 10 + 20)
  }).pipe(bounded(10))
)

it.effect("two nodes count together", () =>
  Effect.gen(function* () {
    yield* staff
    const here = yield* Tasks
    const ports = yield* Effect.context<Layer.Success<ReturnType<typeof layer>>>()
    const there = Context.get(
      yield* Layer.build(
        Popug.layer.pipe(
          Layer.provide([limit(5), Ids.layer, Notifier.layerLog]),
          Layer.provide(Layer.succeedContext(ports as never))
        )
      ),
      Tasks
    )
    yield* settle
    yield* here.create(worker, named("a", 2))
    yield* there.create(worker, named("b", 2))
    assert.strictEqual(yield* tagOf(here.create(worker, named("c", 2))), "CreationLimitReached")
    yield* here.create(worker, named("d", 1))
    assert.strictEqual(yield* tagOf(there.create(worker, named("e", 1))), "CreationLimitReached")
  }).pipe(Effect.scoped, bounded(5))
)
