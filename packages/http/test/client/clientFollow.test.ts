/** The feed of events by the typed client: none is lost, none comes twice. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { clients, live, tick, ticking } from "../support/connect.ts"
import * as Flaky from "../support/flaky.ts"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()

const write = (titles: ReadonlyArray<string>) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      Actor.system,
      titles.map((title) => ({ title }))
    )
  )

describe.each(clients)("the client %s", (_, connect) => {
  it.effect(
    "loses and repeats nothing, however often its connection ends",
    () =>
      Effect.gen(function* () {
        const { url } = yield* Server.TestServer
        let asked = 0
        const faults: ReadonlyArray<Flaky.Fault> = ["before", 503, "pass", "pass", 500, "pass"]
        const line = yield* Flaky.make(url, () => faults[asked++ % faults.length]!)
        const client = yield* connect("ann", { baseUrl: line.url, retries: 0 })
        const seen: Array<number> = []
        const listening = yield* client.follow({ source: "tasks", after: 0 }).pipe(
          Stream.map(({ number }) => void seen.push(number)),
          Stream.takeUntil(() => seen.length === 80),
          Stream.runDrain,
          Effect.forkChild
        )
        for (let round = 0; round < 10; round++) {
          yield* write(["one", "two", "three", "four"])
          yield* tick("250 millis")
          yield* Effect.sleep("40 millis")
          // Who has seen all of them by then has no stream any more.
          if (round < 9) yield* line.cut
        }
        const poll = yield* ticking
        yield* Fiber.join(listening)
        yield* Fiber.interrupt(poll)
        assert.deepStrictEqual(
          seen,
          Array.from({ length: 80 }, (_, index) => index + 1)
        )
        assert.isAbove(line.met.filter((fault) => fault === "pass").length, 5)
      }).pipe(live, Effect.scoped, Effect.provide(server)),
    60_000
  )

  it.effect("makes another connection when one says nothing any more", () =>
    Effect.gen(function* () {
      const client = yield* connect("ann")
      const { url } = yield* Server.TestServer
      const line = yield* Flaky.make(url, () => "pass")
      const quiet = yield* connect("ann", { baseUrl: line.url })
      yield* Effect.forkChild(Stream.runDrain(quiet.follow({ source: "users", silence: "100 millis" })))
      yield* Effect.repeat(Effect.sleep("20 millis"), { until: () => line.met.length >= 3, times: 300 })
      assert.isAtLeast(line.met.length, 3)
      assert.deepStrictEqual(yield* client.system.live(), { status: "ok" })
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )

  it.effect("ends with the problem when the user is out", () =>
    Effect.gen(function* () {
      const client = yield* connect("olga")
      const listening = yield* client
        .follow({ source: "users", after: 0 })
        .pipe(Stream.runDrain, Effect.flip, Effect.forkChild)
      yield* Effect.sleep("100 millis")
      yield* (yield* Users).update(Actor.system, { id: "olga", status: "deactivated" })
      const poll = yield* ticking
      assert.strictEqual((yield* Fiber.join(listening))._tag, "DeactivatedActor")
      yield* Fiber.interrupt(poll)
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )
})
