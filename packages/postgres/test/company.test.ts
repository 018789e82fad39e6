import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Account,
  Actor,
  Books,
  BillingStore,
  Catalog,
  Company,
  Consumers,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Tasks,
  TaskStore,
  Users,
  Verification
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { client, freshSchema, of } from "./support.ts"

/** A node of the company that lives in a schema, with the database's clock. */
const node = (schema: string) =>
  Popug.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        of("popug")(Postgres.layer({ ...client, schema, migrate: true })),
        Company.layer({ secret: "s" }),
        Ids.layer,
        Notifier.layerLog
      )
    )
  )

const run = <A, E>(effect: Effect.Effect<A, E, never>) => Effect.runPromise(effect)

const workers = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}`, name: `u${index}`, roles: ["worker"] }))

const makeWorkers = Effect.flatMap(Users, (users) => users.create(Actor.system, workers))

describe("a company on Postgres", () => {
  it("goes over from one version of an event to the next, and its books verify", () => {
    const schema = freshSchema()
    const create = (name: string) =>
      Effect.gen(function* () {
        const fresh = Array.from({ length: 150 }, (_, index) => ({
          id: `${name}${index}`,
          title: " x",
          jiraId: "KEY-1"
        }))
        yield* (yield* Tasks).create(Actor.system, fresh)
        yield* (yield* Consumers).settle
        return yield* (yield* Verification).run(Actor.system)
      })
    return Effect.gen(function* () {
      const told = Layer.provide(node(schema), Catalog.layerWriting({ "task.updated": 1 }))
      const before = yield* Effect.andThen(makeWorkers, create("a")).pipe(Effect.provide(told))
      expect(before).toMatchObject({ difference: null, transfers: 150 })
      expect(yield* create("b").pipe(Effect.provide(node(schema)))).toMatchObject({ difference: null, transfers: 300 })
      const versions = yield* Effect.provide(
        Effect.map(
          Effect.flatMap(EventLog, (log) => log.read("tasks", 0, 1_000)),
          (events) => events.map(({ version }) => version)
        ),
        node(schema)
      )
      expect(versions).toEqual([...Array(300).fill(1), ...Array(300).fill(2)])
    }).pipe(Effect.scoped, run)
  })

  it("books what its tasks cost, and its books verify", () =>
    Effect.gen(function* () {
      const tasks = yield* Tasks
      const consumers = yield* Consumers
      yield* (yield* Users).create(Actor.system, workers)
      yield* consumers.settle
      for (let i = 0; i < 4; i++) {
        const made = yield* tasks.create(
          Actor.system,
          Array.from({ length: 100 }, (_, j) => ({ id: `t${i}.${j}`, title: `task ${i}.${j}` }))
        )
        yield* consumers.awaitApplied("billing", made.number)
      }
      const { answer } = yield* tasks.shuffle(Actor.system)
      yield* tasks.completeMany(Actor.system, ["t0.0", "t1.1"])
      yield* consumers.settle
      const sums = yield* (yield* BillingStore).sums
      expect(Account.balance(sums.popugs) + Account.balance(sums.fees) + Account.balance(sums.awards)).toBe(0n)
      expect((yield* (yield* TaskStore).head).number).toBe(803 + answer.reassigned)
      const verified = yield* (yield* Books).verify(Actor.system)
      expect(verified.difference).toBe(null)
      expect(verified.transfers).toBe(402 + answer.reassigned)
    }).pipe(Effect.provide(node(freshSchema())), Effect.scoped, run))

  it("keeps what happens to tasks without the names of what it says", () => {
    const schema = freshSchema()
    return Effect.gen(function* () {
      yield* (yield* Users).create(Actor.system, workers)
      yield* (yield* Consumers).settle
      const tasks = yield* Tasks
      yield* tasks.create(Actor.system, [{ id: "roof", title: "Mend the roof" }])
      yield* tasks.complete(Actor.system, "roof")
      const forms = yield* (yield* PgClient).unsafe<{ readonly form: number }>(
        `select form from ${schema}.events where source = 2 order by number`
      )
      expect(forms.map(({ form }) => form)).toEqual([1, 1, 1])
      const [told] = yield* (yield* PgClient).unsafe<{ readonly json: string }>(
        `select ${schema}.event_json(form, data)::text as json from ${schema}.events where source = 2 and number = 1`
      )
      expect(JSON.parse(told!.json)).toMatchObject({ type: "task.updated", version: 2, data: { id: "roof" } })
    }).pipe(Effect.provide(node(schema)), Effect.scoped, run)
  })

  it("writes a big day in parts, and its books verify", () =>
    Effect.gen(function* () {
      const tasks = yield* Tasks
      yield* (yield* Users).create(Actor.system, workers)
      yield* (yield* Consumers).settle
      const list = (from: string) =>
        Array.from({ length: 3_001 }, (_, j) => ({ id: `${from}${j}`, title: `task ${j}` }))
      // The list, and commands of one task each that come together: both are more than one part.
      yield* tasks.create(Actor.system, list("a"))
      yield* Effect.forEach(list("b"), (task) => tasks.create(Actor.system, [task]), { concurrency: "unbounded" })
      const { answer } = yield* tasks.shuffle(Actor.system)
      yield* tasks.completeMany(
        Actor.system,
        list("b").map(({ id }) => id)
      )
      yield* (yield* Consumers).settle
      expect((yield* (yield* TaskStore).head).number).toBe(5 * 3_001 + 1 + answer.reassigned)
      const verified = yield* (yield* Books).verify(Actor.system)
      expect(verified.difference).toBe(null)
      expect(verified.transfers).toBe(3 * 3_001 + answer.reassigned)
    }).pipe(Effect.provide(node(freshSchema())), Effect.scoped, run))

  it("is one company on many nodes, which hear of each other at once", () =>
    Effect.gen(function* () {
      const schema = freshSchema()
      const first = yield* Layer.build(node(schema))
      // Without polling, only a notification can wake the second.
      const second = yield* Layer.build(
        Layer.fresh(node(schema)).pipe(Layer.provide(Layer.succeed(PollInterval, Duration.minutes(10))))
      )
      const { number } = yield* Context.get(first, Users).create(Actor.system, workers)
      yield* Context.get(second, Consumers).awaitApplied("tasks", number)
      const made = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, index) => index),
        (index) =>
          Context.get(index % 2 === 0 ? first : second, Tasks).create(Actor.system, [{ title: `task ${index}` }]),
        { concurrency: "unbounded" }
      )
      expect(new Set(made.flatMap(({ answer }) => answer.map(({ id }) => id))).size).toBe(40)
      const last = Math.max(...made.map(({ number }) => number))
      expect(last).toBe(80)
      yield* Context.get(second, Consumers).awaitApplied("billing", last)
      yield* Context.get(first, Consumers).awaitApplied("billing", last)
      const { transfers } = yield* Context.get(first, Books).verify(Actor.system)
      expect(transfers).toBe(40)
    }).pipe(Effect.scoped, run))
})
