/** What shuffles cost, and whose they were. */
import { assert, it } from "@effect/vitest"
import { Assignment, Books, Events, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { accountant, admin, flatPrices, layer, manager, settle, staff, worker } from "./support.ts"

/** Everything falls on another than before: each shuffle charges for every task. */
const turns = Layer.succeed(Assignment.ChooseAssignee, ({ candidates, task }) =>
  candidates.find((id) => id !== task.assignee)!
)

it.effect("every fee of a shuffle leads to who asked for it", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, [
      { id: "roof", title: "Mend the roof" },
      { id: "door", title: "Paint the door" }
    ])
    for (const by of [manager, admin, manager]) {
      assert.deepStrictEqual((yield* tasks.shuffle(by)).answer, { open: 2, reassigned: 2 })
    }
    yield* settle

    const { rows: transfers } = yield* (yield* Books).transfers(accountant, {}, { limit: 100 })
    const { rows: events } = yield* (yield* Events).read(admin, "tasks", { limit: 100 })
    const fees = new Map<string, bigint>()
    for (const { amount, cause, kind } of transfers) {
      if (kind !== "fee" || cause._tag !== "Assigned") continue
      const { actor } = events.find(({ number }) => number === cause.event)!
      fees.set(actor, (fees.get(actor) ?? 0n) + amount)
    }
    assert.deepStrictEqual(Object.fromEntries(fees), { "user:will": 20_00n, "user:max": 40_00n, "user:ann": 20_00n })
  }).pipe(Effect.provide(layer().pipe(Layer.provide([turns, flatPrices]))))
)
