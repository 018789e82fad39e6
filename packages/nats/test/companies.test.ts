import { Actor, Companies, CompanyHome, Consumers, EventBus, Notifier, PollInterval, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import { Nats } from "@popug/nats"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import { expect, it } from "vitest"
import { connection, options } from "./support.ts"

/** A home whose store tells nobody of events. */
const silent = (home: CompanyHome["Service"]) =>
  CompanyHome.of({ ...home, work: { ...home.work, words: Queue.unbounded<string>() } })

it("tells which companies of a database have work, and carries their events", () =>
  Effect.gen(function* () {
    const attachment = Memory.attach(Memory.shelf())
    const stored = Layer.effect(CompanyHome, Effect.map(CompanyHome, silent)).pipe(
      Layer.provide(Memory.layerHomeOver(attachment))
    )
    const homes = Nats.layerHome().pipe(Layer.provide([stored, connection(options())]))
    const home = Layer.succeedContext(yield* Layer.build(homes))
    const host = Companies.layer({
      databases: { main: home },
      defaultDatabase: "main",
      notifier: () => Notifier.layerLog
    }).pipe(
      Layer.provide([
        Memory.layerDirectoryOver(attachment),
        Memory.layerSecrets(Redacted.make("the key of this host")),
        Memory.layerDigest
      ]),
      // What comes in the time of a test comes by NATS.
      Layer.provide(Layer.succeed(PollInterval, Duration.hours(1)))
    )
    yield* Effect.gen(function* () {
      const { work } = yield* Effect.provide(CompanyHome, home)
      const words = yield* work.words
      const companies = yield* Companies
      yield* companies.open([{ id: "acme" }, { id: "other" }])
      const services = yield* companies.get("acme")
      const followed = Effect.gen(function* () {
        expect((yield* EventBus).looks).toBe(false)
        const { number } = yield* (yield* Users).create(Actor.system, [{ name: "Olga", roles: ["worker"] }])
        const { status } = yield* Consumers
        // Nobody asks the consumer to look: it applies what is brought.
        for (;;) {
          const found = (yield* status).find(({ consumer }) => consumer === "tasks")
          if (found?.number === number) break
          yield* Effect.sleep("5 millis")
        }
      })
      yield* Effect.provideContext(followed, services)
      expect(yield* Queue.take(words)).toBe("acme")
    }).pipe(Effect.provide(host))
  }).pipe(Effect.scoped, Effect.runPromise))
