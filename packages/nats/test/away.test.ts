/**
 * A NATS that is away for long, and comes back as another: full, with a stream that somebody else has made, or without
 * its consumers. Companies go on meanwhile, and nobody has to help them afterwards.
 */
import { Actor, Books, Company, Consumers, Ids, Notifier, PollInterval, Popug, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import { Nats } from "@popug/nats"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { natsServer } from "../../../scripts/nats.mjs"
import { launch, type Server } from "./server/Server.ts"
import { connection, options, outsider } from "./support.ts"

/** How many tasks are created meanwhile: 26,000 were tried, with the same end. */
const many = 1_000

const node = (disk: ReturnType<typeof Memory.disk>, nats: Layer.Layer<Nats.PopugNats>) =>
  Popug.layer.pipe(
    Layer.provideMerge(Nats.layerCompany().pipe(Layer.provideMerge(Layer.fresh(Memory.layerOn(disk))))),
    Layer.provide([nats, Ids.layer, Notifier.layerLog]),
    Layer.provideMerge(Company.layer({ id: "acme", secret: "s" })),
    Layer.provide(Layer.succeed(PollInterval, Duration.millis(500)))
  )

/** Creates tasks, a thousand at once. */
const create = (count: number, name: string) =>
  Effect.flatMap(Tasks, (tasks) =>
    Effect.forEach(
      Array.from({ length: count / 500 }, (_, batch) => batch),
      (batch) =>
        tasks.create(
          Actor.system,
          Array.from({ length: 500 }, (_, index) => ({ title: `${name} ${batch}.${index}` }))
        ),
      { discard: true }
    )
  )

type Out = Effect.Success<ReturnType<typeof outsider>>

/** How it comes back. */
const returns: Record<string, (out: Out, stream: string, prefix: string) => Promise<unknown>> = {
  "with a stream of somebody else's that is full, and refuses more": async ({ manager }, name, prefix) =>
    manager.streams.add({
      name,
      subjects: [`${prefix}.*.*`],
      storage: "memory" as never,
      discard: "new" as never,
      max_msgs: 100,
      duplicate_window: 2_000_000_000
    }),
  "with a stream that takes other subjects": async ({ manager }, name, prefix) =>
    manager.streams.add({ name, subjects: [`${prefix}.nobody.*`], storage: "memory" as never }),
  "with messages of somebody else's on its subjects": async ({ manager, nc }, name, prefix) => {
    await manager.streams.add({ name, subjects: [`${prefix}.*.*`], storage: "memory" as never })
    for (let count = 0; count < 500; count++) nc.publish(`${prefix}.acme.tasks`, `{"id":"${count}"}`)
    await nc.flush()
  },
  "with nothing": async () => undefined
}

describe.skipIf(natsServer === undefined)("a NATS that was away for long", () => {
  let server: Server
  beforeAll(async () => void (server = await launch()))
  afterAll(async () => void (await server?.stop()))

  it.each(Object.entries(returns))("comes back %s: all is booked", { timeout: 240_000 }, (_, back) =>
    Effect.gen(function* () {
      const given = options({ servers: server.url })
      const disk = Memory.disk()
      const [one, two] = [
        Layer.succeedContext(yield* Layer.build(connection(given))),
        Layer.succeedContext(yield* Layer.build(connection(given)))
      ]
      const second = yield* Layer.build(node(disk, two))
      yield* Effect.gen(function* () {
        yield* (yield* Users).create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
        yield* create(500, "before")
        yield* (yield* Consumers).settle
        yield* Effect.promise(() => server.kill())
        // Two processes send on what both have committed.
        yield* Effect.all([create(many / 2, "one"), Effect.provideContext(create(many / 2, "two"), second)], {
          concurrency: 2
        })
        yield* Effect.promise(() => server.start({ empty: true }))
        const out = yield* outsider(given.servers)
        yield* Effect.promise(() => back(out, given.stream!.name!, given.prefix!))
        yield* create(500, "after")
        const { awaitApplied, settle } = yield* Consumers
        const last = yield* (yield* Tasks).create(Actor.system, [{ title: "last" }])
        yield* awaitApplied("billing", last.number)
        yield* settle
        const { difference, transfers } = yield* (yield* Books).verify(Actor.system)
        expect({ difference, transfers }).toEqual({ difference: null, transfers: many + 1_001 })
      }).pipe(Effect.provide(node(disk, one)))
    }).pipe(Effect.scoped, Effect.runPromise)
  )
})
