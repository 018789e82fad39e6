import { assert, it } from "@effect/vitest"
import { Actor, CommandRetention, Schedule, Tasks, UserStore } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { layer, settle, staff } from "./support.ts"

const scheduled = (retention: Layer.Layer<never> = Layer.empty) =>
  Schedule.layer.pipe(Layer.provide(retention), Layer.provideMerge(layer({ longestJump: null })))

/** Tries a command again under its id; `null` when it is taken for a new one, which can't be done. */
const again = Effect.flatMap(Tasks, (tasks) =>
  tasks.create(Actor.system, [{ id: "roof", title: "Mend the roof" }], { commandId: "from-mail-17" })
).pipe(
  Effect.map(({ answer }) => answer[0]!.id),
  Effect.catchTag("TaskAlreadyExists", () => Effect.succeed(null))
)

/** Lets days pass one by one, as a schedule that sleeps for a day at the most sees them. */
const pass = (days: number) =>
  Effect.gen(function* () {
    for (let day = 0; day < days; day++) {
      yield* TestClock.adjust(Duration.days(1))
      yield* settle
    }
  })

it.effect("an answer is kept for thirty days, then forgotten", () =>
  Effect.gen(function* () {
    yield* staff
    assert.strictEqual(yield* again, "roof")
    yield* pass(29)
    assert.strictEqual(yield* again, "roof")
    yield* pass(3)
    assert.strictEqual(yield* again, null)
  }).pipe(Effect.provide(scheduled()))
)

it.effect("a host says for how long", () =>
  Effect.gen(function* () {
    yield* staff
    yield* again
    yield* pass(4)
    assert.strictEqual(yield* again, null)
  }).pipe(Effect.provide(scheduled(Layer.succeed(CommandRetention, Duration.days(2)))))
)

it.effect("a host keeps them for ever", () =>
  Effect.gen(function* () {
    yield* staff
    yield* again
    yield* pass(60)
    assert.strictEqual(yield* again, "roof")
  }).pipe(Effect.provide(scheduled(Layer.succeed(CommandRetention, null))))
)

it.effect("many are forgotten in portions, and the days go on when that fails", () => {
  const portions: Array<number> = []
  let left = 25_000
  const counting = Layer.effect(
    UserStore,
    Effect.map(UserStore, (store) => ({
      ...store,
      forgetCommands: (age: Duration.Duration, limit: number) =>
        Effect.suspend(() => {
          assert.strictEqual(Duration.toDays(age), 30)
          const gone = Math.min(left, limit)
          left -= gone
          portions.push(gone)
          return Effect.succeed(gone)
        })
    }))
  )
  const company = layer({ longestJump: null })
  return Effect.gen(function* () {
    yield* pass(1)
    assert.deepStrictEqual(portions.slice(0, 3), [10_000, 10_000, 5_000])
    assert.isAbove(portions.length, 3)
    assert.isTrue(portions.slice(3).every((gone) => gone === 0))
  }).pipe(
    // oxlint-disable-next-line import/namespace -- it is the core's schedule, not effect's
    Effect.provide(Schedule.layer.pipe(Layer.provide(counting), Layer.provideMerge(company)))
  )
})
