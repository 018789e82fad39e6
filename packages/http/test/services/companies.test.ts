/** One service for many companies: each is its own, and one question is about all of them. */
import { assert, it } from "@effect/vitest"
import { Actor, Companies, Directory, EventLog, Notifier, PollInterval, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Offers } from "../../src/server/services/Offers.ts"
import { heads } from "../../src/services/heads.ts"
import * as Remote from "../../src/services/Remote.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { peerAt, serve, sha256 } from "../support/services.ts"

const host = Layer.suspend(() => {
  const attachment = Memory.attach(Memory.shelf())
  return Companies.layer({
    databases: { main: Memory.layerHomeOver(attachment) },
    defaultDatabase: "main",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provide([
      Memory.layerDirectoryOver(attachment),
      Memory.layerSecrets(Redacted.make("of tests")),
      Memory.layerDigest
    ]),
    Layer.provide(Layer.succeed(PollInterval, null))
  )
})

const ids = Array.from({ length: 300 }, (_, index) => `c${index}`)

it.live("a service answers for each of its companies, and of all where their streams end", () =>
  Effect.gen(function* () {
    const companies = Context.get(yield* Layer.build(host), Companies)
    yield* companies.open(ids.map((id) => ({ id })))
    const hire = (company: string, id: string) =>
      Effect.scoped(
        Effect.flatMap(companies.get(company), (services) =>
          Context.get(services, Users).create(Actor.system, [{ id, name: id, roles: ["worker"] }])
        )
      )
    const offers = Offers.companies(["users"], (services) => ({
      log: { service: Context.get(services, EventLog), sources: ["users"] },
      directory: Context.get(services, Directory)
    })).pipe(Layer.provide(Layer.succeed(Companies, companies)))
    const peer = yield* peerAt(yield* serve(offers))
    yield* hire("c3", "olga")

    const end = (company: string, number: number) => ({ company, source: "users" as const, number })
    const waiting = yield* Effect.forkChild(
      heads(
        peer,
        ids.map((id) => end(id, id === "c3" ? 1 : 0)),
        { wait: "20 seconds" }
      )
    )
    yield* Effect.sleep("50 millis")
    yield* hire("c200", "will")
    assert.deepStrictEqual(yield* Fiber.join(waiting), { heads: [end("c200", 1)], unknown: [] })
    assert.deepStrictEqual((yield* heads(peer, [end("nobody", 0)])).unknown, [{ company: "nobody", source: "users" }])

    const who = (company: string, id: string) =>
      Effect.map(Remote.directory(peer, company).lookup([id]), ({ length }) => length)
    assert.deepStrictEqual(
      [yield* who("c3", "olga"), yield* who("c3", "will"), yield* who("c200", "will"), yield* who("c7", "olga")],
      [1, 0, 1, 0]
    )
    assert.strictEqual(yield* RemoteEventLog.make(peer, "c200", sha256).last("users"), 1)

    // One that rests is away, which passes; one that is nobody's is not there.
    yield* companies.rest(["c3"])
    assert.deepInclude(yield* Effect.flip(who("c3", "olga")), { reason: "Unavailable", retryable: true })
    assert.deepInclude(yield* Effect.flip(who("nobody", "olga")), { reason: "Unavailable", retryable: false })
  })
)
