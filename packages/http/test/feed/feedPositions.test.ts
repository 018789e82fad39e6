/** Followers of a log that was restored from a backup; streams and their tokens; how many streams there may be. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, EventLog, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { clients, live, tick, ticking, tokenOf } from "../support/connect.ts"
import { call, layer, listen, write } from "../support/live.ts"
import * as Server from "../support/server.ts"

/** Ports whose logs are cut, and go on from there with other events: what a restore does underneath. */
const restorable = () => {
  const cut = { at: null as number | null, other: [] as ReadonlyArray<number> }
  const ports = Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => ({
      read: (...[source, after, limit]: Parameters<typeof log.read>) =>
        Effect.map(log.read(source, after, limit), (events) =>
          source !== "tasks" || cut.at === null
            ? events
            : events
                .filter(({ number }) => number <= cut.at! + cut.other.length)
                .map((event) => (event.number <= cut.at! ? event : { ...event, actor: "user:other" }))
        ),
      last: (source: Parameters<typeof log.last>[0]) =>
        Effect.map(log.last(source), (last) =>
          source !== "tasks" || cut.at === null ? last : Math.min(last, cut.at + cut.other.length)
        )
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return { cut, ports }
}

it.effect("a position that the log does not hold is a 410 that says where the log ends, and a new one is none", () => {
  const { cut, ports } = restorable()
  return Effect.gen(function* () {
    yield* write(6)
    const stream = yield* listen("ann", "source=tasks&after=0")
    const ids = (yield* stream.take(12)).map(({ id }) => id)
    assert.match(ids[11]!, /^12\.[0-9a-f]{12}$/u)
    cut.at = 3
    const beyond = { type: "urn:popug:problem:position-beyond-log", source: "tasks", number: 12, last: 3 }
    for (const [query, headers] of [
      ["", { "last-event-id": ids[11]! }],
      ["", { "last-event-id": "12" }],
      [`&after=${ids[11]}`, {}],
      ["&after=12", {}]
    ] as const) {
      const refused = yield* call("ann", `/v1/events/feed?source=tasks${query}`, { headers })
      assert.strictEqual(refused.status, 410)
      assert.deepInclude(refused.body, beyond)
    }
    const again = yield* listen("ann", "source=tasks", { "last-event-id": ids[1]! })
    assert.strictEqual((yield* again.event)!.id, ids[2])
    // The log goes on past the position, with other events: only the digest tells.
    cut.other = [4, 5, 6, 7, 8, 9, 10, 11, 12]
    const rewritten = yield* call("ann", "/v1/events/feed?source=tasks", { headers: { "last-event-id": ids[11]! } })
    assert.strictEqual(rewritten.status, 410)
    assert.deepInclude(rewritten.body, { ...beyond, last: 12 })
    assert.strictEqual((yield* listen("ann", "source=tasks&after=12")).status, 200)
  }).pipe(Effect.scoped, Effect.provide(layer({ ports })))
})

it.effect("a page of events goes on from its cursor only in the log that it was of", () => {
  const { cut, ports } = restorable()
  return Effect.gen(function* () {
    yield* write(6)
    const { body } = yield* call("ann", "/v1/events?source=tasks&limit=10")
    const next = `/v1/events?source=tasks&limit=10&cursor=${body.nextCursor}`
    assert.strictEqual((yield* call("ann", next)).body.data.length, 2)
    cut.at = 3
    assert.strictEqual((yield* call("ann", next)).status, 410)
    cut.other = [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert.strictEqual((yield* call("ann", next)).status, 410)
  }).pipe(Effect.scoped, Effect.provide(layer({ ports })))
})

it.effect("an open stream ends when the log is restored underneath it, shorter or rewritten", () =>
  Effect.gen(function* () {
    for (const other of [[], Array.from({ length: 9 }, (_, index) => index)]) {
      const { cut, ports } = restorable()
      yield* Effect.gen(function* () {
        yield* write(5)
        const stream = yield* listen("ann", "source=tasks&after=0")
        yield* stream.take(10)
        cut.at = 3
        cut.other = other
        yield* write(1)
        assert.deepStrictEqual(yield* stream.take(1), [])
        const fresh = yield* listen("ann", "source=tasks")
        assert.strictEqual(Number.parseInt((yield* fresh.next)!.id, 10), 3 + other.length)
      }).pipe(Effect.scoped, Effect.provide(layer({ ports }), { local: true }))
    }
  })
)

describe.each(clients)("the client %s", (_, connect) => {
  const restored = restorable()

  it.effect("fails with the problem, and does not try for ever", () =>
    Effect.gen(function* () {
      const client = yield* connect("ann")
      const tasks = yield* Tasks
      yield* tasks.create(Actor.system, [{ title: "one" }, { title: "two" }])
      const positions: Array<string> = []
      const listening = yield* client.follow({ source: "tasks", after: 0 }).pipe(
        Stream.runForEach(({ position }) => Effect.sync(() => void positions.push(position))),
        Effect.flip,
        Effect.forkChild
      )
      yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => positions.length === 4, times: 300 })
      restored.cut.at = 1
      const poll = yield* ticking
      const error = yield* Fiber.join(listening)
      assert.deepInclude(error, { _tag: "PositionBeyondLog", number: 4, last: 1 })
      const later = yield* client.follow({ source: "tasks", after: positions[3]! }).pipe(Stream.runDrain, Effect.flip)
      assert.strictEqual(later._tag, "PositionBeyondLog")
      yield* Fiber.interrupt(poll)
    }).pipe(live, Effect.scoped, Effect.provide(Server.layerPopug({ ports: restored.ports })))
  )

  it.effect("goes on with another token when one ends its stream, without loss", () =>
    Effect.gen(function* () {
      let asked = 0
      const token = Effect.suspend(() => {
        asked += 1
        return tokenOf("ann", { expiresIn: 20 })
      })
      const provide = yield* Effect.context<Effect.Services<typeof token>>()
      const client = yield* connect("ann", { token: Effect.provideContext(token, provide) })
      const tasks = yield* Tasks
      const seen: Array<number> = []
      const listening = yield* client.follow({ source: "tasks", after: 0 }).pipe(
        Stream.map(({ number }) => void seen.push(number)),
        Stream.takeUntil(() => seen.length === 8),
        Stream.runDrain,
        Effect.forkChild
      )
      for (let round = 1; round <= 4; round++) {
        yield* tasks.create(Actor.system, [{ title: "again" }])
        // The server looks for what was written while a stream was open; the token holds on.
        const look = Effect.andThen(tick("250 millis"), Effect.sleep("10 millis"))
        yield* Effect.repeat(look, { until: () => seen.length >= round * 2, times: 60 })
        const before = asked
        // Five seconds are for clocks that differ.
        yield* tick("26 seconds")
        if (round < 4) yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => asked > before, times: 300 })
        assert.isTrue(round === 4 || asked > before, "the token was asked for again")
      }
      yield* Fiber.join(listening)
      assert.deepStrictEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8])
    }).pipe(live, Effect.scoped, Effect.provide(Server.layerPopug()))
  )
})

it.effect("one user has so many streams and no more, and whoever ends one has a place again", () =>
  Effect.gen(function* () {
    const streams = [yield* listen("olga", "source=tasks"), yield* listen("olga", "source=users")]
    const refused = yield* call("olga", "/v1/events/feed?source=tasks")
    assert.deepStrictEqual([refused.status, refused.body.type], [429, "urn:popug:problem:too-many-requests"])
    assert.strictEqual(refused.headers["retry-after"], "15")
    const ann = yield* listen("ann", "source=tasks")
    assert.strictEqual(ann.status, 200)
    // Three are open, of three: the server has no place for a fourth, whosever.
    assert.strictEqual((yield* call("max", "/v1/events/feed?source=tasks")).status, 503)
    assert.strictEqual((yield* call("max", "/v1/tasks")).status, 200)
    yield* streams[0]!.close
    const next = Effect.repeat(listen("olga", "source=tasks"), { until: ({ status }) => status === 200, times: 100 })
    assert.strictEqual((yield* next).status, 200)
  }).pipe(Effect.scoped, Effect.provide(layer({ feed: { perUser: 2, total: 3 } })))
)

it.effect("one address has so many streams and no more", () =>
  Effect.gen(function* () {
    yield* listen("olga", "source=tasks")
    yield* listen("will", "source=tasks")
    assert.strictEqual((yield* call("ann", "/v1/events/feed?source=tasks")).status, 429)
  }).pipe(Effect.scoped, Effect.provide(layer({ feed: { perAddress: 2 } })))
)

it.effect("who may see nothing of a long log costs a bounded look, and is told where to go on", () => {
  const limits: Array<number> = []
  const ports = Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => ({
      ...log,
      read: (...[source, after, limit]: Parameters<typeof log.read>) =>
        Effect.map(log.read(source, after, limit), (events) => {
          if (source === "tasks" && limit < 10_000) limits.push(events.length)
          return events
        })
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return Effect.gen(function* () {
    yield* (yield* Users).create(Actor.system, [{ id: "zed", name: "Zed", roles: ["worker"] }])
    yield* (yield* Users).update(Actor.system, { id: "zed", roles: ["manager"] })
    yield* write(2_000)
    yield* (yield* Users).update(Actor.system, { id: "zed", roles: ["accountant"] })
    limits.length = 0
    const { body } = yield* call("zed", "/v1/events?source=tasks")
    assert.deepInclude(body, { data: [], hasMore: true })
    assert.isBelow(
      limits.reduce((sum, count) => sum + count, 0),
      1_100
    )
    let pages = 1
    for (let cursor: string | null = body.nextCursor; cursor !== null; pages++) {
      const { body: page } = yield* call("zed", `/v1/events?source=tasks&cursor=${cursor}`)
      cursor = page.nextCursor
    }
    assert.strictEqual(pages, 4)
  }).pipe(Effect.scoped, Effect.provide(layer({ ports })))
})
