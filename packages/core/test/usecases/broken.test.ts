/** What must go on for good goes on though a port breaks in ways that nobody foresaw. */
import { assert, it } from "@effect/vitest"
import {
  Actor,
  Company,
  Consumers,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Reports,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { toDay } from "./support.ts"

const unforeseen = () => Effect.die(new Error("unforeseen"))

/** A company that polls every ten minutes, over ports that break while they are told to; and what its log says. */
const world = () => {
  const state = { noLog: false, noBus: false, mute: false, sent: [] as Array<string>, said: [] as Array<string> }
  const unless = <A, E, R>(broken: "noLog" | "noBus", effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => (state[broken] ? unforeseen() : effect))
  const ports = Layer.mergeAll(
    Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        read: (...asked: Parameters<typeof log.read>) => unless("noLog", log.read(...asked))
      }))
    ),
    Layer.effect(
      EventBus,
      Effect.map(EventBus, (bus) => ({
        ...bus,
        subscribe: (...asked: Parameters<typeof bus.subscribe>) =>
          Effect.map(bus.subscribe(...asked), (subscription) => ({
            ...subscription,
            take: unless("noBus", subscription.take)
          }))
      }))
    )
  ).pipe(Layer.provideMerge(Memory.layer))
  const notifier = Layer.succeed(Notifier, {
    send: (notices) =>
      Effect.sync(() => {
        if (state.mute) throw new Error("unforeseen")
        state.sent.push(...notices.map(({ id }) => id))
        return notices.map(() => null)
      })
  })
  const log = Logger.layer([Logger.make(({ message }) => void state.said.push(String([message].flat()[0])))])
  const layer = Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests" })),
    Layer.provide([Ids.layer, notifier, Layer.succeed(PollInterval, Duration.minutes(10)), log]),
    Layer.provide(Layer.effectDiscard(toDay(0)))
  )
  return { state, layer }
}

const endDay = Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(Actor.system))

it.effect("notices are sent though the notifier threw", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    state.mute = true
    yield* toDay(1)
    yield* endDay
    yield* (yield* Consumers).settle
    yield* TestClock.adjust("1 hour")
    assert.deepStrictEqual(state.sent, [])
    const kept = (yield* (yield* Reports).notices(Actor.system, { failed: true })).rows
    assert.deepStrictEqual(
      kept.map(({ lastError }) => lastError),
      ["the notifier threw: Error: unforeseen", "the notifier threw: Error: unforeseen"]
    )
    state.mute = false
    yield* TestClock.adjust("2 hours")
    assert.deepStrictEqual(state.sent, ["audit.2026-11-23", "report.2026-11-23"])
    const said = state.said.filter((line) => line.includes("the notifier threw"))
    assert.deepStrictEqual(
      said.map((line) => line.replace(/\d+/u, "N")),
      ["the notifier threw; it is tried again until it works", "it works again after N failures: the notifier threw"]
    )
  }).pipe(Effect.provide(layer))
})

it.effect("a consumer goes on when the log works again, and its status has what kept it", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    const [consumers, users] = [yield* Consumers, yield* Users]
    const join = (id: string) => users.create(Actor.system, [{ id, name: id, roles: ["worker"] }])
    const tasks = Effect.map(consumers.status, (all) => all.find(({ consumer }) => consumer === "tasks")!)
    state.noLog = true
    state.noBus = true
    // What the bus was asked for already still comes: the first.
    for (const id of ["ann", "olga", "will"]) yield* Effect.andThen(join(id), TestClock.adjust("1 second"))
    yield* TestClock.adjust("30 minutes")
    const kept = yield* tasks
    assert.isAbove(kept.behind, 0)
    assert.match(kept.failing!.message, /unforeseen/u)
    assert.isAbove(kept.failing!.attempts, 100)
    state.noLog = false
    yield* TestClock.adjust("6 seconds")
    const { behind, failing, number } = yield* tasks
    assert.deepStrictEqual({ behind, failing, number }, { behind: 0, failing: null, number: 3 })
    const said = state.said.filter((line) => line.includes("consumer tasks could not go on"))
    assert.deepStrictEqual(said.length, 2)
  }).pipe(Effect.provide(layer))
})

it.effect("a consumer reads the log while its bus breaks, and says so once", () => {
  const { layer, state } = world()
  return Effect.gen(function* () {
    const [consumers, users] = [yield* Consumers, yield* Users]
    const join = (id: string) => users.create(Actor.system, [{ id, name: id, roles: ["worker"] }])
    state.noBus = true
    // What the bus was asked for already still comes: the first.
    for (const [index, id] of ["ann", "olga", "will"].entries()) {
      yield* join(id)
      yield* TestClock.adjust("5 seconds")
      const tasks = (yield* consumers.status).find(({ consumer }) => consumer === "tasks")!
      assert.deepStrictEqual([tasks.number, tasks.failing], [index + 1, null])
    }
    state.noBus = false
    yield* TestClock.adjust("5 seconds")
    yield* join("zoe")
    yield* TestClock.adjust("1 second")
    const said = state.said.filter((line) => line.includes("consumer tasks could not take what the bus delivers"))
    assert.strictEqual(said.length, 2)
  }).pipe(Effect.provide(layer))
})
