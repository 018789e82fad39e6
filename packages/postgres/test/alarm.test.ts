/**
 * How the bus hears of events: by rings, and by a look at the log for all that nobody told of. None of it is lost to
 * what happens beside it.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { assert, it } from "@effect/vitest"
import { type Envelope, EventBus, PollInterval } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Alarm } from "../src/Alarm.ts"
import { client, freshSchema, of } from "./support.ts"

const event = (source: Envelope.Source, number: number): Envelope.Envelope => ({
  source,
  number,
  type: "a",
  version: 1,
  time: DateTime.makeUnsafe(number),
  actor: "system",
  previous: "0".repeat(64),
  data: {}
})

/** A bus, and what puts events into its log and takes them out again. `looking` runs before each look at the log. */
const opened = (looking: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    const schema = freshSchema()
    const noted = Layer.effect(
      PgClient,
      Effect.map(
        PgClient,
        (real) =>
          new Proxy(real, {
            get: (target, name) =>
              name === "unsafe"
                ? (sql: string, params?: ReadonlyArray<unknown>) =>
                    sql.includes("as a (company, source)")
                      ? Effect.andThen(looking, target.unsafe(sql, params))
                      : target.unsafe(sql, params)
                : Reflect.get(target, name)
          })
      )
    ).pipe(Layer.provideMerge(Postgres.layerClient(client)))
    const ports = Postgres.layerOver({ clock: "effect", listen: false, migrate: true, schema })
    const context = yield* Layer.build(of("popug")(ports).pipe(Layer.provideMerge(noted)))
    const { unsafe } = Context.get(context, PgClient)
    const commit = ({ number, source }: Envelope.Envelope) =>
      unsafe(
        `insert into ${schema}.events (company, source, number, form, at_ms, actor, previous, data)
          select number, array_position('{users,tasks,billing}', $1::text), $2::int, 0, 0, 'system', sha256(''), '["a",1,{}]'
          from ${schema}.companies`,
        [source, number]
      )
    const restore = (last: number) =>
      Effect.andThen(
        unsafe(`alter table ${schema}.events disable trigger user`),
        unsafe(`delete from ${schema}.events where number > $1::int`, [last])
      )
    return { bus: Context.get(context, EventBus), commit, restore }
  })

/** What one take brings: the numbers, each acknowledged. */
const taking = ({ take }: Effect.Success<ReturnType<EventBus["Service"]["subscribe"]>>) =>
  Effect.flatMap(take, (deliveries) =>
    Effect.as(
      Effect.forEach(deliveries, ({ acknowledge }) => acknowledge),
      deliveries.map(({ event }) => event.number)
    )
  )

/** Lets everything that can go on without time go on. */
const meanwhile = TestClock.withLive(Effect.sleep("50 millis"))

it.effect("a ring counts though it says less than one before: the log was restored to an earlier moment", () =>
  Effect.gen(function* () {
    const { bus, commit, restore } = yield* opened()
    const subscription = yield* bus.subscribe("mirror", "tasks")
    for (const number of [1, 2, 3]) yield* commit(event("tasks", number))
    yield* bus.publish([event("tasks", 3)])
    assert.deepStrictEqual(yield* taking(subscription), [1, 2, 3])
    const waiting = yield* Effect.forkChild(taking(subscription))
    yield* meanwhile
    yield* restore(1)
    yield* commit(event("tasks", 2))
    yield* bus.publish([event("tasks", 2)])
    // It has been given more than there is: that much it hears first.
    assert.deepStrictEqual(yield* Fiber.join(waiting), [])
    assert.deepStrictEqual(yield* taking(subscription), [1, 2])
  }).pipe(Effect.provideService(PollInterval, null), Effect.scoped)
)

it.effect("a look that one stream's waiter has begun ends for all, though that one hears of its event meanwhile", () =>
  Effect.gen(function* () {
    const [looks, answer] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    let nth = 0
    const { bus, commit } = yield* opened(
      Effect.suspend(() => {
        nth += 1
        // The second is slow.
        return nth < 2 ? Effect.void : Effect.andThen(Deferred.succeed(looks, undefined), Deferred.await(answer))
      })
    )
    const busy = yield* Effect.forkChild(taking(yield* bus.subscribe("busy", "users")))
    yield* meanwhile
    const quiet = yield* Effect.forkChild(taking(yield* bus.subscribe("quiet", "tasks")))
    yield* meanwhile
    // Nobody is told of this one.
    yield* commit(event("tasks", 1))
    yield* TestClock.adjust("1 second")
    yield* Deferred.await(looks)
    yield* commit(event("users", 1))
    yield* bus.publish([event("users", 1)])
    assert.deepStrictEqual(yield* Fiber.join(busy), [1])
    yield* Deferred.succeed(answer, undefined)
    assert.deepStrictEqual(yield* Fiber.join(quiet), [1])
  }).pipe(Effect.provideService(PollInterval, Duration.seconds(1)), Effect.scoped)
)

it.live("a clock that is set back does not keep the bus from looking", () =>
  Effect.gen(function* () {
    const { bus, commit } = yield* opened()
    const waiting = yield* Effect.forkChild(taking(yield* bus.subscribe("mirror", "tasks")))
    yield* Effect.sleep("50 millis")
    const now = Date.now
    yield* Effect.addFinalizer(() => Effect.sync(() => void (Date.now = now)))
    Date.now = () => now() - 3_600_000
    yield* commit(event("tasks", 1))
    assert.deepStrictEqual(yield* Fiber.join(waiting), [1])
  }).pipe(Effect.provideService(PollInterval, Duration.millis(20)), Effect.scoped)
)

it.effect("hears of an event though a ring of the one before it comes later", () =>
  Effect.gen(function* () {
    const alarm = new Alarm(yield* Effect.scope)
    alarm.ring("1:2", 9)
    const heard = alarm.heard("1:2")
    alarm.ring("1:2", 10)
    alarm.ring("1:2", 10)
    assert.isFalse(alarm.isNews("1:2", heard, 10))
    alarm.ring("1:2", 11)
    alarm.ring("1:2", 10)
    assert.isTrue(alarm.isNews("1:2", heard, 10))
  }).pipe(Effect.scoped)
)
