/**
 * Whole companies over one connection, as a host of many has them, while NATS loses what it has.
 */
import { Actor, Books, Company, Consumers, Ids, Notifier, PollInterval, Popug, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import { Nats } from "@popug/nats"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { connection, options, outsider } from "./support.ts"

const companyOf = (id: string, nats: Layer.Layer<Nats.PopugNats>) =>
  Popug.layer.pipe(
    Layer.provideMerge(Nats.layerCompany().pipe(Layer.provideMerge(Layer.fresh(Memory.layer)))),
    Layer.provide([nats, Ids.layer, Notifier.layerLog]),
    Layer.provideMerge(Company.layer({ id, secret: "s" })),
    // What NATS loses is found by itself, and what it brings at once.
    Layer.provide(Layer.succeed(PollInterval, Duration.millis(500)))
  )

it("books what the tasks of each company cost, whatever NATS has lost", () =>
  Effect.gen(function* () {
    const given = options()
    const nats = Layer.succeedContext(yield* Layer.build(connection(given)))
    const out = yield* outsider(given.servers)
    const name = given.stream!.name!
    const lose = [
      () => out.manager.streams.purge(name),
      () => out.manager.consumers.delete(name, "billing_tasks"),
      () => out.manager.streams.delete(name)
    ]
    const work = Effect.gen(function* () {
      const [tasks, users] = [yield* Tasks, yield* Users]
      const { awaitApplied } = yield* Consumers
      const hired = yield* users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
      yield* awaitApplied("tasks", hired.number)
      for (let times = 0; times < 30; times++) {
        const made = yield* tasks.create(Actor.system, [{ title: `Mend ${times}` }, { title: `Paint ${times}` }])
        // Some are waited for, others come on their own.
        if (times % 5 === 0) yield* awaitApplied("billing", made.number)
      }
      const last = yield* tasks.create(Actor.system, [{ title: "Lock up" }])
      yield* awaitApplied("billing", last.number)
      const { difference, transfers } = yield* (yield* Books).verify(Actor.system)
      return { difference, transfers }
    })
    const all = Effect.forEach(["a", "b", "c"], (id) => Effect.provide(work, companyOf(id, nats)), {
      concurrency: "unbounded"
    })
    const losing = Effect.forEach(lose, (one) =>
      Effect.andThen(Effect.sleep("100 millis"), Effect.ignore(Effect.tryPromise<unknown>(one)))
    )
    const [books] = yield* Effect.all([all, losing], { concurrency: "unbounded" })
    expect(books).toEqual(Array.from({ length: 3 }, () => ({ difference: null, transfers: 61 })))
  }).pipe(Effect.scoped, Effect.runPromise))
