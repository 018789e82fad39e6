/** What a process knows of the users is not what it knew before its database was restored to an earlier moment. */
import { assert, it } from "@effect/vitest"
import { Actor, TaskStore, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { predictable, settle } from "./support.ts"

/** A company of one worker, whose tasks' rows are kept in memory that is shown. */
const company = (ports: typeof Memory.layer, worker: string) =>
  Effect.gen(function* () {
    const services = yield* Layer.build(predictable(ports))
    yield* Effect.provide(
      Effect.andThen(
        Effect.flatMap(Users, ({ create }) => create(Actor.system, [{ id: worker, name: worker, roles: ["worker"] }])),
        settle
      ),
      services
    )
    return services
  })

it.effect(
  "a task falls on nobody who is no worker since another history took the place of the one that was known",
  () =>
    Effect.gen(function* () {
      const restored = Context.get(yield* company(Layer.fresh(Memory.layer), "zoe"), TaskStore)
      let isRestored = false
      const switching = Layer.effect(
        TaskStore,
        Effect.map(TaskStore, (store) =>
          TaskStore.of({ ...store, transact: (body) => (isRestored ? restored : store).transact(body) })
        )
      ).pipe(Layer.provideMerge(Layer.fresh(Memory.layer)))
      const services = yield* company(switching as typeof Memory.layer, "olga")
      const create = (title: string) =>
        Effect.provide(
          Effect.flatMap(Tasks, (tasks) => tasks.create(Actor.system, [{ title }])),
          services
        )
      assert.strictEqual((yield* create("Before")).answer[0]!.assignee, "olga")
      isRestored = true
      assert.strictEqual((yield* create("After")).answer[0]!.assignee, "zoe")
    }).pipe(Effect.scoped)
)
