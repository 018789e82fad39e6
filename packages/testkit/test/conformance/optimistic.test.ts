/**
 * An adapter that compares versions keeps every promise that one that locks keeps, and a company of two nodes lives on
 * it.
 */
import { Actor, Books, Company, Consumers, Ids, Notifier, PollInterval, Popug, Tasks, Users } from "@popug/core"
import {
  allStores,
  billingStore,
  conforms,
  cursorStore,
  eventLog,
  instances,
  reportStore,
  sharedBillingStore,
  sharedCursorStore,
  sharedReportStore,
  sharedTaskStore,
  sharedUserStore,
  taskStore,
  userStore
} from "@popug/testkit/conformance"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { sharing } from "./optimistic.ts"

const one = Layer.suspend(sharing())
conforms(userStore, "memory, optimistic", one)
conforms(taskStore, "memory, optimistic", one)
conforms(billingStore, "memory, optimistic", one)
conforms(reportStore, "memory, optimistic", one)
conforms(eventLog, "memory, optimistic", one)
conforms(cursorStore, "memory, optimistic", one)
conforms(allStores, "memory, optimistic", one)

const two = instances(sharing())
conforms(sharedUserStore, "memory, optimistic", two)
conforms(sharedTaskStore, "memory, optimistic", two)
conforms(sharedBillingStore, "memory, optimistic", two)
conforms(sharedReportStore, "memory, optimistic", two)
conforms(sharedCursorStore, "memory, optimistic", two)

it("two nodes of a company live on stores that compare versions, and their books agree", async () => {
  const program = Effect.gen(function* () {
    const stores = sharing()()
    const node = Layer.provide(Popug.layer, [
      stores,
      Company.layer({ secret: "s" }),
      Ids.layer,
      Notifier.layerLog,
      Layer.succeed(PollInterval, null)
    ])
    const scope = yield* Effect.scope
    const build = Effect.suspend(() => Layer.buildWithMemoMap(node, Layer.makeMemoMapUnsafe(), scope))
    const nodes = [yield* build, yield* build]
    const onEach = <A, E, R>(effect: (index: number) => Effect.Effect<A, E, R>) =>
      Effect.forEach(nodes, (context, index) => Effect.provideContext(effect(index), context as Context.Context<R>), {
        concurrency: "unbounded"
      })
    const settle = onEach(() => Effect.flatMap(Consumers, (consumers) => consumers.settle))

    yield* onEach((index) =>
      Effect.flatMap(Users, (users) =>
        users.create(Actor.system, [{ id: `u${index}`, name: "Olga", roles: index === 0 ? ["admin"] : ["worker"] }])
      )
    )
    yield* settle
    // The same forty commands come to both nodes at once.
    const created = yield* onEach(() =>
      Effect.flatMap(Tasks, (tasks) =>
        Effect.forEach(
          Array.from({ length: 40 }, (_, index) => `t${index}`),
          (id) => tasks.create(Actor.system, [{ id, title: "Mend the roof" }], { commandId: id }),
          { concurrency: 8 }
        )
      )
    )
    yield* settle
    const [verified] = yield* onEach(() => Effect.flatMap(Books, (books) => books.verify(Actor.user("u0"))))
    const [listed] = yield* onEach(() =>
      Effect.flatMap(Tasks, (tasks) => tasks.list(Actor.user("u0"), {}, { limit: 100 }))
    )
    const answers = created.map((answers) => answers.map(({ answer }) => answer[0]))
    return { verified, tasks: listed!.rows.length, answers }
  })
  const { answers, tasks, verified } = await Effect.runPromise(Effect.scoped(program))
  expect(verified?.difference).toBeNull()
  expect(verified?.transfers).toBe(40)
  expect(tasks).toBe(40)
  expect(answers[1]).toEqual(answers[0])
})
