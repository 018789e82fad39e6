import { assert, describe, it } from "@effect/vitest"
import { Actor, PollInterval, Schedule, StoreError, Tasks, TaskStore, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { layer, settle, staff, toDay } from "./support.ts"

/** The end of the Monday on which the company is opened, at noon. */
const midnight = Date.parse("2026-11-24T00:00:00Z")
const second = 1_000
const day = 86_400_000

const away = () =>
  Effect.fail(new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "the store is away" }))

/** The store of tasks as a schedule meets it: with a clock of its own, and away at times. */
class World {
  /** How far the store's clock is ahead of the process's, in milliseconds. */
  ahead = 0
  /** What calls come to instead; set to nothing where the store answers. */
  failing: (() => Effect.Effect<never, StoreError>) | undefined
  /** How often the store was asked for its time. */
  asked = 0
  /** What the log says, but for details. */
  readonly said: Array<string> = []

  readonly #log = Logger.layer([
    Logger.make(({ logLevel, message }) => {
      if (logLevel !== "Debug") this.said.push(String([message].flat()[0]))
    })
  ])

  /** The clock of whoever asks, as the store's shows it. */
  readonly #shifted = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Clock.clockWith((clock) => {
      const millis = () => clock.currentTimeMillisUnsafe() + this.ahead
      const currentTimeMillis = Effect.sync(millis)
      return Effect.provideService(effect, Clock.Clock, {
        ...clock,
        currentTimeMillisUnsafe: millis,
        currentTimeMillis
      })
    })

  readonly #ports: typeof Memory.layer = Layer.effect(
    TaskStore,
    Effect.map(TaskStore, (store): TaskStore["Service"] => {
      const answer = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
        Effect.suspend((): Effect.Effect<A, E | StoreError, R> => this.failing?.() ?? this.#shifted(effect))
      return {
        ...store,
        head: answer(store.head),
        now: Effect.andThen(
          Effect.sync(() => void (this.asked += 1)),
          answer(store.now)
        ),
        transact: (body) => answer(store.transact(body))
      }
    })
  ).pipe(Layer.provideMerge(Memory.layer))

  /** The company with so many schedules over it; without polling, as under virtual time, unless asked for. */
  readonly layer = ({ polls = true, schedules = 1 } = {}) =>
    Layer.mergeAll(Layer.empty, ...Array.from({ length: schedules }, () => Layer.fresh(Schedule.layer))).pipe(
      Layer.provide(polls ? Layer.empty : Layer.succeed(PollInterval, null)),
      Layer.provideMerge(layer({}, this.#ports)),
      Layer.provide(this.#log)
    )
}

/** Moves the process's clock so that the store's shows an instant, and lets the schedule do what it has to. */
const toInstant = (world: World, millis: number) => TestClock.setTime(millis - world.ahead)

const open = Effect.flatMap(TaskStore, (store) => Effect.map(store.head, ({ period }) => period as string))

describe("a quiet company's day", () => {
  it.effect("ends when it is over, and the store is not asked in between under virtual time", () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* TestClock.adjust(0)
      const { asked } = world
      yield* toInstant(world, midnight - 1)
      assert.deepStrictEqual([yield* open, world.asked], ["2026-11-23", asked])
      yield* toInstant(world, midnight)
      assert.strictEqual(yield* open, "2026-11-24")
      yield* toDay(3)
      assert.strictEqual(yield* open, "2026-11-26")
    }).pipe(Effect.provide(world.layer({ polls: false })))
  })

  for (const [how, ahead] of [
    ["20 ms ahead of the store's", -20],
    ["40 days ahead of the store's", -40 * day],
    ["3 hours behind the store's", 3 * 3_600_000]
  ] as const) {
    it.effect(`ends at its end by the store's clock, with a process clock that is ${how}`, () => {
      const world = new World()
      world.ahead = ahead
      return Effect.gen(function* () {
        yield* toInstant(world, Math.max(midnight - 1, midnight - 12 * 3_600_000 + ahead))
        assert.strictEqual(yield* open, "2026-11-23")
        yield* toInstant(world, midnight)
        assert.strictEqual(yield* open, "2026-11-24")
      }).pipe(Effect.provide(world.layer()))
    })
  }

  it.effect("ends within a minute when the store's clock is set forward", () => {
    const world = new World()
    return Effect.gen(function* () {
      world.ahead = day
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* open, "2026-11-24")
    }).pipe(Effect.provide(world.layer()))
  })

  it.effect("does not end while the store's clock goes back, and ends once it is over again", () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* toInstant(world, midnight - second)
      world.ahead = -30 * second
      yield* toInstant(world, midnight - 1)
      assert.strictEqual(yield* open, "2026-11-23")
      yield* toInstant(world, midnight)
      assert.strictEqual(yield* open, "2026-11-24")
    }).pipe(Effect.provide(world.layer()))
  })

  it.effect("ends within seconds after an outage, of which the log tells the beginning and the end", () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* toInstant(world, midnight - second)
      world.failing = away
      yield* toInstant(world, midnight + 3_600 * second)
      world.failing = undefined
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* open, "2026-11-24")
      assert.deepStrictEqual(
        world.said.filter((line) => line.includes("business day")).map((line) => line.replace(/\d+/, "N")),
        [
          "the business day could not be ended; it is tried again until it works",
          "it works again after N failures: the business day could not be ended"
        ]
      )
    }).pipe(Effect.provide(world.layer({ polls: false })))
  })

  it.effect("ends though the schedule's first tries break in ways that nobody foresaw", () => {
    const world = new World()
    let left = 5
    return Effect.gen(function* () {
      yield* toInstant(world, midnight - second)
      world.failing = () => ((left -= 1) < 0 ? undefined! : Effect.die(new Error("unforeseen")))
      yield* toInstant(world, midnight + 10 * second)
      assert.strictEqual(yield* open, "2026-11-24")
    }).pipe(Effect.provide(world.layer()))
  })

  it.effect("ends once, however many schedules there are", () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* toDay(2)
      const { number, period } = yield* (yield* TaskStore).head
      assert.deepStrictEqual([period as string, number], ["2026-11-25", 2])
    }).pipe(Effect.provide(world.layer({ schedules: 3 })))
  })

  it.effect("is ended at once, with all days since, by a schedule that starts late", () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* toDay(5)
      assert.strictEqual(yield* open, "2026-11-23")
      yield* Layer.build(Schedule.layer)
      yield* TestClock.adjust(0)
      assert.strictEqual(yield* open, "2026-11-28")
    }).pipe(Effect.scoped, Effect.provide(world.layer({ schedules: 0 })))
  })
})

it.effect("a clock that jumped is asked about calmly, said once, and gone on with when an operator accepts it", () => {
  const world = new World()
  return Effect.gen(function* () {
    yield* staff
    yield* (yield* Tasks).create(Actor.system, [{ title: "Mend the roof" }])
    world.ahead = 100 * day
    yield* TestClock.adjust("1 minute")
    const { asked } = world
    yield* TestClock.adjust("1 hour")
    assert.isAtMost(world.asked - asked, 61)
    assert.strictEqual(world.said.filter((line) => line.includes("business day")).length, 1)
    // Who is promoted gives up open tasks: that is a commit of the tasks, and waits as well.
    for (const id of ["olga", "will"]) yield* (yield* Users).update(Actor.system, { id, roles: ["manager"] })
    yield* TestClock.adjust("1 second")
    for (let times = 0; times < 5; times++) yield* settle
    const waits = "users' events wait until an operator accepts the clock"
    assert.strictEqual(world.said.filter((line) => line.includes(waits)).length, 1)
    yield* (yield* Tasks).endRegistration(Actor.user("ann"), { afterJump: true })
    yield* settle
    yield* TestClock.adjust("1 minute")
    for (const what of ["business day", waits]) {
      const over = world.said.filter((line) => line.includes("it works again") && line.includes(what))
      assert.deepStrictEqual([what, over.length], [what, 1])
    }
    yield* TestClock.adjust(Duration.days(1))
    assert.strictEqual(yield* open, "2027-03-04")
  }).pipe(Effect.provide(world.layer()))
})
