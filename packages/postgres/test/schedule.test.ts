/**
 * The end of a quiet day on a real server: nobody sends a command, and the database's clock is the test's to set.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import {
  Actor,
  Company,
  Consumers,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Reports,
  Schedule,
  TaskStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { type Relay, relay } from "./server/Relay.ts"
import { freshSchema, of } from "./support.ts"
import { wrongBy } from "./wrongClock.ts"

const midnight = Date.parse("2026-11-24T00:00:00Z")
const hour = 3_600_000
const day = 24 * hour
const url = inject("databaseUrl")

let way: Relay
beforeAll(async () => void (way = await relay(url)))
afterAll(() => way?.close())

const direct = PgClient.layer({ url: Redacted.make(url), ssl: false })

/** A database whose clock stands where it was set, for those who ask it by the schema's `clock_timestamp`. */
class World {
  readonly #clock = freshSchema()
  readonly #company = freshSchema()
  readonly #patience: number
  readonly said: Array<string> = []

  constructor(patienceMillis = 20_000) {
    this.#patience = patienceMillis
  }

  readonly #log = Logger.layer([Logger.make(({ message }) => void this.said.push(String([message].flat()[0])))])

  readonly #run = (statement: string) =>
    Effect.flatMap(PgClient.PgClient, ({ unsafe }) => unsafe(statement)).pipe(Effect.provide(direct), Effect.orDie)

  /** Has the clock stand at an instant; epoch milliseconds. */
  readonly set = (millis: number) => this.#run(`update ${this.#clock}.clock set millis = ${millis}`)

  readonly start = (millis: number) =>
    Effect.forEach(
      [
        `create schema ${this.#clock}`,
        `create table ${this.#clock}.clock as select ${millis}::bigint as millis`,
        `create function ${this.#clock}.clock_timestamp() returns timestamptz language sql volatile as
          'select pg_catalog.to_timestamp(millis / 1000.0) from ${this.#clock}.clock'`
      ],
      this.#run,
      { discard: true }
    )

  /** A node of the company that goes by this clock, on its way by the relay. */
  readonly node = Layer.unwrap(
    Effect.sync(() =>
      Layer.provideMerge(Popug.layer, Layer.mergeAll(this.#ports, Company.layer({ secret: "s" }), Ids.layer)).pipe(
        Layer.provide([Notifier.layerLog, Layer.succeed(PollInterval, Duration.millis(20)), this.#log])
      )
    )
  )

  readonly schedule = Layer.fresh(Schedule.layer).pipe(Layer.provide(this.#log))

  get #ports() {
    return of("popug")(
      Postgres.layer({
        url: Redacted.make(way.url),
        ssl: false,
        migrate: true,
        schema: this.#company,
        startupParameters: { search_path: `${this.#clock}, pg_catalog` },
        patienceMillis: this.#patience
      })
    )
  }

  /** Waits until the log has a line. */
  readonly hears = (line: string) =>
    Effect.repeat(Effect.sleep("5 millis"), { until: () => this.said.some((said) => said.includes(line)) })
}

const periods = Effect.gen(function* () {
  const head = yield* (yield* TaskStore).head
  return [head.number, head.period as string]
})

/** Waits until the day's books are closed, by no command and no settling. */
const closed = (number: number) =>
  Effect.flatMap(Consumers, ({ awaitApplied }) =>
    Effect.andThen(
      Effect.repeat(Effect.sleep("10 millis"), {
        until: () => Effect.map(lastOfTasks, (last) => last >= number)
      }),
      awaitApplied("billing", number)
    )
  )
const lastOfTasks = Effect.flatMap(EventLog, ({ last }) => Effect.orElseSucceed(last("tasks"), () => 0))

describe("a quiet day on Postgres", () => {
  for (const [how, away] of [
    ["cannot be reached", (by: Relay) => by.close()],
    ["falls silent", (by: Relay) => Promise.resolve(by.fallSilent())]
  ] as const) {
    it(`is closed within seconds of an outage, when the database ${how} as it ends`, { timeout: 120_000 }, () => {
      const world = new World(2_000)
      return Effect.gen(function* () {
        yield* world.start(midnight - 100)
        yield* Effect.gen(function* () {
          expect(yield* periods).toEqual([0, "2026-11-23"])
          yield* Effect.promise(() => away(way))
          yield* world.hears("the business day could not be ended")
          yield* world.set(midnight + hour)
          yield* Effect.promise(() => way.open())
          yield* closed(1).pipe(Effect.timeout("20 seconds"))
          expect(yield* periods).toEqual([1, "2026-11-24"])
          yield* world.hears("it works again")
        }).pipe(Effect.provide(Layer.provideMerge(world.schedule, world.node)))
      }).pipe(Effect.ensuring(Effect.promise(() => way.open())), Effect.scoped, Effect.runPromise)
    })
  }

  it("is ended once by the schedules of two nodes", { timeout: 60_000 }, () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* world.start(midnight - 50)
      const node = () => Layer.build(Layer.fresh(Layer.provideMerge(world.schedule, world.node)))
      const [one] = yield* Effect.all([node(), node()])
      yield* Effect.gen(function* () {
        yield* world.set(midnight + 2 * day)
        yield* closed(3)
        expect(yield* periods).toEqual([3, "2026-11-26"])
      }).pipe(Effect.provideContext(one))
    }).pipe(Effect.scoped, Effect.runPromise)
  })

  it("is ended at once, with all days since, by a node that starts late", { timeout: 60_000 }, () => {
    const world = new World()
    return Effect.gen(function* () {
      yield* world.start(midnight - 12 * hour)
      const early = yield* Scope.make()
      yield* Layer.buildWithScope(Layer.fresh(world.node), early)
      yield* Scope.close(early, Exit.void)
      yield* world.set(midnight + 3 * day)
      yield* Effect.gen(function* () {
        yield* closed(4)
        expect(yield* periods).toEqual([4, "2026-11-27"])
      }).pipe(Effect.provide(Layer.provideMerge(world.schedule, world.node)))
    }).pipe(Effect.scoped, Effect.runPromise)
  })

  for (const [how, by] of [
    ["40 days ahead", 40 * day],
    ["20 ms ahead", 20],
    ["3 hours behind", -3 * hour]
  ] as const) {
    it(`ends by the database's clock, and tells of it once, with a process clock ${how}`, { timeout: 60_000 }, () => {
      const world = new World()
      return Effect.gen(function* () {
        const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        const end = midnight + Math.floor((now - midnight) / day) * day
        yield* world.start(end - 40)
        yield* Effect.gen(function* () {
          const [, before] = yield* periods
          yield* world.set(end)
          yield* closed(1)
          const [number, after] = yield* periods
          expect([number, after! > before!]).toEqual([1, true])
          // Its notices are due by the same clock, and sent.
          const { rows } = yield* Effect.repeat(
            Effect.flatMap(Reports, ({ notices }) => notices(Actor.system, { status: "sent" })),
            { until: ({ rows }) => rows.length === 2 }
          )
          expect(rows.map(({ dueAt }) => dueAt)).toEqual([end, end])
        }).pipe(Effect.provide(Layer.provideMerge(world.schedule, world.node)))
      }).pipe((effect) => wrongBy(by, effect), Effect.scoped, Effect.runPromise)
    })
  }
})
