/** Who looks into the log, and how often, where the bus does so for its subscribers. */
import { assert, it } from "@effect/vitest"
import {
  Actor,
  BillingStore,
  Books,
  Company,
  Consumers,
  CursorStore,
  type Delivery,
  type Envelope,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Reports,
  ReportStore,
  retryConsumer,
  startConsumer,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { emptyChanges } from "../../src/billing/BillingStore.ts"
import { staff, toDay } from "./support.ts"

/** A company whose bus looks into the log, and brings what the test has it bring: nothing by itself. */
const world = (options: Partial<Parameters<typeof Company.layer>[0]> = {}) => {
  const asked = { reads: 0, due: 0 }
  const waiting = new Map<Deferred.Deferred<ReadonlyArray<Delivery>>, Envelope.Source>()
  /** To all who follow the source, or to all. */
  const deliver = (deliveries: ReadonlyArray<Delivery>, of?: Envelope.Source) =>
    Effect.forEach(
      [...waiting].filter(([, source]) => of === undefined || source === of),
      ([one]) => Deferred.succeed(one, deliveries),
      { discard: true }
    )
  const bus = EventBus.make({
    looks: true,
    publish: () => Effect.void,
    subscribe: (_, source) =>
      Effect.succeed({
        take: Effect.suspend(() => {
          const one = Deferred.makeUnsafe<ReadonlyArray<Delivery>>()
          waiting.set(one, source)
          return Effect.ensuring(
            Deferred.await(one),
            Effect.sync(() => waiting.delete(one))
          )
        })
      })
  })
  const ports = Layer.mergeAll(
    Layer.succeed(EventBus, bus),
    Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        read: (...asking: Parameters<typeof log.read>) =>
          Effect.suspend(() => {
            asked.reads += 1
            return log.read(...asking)
          })
      }))
    ),
    Layer.effect(
      ReportStore,
      Effect.map(ReportStore, (store) => ({
        ...store,
        due: (limit: number) =>
          Effect.suspend(() => {
            asked.due += 1
            return store.due(limit)
          })
      }))
    )
  ).pipe(Layer.provideMerge(Memory.layer))
  const layer = Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests", ...options })),
    Layer.provide([Ids.layer, Notifier.layerLog, Layer.succeed(PollInterval, Duration.seconds(1))]),
    Layer.provide(Layer.effectDiscard(toDay(0)))
  )
  return { asked, deliver, layer }
}

it.effect(
  "nobody but the bus looks into the log while nothing happens, and notices are asked for once a minute",
  () => {
    const { asked, layer } = world()
    return Effect.gen(function* () {
      yield* staff
      yield* TestClock.adjust("1 minute")
      const before = { ...asked }
      for (let minutes = 0; minutes < 60; minutes++) yield* TestClock.adjust("1 minute")
      assert.strictEqual(asked.reads - before.reads, 0)
      assert.strictEqual(asked.due - before.due, 60)
    }).pipe(Effect.provide(layer))
  }
)

it.effect("a consumer looks when its bus tells it of nothing in particular", () => {
  const { asked, deliver, layer } = world()
  return Effect.gen(function* () {
    yield* staff
    yield* (yield* Users).create(Actor.system, [{ id: "zoe", name: "Zoe", roles: ["worker"] }])
    yield* TestClock.adjust("1 minute")
    const { reads } = asked
    yield* deliver([])
    yield* TestClock.adjust("1 milli")
    assert.isAbove(asked.reads, reads)
    const behind = (yield* (yield* Consumers).status).map((status) => status.behind)
    assert.deepStrictEqual(behind, [0, 0, 0, 0])
  }).pipe(Effect.provide(layer))
})

it.effect(
  "a consumer applies what its bus brings in order without a look into the log, and looks for what is missing",
  () => {
    const { asked, deliver, layer } = world()
    return Effect.gen(function* () {
      const [log, users] = [yield* EventLog, yield* Users]
      const join = (id: string) => users.create(Actor.system, [{ id, name: id, roles: ["worker"] }])
      yield* staff
      yield* TestClock.adjust("1 minute")
      const zoe = yield* join("zoe")
      const bring = Effect.fnUntraced(function* (number: number) {
        const events = yield* log.read("users", number - 1, 1)
        const before = asked.reads
        yield* deliver(
          events.map((event) => ({ event, acknowledge: Effect.void })),
          "users"
        )
        yield* TestClock.adjust("1 milli")
        const { number: reached } = (yield* (yield* Consumers).status).find(({ consumer }) => consumer === "tasks")!
        return { reads: asked.reads - before, reached }
      })
      assert.deepStrictEqual(yield* bring(zoe.number), { reads: 0, reached: zoe.number })
      yield* join("yan")
      yield* join("xim")
      const { reached, reads } = yield* bring(zoe.number + 2)
      assert.strictEqual(reached, zoe.number + 2)
      assert.isAbove(reads, 0)
    }).pipe(Effect.provide(layer))
  }
)

it.effect("whoever waits for a number hears of it though the bus brought it to another process", () => {
  const { layer } = world()
  return Effect.gen(function* () {
    yield* staff
    const { number } = yield* (yield* Users).create(Actor.system, [{ id: "zoe", name: "Zoe", roles: ["worker"] }])
    const ahead = yield* Effect.forkChild((yield* Consumers).awaitApplied("tasks", number + 1))
    yield* TestClock.adjust("1 minute")
    yield* (yield* Users).create(Actor.system, [{ id: "yan", name: "Yan", roles: ["worker"] }])
    yield* TestClock.adjust("1 second")
    assert.isDefined(ahead.pollUnsafe())
    yield* Fiber.join(ahead)
  }).pipe(Effect.provide(layer))
})

it.effect("a stopped stream goes on though another process let it", () => {
  const { layer } = world()
  return Effect.gen(function* () {
    let refuses = true
    const heard: Array<string> = []
    yield* startConsumer({
      name: "mine",
      source: "users",
      apply: (events) =>
        Effect.suspend(() =>
          refuses ? Effect.fail("no") : Effect.sync(() => events.forEach((e) => heard.push(e.type)))
        )
    })
    yield* staff
    yield* TestClock.adjust("1 minute")
    assert.deepStrictEqual(
      (yield* (yield* CursorStore).list).map(({ stopped }) => stopped?.reason),
      ["Poisoned"]
    )
    refuses = false
    yield* retryConsumer("mine", "users")
    yield* TestClock.adjust("1 second")
    assert.strictEqual(heard.length, 5)
  }).pipe(Effect.scoped, Effect.provide(layer))
})

it.effect("a close that waits for a person is done though another process heard of it", () => {
  const { asked, layer } = world({ closing: "by-hand" })
  return Effect.gen(function* () {
    yield* staff
    yield* (yield* Tasks).create(Actor.system, [{ title: "Mend the roof" }])
    yield* toDay(1)
    yield* (yield* Tasks).endRegistration(Actor.system)
    yield* (yield* Consumers).settle
    yield* TestClock.adjust("1 minute")
    const books = yield* Books
    const store = yield* BillingStore
    const range = { from: "2026-11-23", to: "2026-11-23" }
    assert.lengthOf((yield* books.periods(Actor.system, range)).rows, 0)
    // What `Billing.close` commits, by a process that died right after.
    yield* store.transact((tx) =>
      tx.save({ ...emptyChanges, head: { ...tx.head, at: tx.now, approved: tx.head.awaiting } })
    )
    yield* TestClock.adjust("1 second")
    assert.lengthOf((yield* books.periods(Actor.system, range)).rows, 1)
    yield* TestClock.adjust("2 seconds")
    const { reads } = asked
    yield* TestClock.adjust("1 hour")
    assert.strictEqual(asked.reads, reads)
  }).pipe(Effect.provide(layer))
})

it.effect("notices are sent as soon as a close leaves some", () => {
  const { layer } = world()
  return Effect.gen(function* () {
    yield* staff
    yield* toDay(1)
    yield* (yield* Tasks).endRegistration(Actor.system)
    yield* (yield* Consumers).settle
    yield* TestClock.adjust("1 milli")
    const { rows } = yield* (yield* Reports).notices(Actor.system, {})
    assert.deepStrictEqual(
      rows.map(({ notice, status }) => [notice.id, status]),
      [
        ["audit.2026-11-23", "sent"],
        ["report.2026-11-23", "sent"]
      ]
    )
  }).pipe(Effect.provide(layer))
})
