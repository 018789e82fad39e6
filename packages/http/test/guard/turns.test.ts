/** What reads much for one caller takes turns with what others ask. */
import { assert, it } from "@effect/vitest"
import { Actor, BillingStore, EventLog } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { Turns } from "../../src/server/guard/Turns.ts"
import { write } from "../support/live.ts"
import * as Server from "../support/server.ts"

const many = <A, E, R>(count: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: count }), () => effect, { concurrency: "unbounded" })

/** Counts what runs at once. */
class Gauge {
  most = 0
  #running = 0
  around<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.acquireUseRelease(
      Effect.sync(() => void (this.most = Math.max(this.most, (this.#running += 1)))),
      () => effect,
      () => Effect.sync(() => void (this.#running -= 1))
    )
  }
}

it.effect("one who asks for a hundred pages has four read at once, and keeps nobody waiting", () =>
  Effect.gen(function* () {
    const turns = yield* Turns
    const gauge = new Gauge()
    const done: Array<string> = []
    const gate = yield* Deferred.make<void>()
    const page = (id: string) =>
      turns.of(Actor.user(id))(
        gauge.around(
          Effect.andThen(
            Deferred.await(gate),
            Effect.sync(() => void done.push(id))
          )
        )
      )
    const greedy = yield* Effect.forkChild(many(100, page("ann")))
    yield* Effect.yieldNow
    const others = yield* Effect.forkChild(Effect.all([page("max"), page("acc")], { concurrency: 2 }))
    yield* Effect.yieldNow
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(others)
    // Those of the first that had begun, and one in turn with each of the others.
    assert.isAtMost(done.indexOf("max"), 6)
    assert.isAtMost(done.indexOf("acc"), 7)
    yield* Fiber.join(greedy)
    assert.deepStrictEqual([done.length, gauge.most], [102, 4])
  }).pipe(Effect.provide(Turns.layer))
)

it.effect("what reads everything goes one after another, whoever asks, and does not stand in the way of pages", () =>
  Effect.gen(function* () {
    const turns = yield* Turns
    const gauge = new Gauge()
    const gate = yield* Deferred.make<void>()
    const all = yield* Effect.forkChild(many(10, turns.alone("verification")(gauge.around(Deferred.await(gate)))))
    yield* Effect.yieldNow
    assert.strictEqual(yield* turns.of(Actor.user("ann"))(Effect.succeed("a page")), "a page")
    // Whoever looks at a chart does not wait for minutes.
    assert.strictEqual(yield* turns.alone("distribution")(Effect.succeed("a chart")), "a chart")
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(all)
    assert.strictEqual(gauge.most, 1)
  }).pipe(Effect.provide(Turns.layer))
)

/** Lets sockets and other fibers go on. */
const aWhile = Effect.promise(async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
})

/** Ports whose reads take a while, and are counted while `gauges` says so. */
const slow = () => {
  const gauges: { log?: Gauge; transfers?: Gauge } = {}
  const around = <A, E>(gauge: Gauge | undefined, read: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    gauge === undefined ? read : gauge.around(Effect.andThen(aWhile, read))
  const ports = Layer.mergeAll(
    Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        // One event is a look at a position, five hundred are the hub's and more are consumers'.
        read: (source: Parameters<typeof log.read>[0], after: number, limit: number) =>
          around(limit > 1 && limit < 500 ? gauges.log : undefined, log.read(source, after, limit))
      }))
    ),
    Layer.effect(
      BillingStore,
      Effect.map(BillingStore, (store) => ({
        ...store,
        transfers: (...args: Parameters<typeof store.transfers>) => around(gauges.transfers, store.transfers(...args))
      }))
    )
  ).pipe(Layer.provideMerge(Memory.layer))
  return { gauges, ports }
}

it.effect("pages of events, feeds that catch up and exports take turns; verifications are one at a time", () => {
  const { gauges, ports } = slow()
  return Effect.gen(function* () {
    yield* write(3)
    yield* Server.toDay(1)
    yield* Server.endDay
    const most = Effect.fnUntraced(function* (
      gauge: "log" | "transfers",
      asked: Effect.Effect<Server.Answer, never, Server.TestServer>
    ) {
      const counted = new Gauge()
      gauges[gauge] = counted
      const answers = yield* many(12, asked)
      delete gauges[gauge]
      for (const { status, text } of answers) assert.strictEqual(status, 200, text)
      return counted.most
    })
    const days = "from=2026-11-23&to=2026-11-23"
    const upToFour = [1, 2, 3, 4]
    assert.oneOf(yield* most("log", Server.request("GET", "/v1/events?source=tasks", { as: "ann" })), upToFour)
    assert.oneOf(
      yield* most("log", Server.firstOfFeed("/v1/events/feed?source=tasks&after=1", { as: "ann" })),
      upToFour
    )
    const download = Server.request("GET", `/v1/billing/exports/audit-log.csv?${days}`, { as: "acc" })
    assert.oneOf(yield* most("transfers", download), upToFour)
    assert.strictEqual(yield* most("log", Server.request("GET", "/v1/billing/verification", { as: "acc" })), 1)
  }).pipe(Effect.provide(Server.layerPopug({ ports })))
})
