import { assert, it } from "@effect/vitest"
import { Actor, Consumers, EventLog, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { layer, settle, staff } from "./support.ts"

it.effect("twenty thousand callers at once each get their own answer, and nothing is lost", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const log = yield* EventLog
    const answers = yield* Effect.forEach(
      Array.from({ length: 20_000 }, (_, index) => `Task ${index}`),
      (title) => tasks.create(Actor.system, [{ title }]),
      { concurrency: "unbounded" }
    )
    assert.strictEqual(new Set(answers.map(({ answer }) => answer[0]!.id)).size, 20_000)
    assert.isTrue(answers.every(({ answer }, index) => answer[0]!.title === `Task ${index}`))
    yield* settle
    const status = (yield* (yield* Consumers).status).find(({ consumer }) => consumer === "billing")!
    assert.deepStrictEqual([status.number, status.behind], [yield* log.last("tasks"), 0])
  }).pipe(Effect.provide(layer()))
)
