import { EventBus, EventLog, type UserId, UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { identity, saveUsers, users } from "./support.ts"

/** A node over a disk: its services, and how it is killed. */
const node = Effect.fnUntraced(function* (disk: Memory.Disk) {
  const connection = Memory.connect(disk)
  const services = yield* Layer.build(Memory.layerOver(connection))
  return {
    services,
    store: Context.get(services, UserStore),
    bus: Context.get(services, EventBus),
    kill: connection.cut
  }
})

const run = <A, E>(effect: Effect.Effect<A, E, never>) => Effect.runPromise(effect)

describe("a process that is killed", () => {
  it("leaves what it committed to the next, and nothing else", () =>
    Effect.gen(function* () {
      const disk = Memory.disk()
      const first = yield* node(disk)
      yield* first.store.open(identity)
      yield* saveUsers(first.store, "a")
      const started = yield* Deferred.make<void>()
      const finalized = yield* Deferred.make<void>()
      const dying = yield* Effect.forkScoped(
        first.store.transact((tx) =>
          Effect.gen(function* () {
            yield* tx.save(users(tx, "b"))
            yield* Deferred.succeed(started, undefined)
            return yield* Effect.never
          }).pipe(Effect.ensuring(Deferred.succeed(finalized, undefined)))
        )
      )
      const waiting = yield* Effect.forkScoped(saveUsers(first.store, "c"))
      yield* Deferred.await(started)
      yield* first.kill

      const second = yield* node(disk)
      yield* second.store.open(identity)
      yield* saveUsers(second.store, "d")
      const { rows } = yield* second.store.list({}, { limit: 10 })
      expect(rows.map(({ id }) => id)).toEqual(["a", "d"])
      expect(yield* Context.get(second.services, EventLog).last("users")).toBe(2)
      // Killed, not interrupted: nothing of it runs on.
      expect([dying.pollUnsafe(), waiting.pollUnsafe(), yield* Deferred.isDone(finalized)]).toEqual([
        undefined,
        undefined,
        false
      ])
    }).pipe(Effect.scoped, run))

  it("commits nothing when its body ends after it", () =>
    Effect.gen(function* () {
      const disk = Memory.disk()
      const first = yield* node(disk)
      yield* first.store.open(identity)
      const started = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkScoped(
        first.store.transact((tx) =>
          tx
            .save(users(tx, "a"))
            .pipe(Effect.andThen(Deferred.succeed(started, undefined)), Effect.andThen(Deferred.await(goOn)))
        )
      )
      yield* Deferred.await(started)
      yield* first.kill
      const second = yield* node(disk)
      yield* second.store.open(identity)
      yield* saveUsers(second.store, "b")
      yield* Deferred.succeed(goOn, undefined)
      yield* Effect.sleep("5 millis")
      expect(fiber.pollUnsafe()).toBe(undefined)
      expect((yield* second.store.list({}, { limit: 10 })).rows.map(({ id }) => id)).toEqual(["b"])
    }).pipe(Effect.scoped, run))

  it("gets no answer any more", () =>
    Effect.gen(function* () {
      const first = yield* node(Memory.disk())
      yield* first.store.open(identity)
      yield* first.kill
      const calls: ReadonlyArray<Effect.Effect<unknown, unknown, Scope.Scope>> = [
        first.store.get([]),
        first.store.open(identity),
        first.store.transact(() => Effect.void),
        first.bus.publish([]),
        Effect.asVoid(first.bus.subscribe("one", "users"))
      ]
      const answers = yield* Effect.forEach(calls, (call) => Effect.timeoutOption(call, "5 millis"), {
        concurrency: "unbounded"
      })
      expect(answers.map((answer) => answer._tag)).toEqual(calls.map(() => "None"))
    }).pipe(Effect.scoped, run))

  it("leaves its deliveries to the next subscriber", () =>
    Effect.gen(function* () {
      const disk = Memory.disk()
      const first = yield* node(disk)
      yield* first.store.open(identity)
      const { events } = yield* saveUsers(first.store, "a", "b", "c")
      yield* first.bus.publish(events)
      const [one, ...others] = yield* (yield* first.bus.subscribe("name", "users")).take
      yield* one!.acknowledge
      expect(others.length).toBe(2)

      const second = yield* node(disk)
      const subscription = yield* second.bus.subscribe("name", "users")
      const taken = yield* Effect.forkScoped(subscription.take)
      yield* Effect.yieldNow
      expect(taken.pollUnsafe()).toBe(undefined)
      yield* first.kill
      expect((yield* Fiber.join(taken)).map(({ event }) => event.number)).toEqual([2, 3])
    }).pipe(Effect.scoped, run))
})

describe("Memory.layer", () => {
  it("is a company of its own each time it is built", () => {
    const add = Effect.gen(function* () {
      const store = yield* UserStore
      yield* store.open(identity)
      yield* saveUsers(store, "a")
      return (yield* store.list({}, { limit: 10 })).rows.length
    }).pipe(Effect.provide(Memory.layer))
    return run(
      Effect.gen(function* () {
        expect([yield* add, yield* add]).toEqual([1, 1])
      })
    )
  })

  it("keeps the rows of a disk for the next layer", () =>
    run(
      Effect.gen(function* () {
        const disk = Memory.disk()
        yield* Effect.flatMap(UserStore, (store) => Effect.andThen(store.open(identity), saveUsers(store, "a"))).pipe(
          Effect.provide(Memory.layerOn(disk))
        )
        const found = yield* Effect.flatMap(UserStore, (store) => store.get(["a" as UserId])).pipe(
          Effect.provide(Memory.layerOn(disk))
        )
        expect(found.length).toBe(1)
      })
    ))

  it("lets twenty thousand wait for the head", () =>
    Effect.gen(function* () {
      const store = yield* UserStore
      yield* store.open(identity)
      let count = 0
      const first = yield* Deferred.make<void>()
      yield* Effect.forEach(
        Array.from({ length: 20_000 }, (_, index) => index),
        (index) => store.transact(() => (index === 0 ? Deferred.await(first) : Effect.sync(() => void (count += 1)))),
        { concurrency: "unbounded", discard: true }
      ).pipe(Effect.forkChild)
      yield* Effect.yieldNow
      yield* Deferred.succeed(first, undefined)
      yield* store.transact(() => Effect.void)
      expect(count).toBe(19_999)
    }).pipe(Effect.provide(Memory.layer), run))
})
