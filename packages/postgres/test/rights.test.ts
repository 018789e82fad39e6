/**
 * A company's whole life under a user that has the documented rights and no others.
 */
import { readFileSync } from "node:fs"
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Billing,
  BillingStore,
  Books,
  Company,
  Consumers,
  CursorStore,
  EventLog,
  Ids,
  Notifier,
  Popug,
  PollInterval,
  Readiness,
  Reports,
  Schedule,
  startConsumer,
  Streams,
  Tasks,
  TaskStore,
  Users,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { expect, inject, it } from "vitest"
import { client, freshSchema, of } from "./support.ts"

const [schema, owner, app] = [freshSchema(), freshSchema(), freshSchema()]

const page = readFileSync(new URL("../../../docs/operating/migrations.md", import.meta.url), "utf8")
/** The grants of the page, for this test's schema and user. */
const grants = /## Rights[^]*?```sql\n([^]*?)```/
  .exec(page)![1]!
  .replaceAll(/\bpopug\b/g, schema)
  .replaceAll(/\bapp\b/g, app)
  .split(";")
  .filter((statement) => statement.trim() !== "")

const as = (user: string) => {
  const url = new URL(inject("databaseUrl"))
  url.username = user
  return { ...client, url: Redacted.make(url.href) }
}

const sql = (...statements: ReadonlyArray<string>) =>
  Effect.flatMap(PgClient, ({ unsafe }) => Effect.forEach(statements, (statement) => unsafe(statement)))

/** What is logged beyond the everyday. */
const complaints: Array<unknown> = []
const complaining = Logger.layer([
  Logger.make(({ logLevel, message }) => {
    // Waiting for a database takes real time, whatever the clock says.
    if (!["Info", "Debug"].includes(logLevel) && !/test clock/.test(String(message))) complaints.push(message)
  })
])

const company = Popug.layer.pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      of("popug")(Postgres.layerOver({ schema, clock: "effect" })),
      Company.layer({ secret: "s" }),
      Ids.layer,
      Notifier.layerLog
    )
  ),
  Layer.provide(Layer.succeed(PollInterval, null)),
  Layer.provide(complaining)
)

/** A month of everything that a company does. */
const life = Effect.gen(function* () {
  const [users, tasks, billing, books] = [yield* Users, yield* Tasks, yield* Billing, yield* Books]
  const [consumers, reports, streams] = [yield* Consumers, yield* Reports, yield* Streams]
  yield* yield* Readiness
  yield* users.create(Actor.system, [
    { id: "ann", name: "Ann", roles: ["admin"] },
    { id: "olga", name: "Olga", roles: ["worker"] },
    { id: "will", name: "Will", roles: ["worker"] }
  ])
  yield* consumers.settle
  const ann = Actor.user("ann")
  let applied = 0
  yield* startConsumer({
    name: "mine",
    source: "tasks",
    apply: (events) => Effect.sync(() => void (applied += events.length))
  })
  const many = Array.from({ length: 3_000 }, (_, index) => ({ id: `t${index}`, title: `Task ${index}` }))
  yield* tasks.create(ann, many, { commandId: "many" })
  yield* tasks.edit(ann, { id: "t0", title: "Another" })
  yield* tasks.shuffle(ann)
  yield* tasks.complete(ann, "t1", { commandId: "one" })
  yield* consumers.settle
  yield* billing.correct(Actor.system, { transfer: 1, reason: "a test" })
  yield* users.update(ann, { id: "will", status: "deactivated" })
  yield* consumers.settle
  yield* TestClock.adjust("1 day")
  // The schedule does it as well: whoever is first.
  yield* tasks.endRegistration(Actor.system)
  while ((yield* reports.notices(ann, {}, { limit: 10 })).rows.length === 0) yield* consumers.settle
  expect(yield* reports.dispatch).toBeGreaterThan(0)
  expect((yield* reports.daily(ann, {}, { limit: 10 })).rows).toHaveLength(1)
  expect((yield* reports.notices(ann, {}, { limit: 10 })).rows.length).toBeGreaterThan(0)
  expect((yield* books.verify(ann)).difference).toBe(null)
  expect((yield* streams.status(ann)).map(({ behind, stopped }) => ({ behind, stopped }))).toEqual(
    Array.from({ length: 5 }, () => ({ behind: 0, stopped: null }))
  )
  for (const store of [yield* UserStore, yield* TaskStore, yield* BillingStore]) {
    expect(yield* store.forgetCommands(Duration.zero, 10_000)).toBeGreaterThan(0)
  }
  expect(applied).toBe(yield* (yield* EventLog).last("tasks"))
  expect((yield* (yield* CursorStore).list).map(({ consumer }) => consumer)).toContain("mine")
})

it(
  "a company lives with the documented rights, under a user that owns nothing",
  () =>
    Effect.gen(function* () {
      yield* sql(
        `create role ${owner} login`,
        `create role ${app} login`,
        `grant create on database ${new URL(inject("databaseUrl")).pathname.slice(1)} to ${owner}`
      )
      yield* Postgres.migrate({ schema }).pipe(Effect.provide(Postgres.layerClient(as(owner)), { local: true }))
      const refused = yield* Effect.flip(Layer.build(of("popug")(Postgres.layer({ ...as(app), schema }))))
      expect(refused).toMatchObject({ _tag: "StoreError", retryable: false })
      expect(refused.message).toMatch(/permission denied.*lacks a right/)
      yield* sql(...grants)
      yield* life.pipe(
        Effect.provide(Layer.provideMerge(Schedule.layer, company), { local: true }),
        Effect.scoped,
        Effect.provide(TestClock.layer())
      )
      // Stored as the subscribers went.
      const rows = yield* sql(`select name from ${schema}.subscriptions`)
      expect(rows[0]!.length).toBeGreaterThan(4)
      expect(complaints).toEqual([])
    }).pipe(Effect.provide(Postgres.layerClient(client)), Effect.scoped, Effect.runPromise),
  60_000
)
