/**
 * Commits of many companies that go as one statement: each is done, or not, by itself.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { EventLog, type Identity, type StoreError, TaskStore } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import { create, emptyQuery, monday, run } from "./nodes.ts"
import { counting } from "./sent.ts"
import { client, elsewhere, freshSchema, of } from "./support.ts"
import { identity } from "./users.ts"

const ids = Array.from({ length: 24 }, (_, index) => `company-${index}`)
const company = (id: string): Identity => ({ ...identity, id, rules: { secret: "one" } })

/** The tasks' stores of companies that share a process, each with a first task that it has committed. */
const stores = Effect.fnUntraced(function* (sent: Array<string> = []) {
  const schema = freshSchema()
  const limits = { lock_timeout: "5000", idle_in_transaction_session_timeout: "20000", enable_seqscan: "off" }
  const shared = yield* Layer.build(
    Postgres.layerDatabaseOver({ schema, migrate: true, clock: "effect", limits: "connection", listen: false }).pipe(
      Layer.provideMerge(counting(sent)),
      Layer.provide(Postgres.layerClient({ ...client, startupParameters: limits, maxConnections: 4 }))
    )
  )
  const all = yield* Effect.forEach(ids, (id) =>
    Effect.map(Layer.build(of(id)(Postgres.layerCompany)).pipe(Effect.provideContext(shared)), (ports) => ({
      id,
      store: Context.get(ports, TaskStore),
      log: Context.get(ports, EventLog)
    }))
  )
  for (const { id, store } of all) {
    yield* store.open(company(id), () => monday)
    yield* create(store, "first")
  }
  return { all, schema, sql: Context.get(shared, PgClient), sent }
})
type All = Effect.Success<ReturnType<typeof stores>>["all"]

/** One task of each company at the same time; what is refused is returned. */
const createAll = (all: All, task: (index: number) => string) =>
  Effect.forEach(all, ({ store }, index) => Effect.result(create(store, task(index))), { concurrency: "unbounded" })

const refusals = (results: ReadonlyArray<Result.Result<unknown, StoreError>>) =>
  results.flatMap((result, index) => (Result.isFailure(result) ? [[index, result.failure.reason]] : []))

/** What every company has: its tasks, the numbers of its events, and whether these follow. */
const kept = (all: All) =>
  Effect.forEach(all, ({ log, store }) =>
    Effect.gen(function* () {
      const events = yield* log.read("tasks", 0, 100)
      const { rows } = yield* store.list({}, { limit: 100 })
      const { number } = yield* store.head
      const commands = yield* store.transact((tx) =>
        Effect.map(tx.load({ ...emptyQuery, commands: ["c-first", "c-a", "c-b"] as never }), (loaded) => [
          ...loaded.commands.keys()
        ])
      )
      return {
        numbers: events.map((event) => event.number),
        tasks: rows.map(({ id }) => id as string),
        commands: commands.toSorted(),
        number
      }
    })
  )

it("have the answers that each would have alone, in a few statements for all", () =>
  Effect.gen(function* () {
    const { all, sent } = yield* stores()
    sent.length = 0
    expect(refusals(yield* createAll(all, () => "a"))).toEqual([])
    const writes = sent.filter((sql) => sql.includes("free as"))
    expect(writes.length).toBeGreaterThan(0)
    // Two of each at once, and the rest together.
    expect(sent.length).toBeLessThan(all.length)
    expect(yield* kept(all)).toEqual(
      ids.map(() => ({ numbers: [1, 2], tasks: ["a", "first"], commands: ["c-a", "c-first"], number: 2 }))
    )
  }).pipe(run))

it("that the database refuses are refused alone", () =>
  Effect.gen(function* () {
    const { all, schema, sql } = yield* stores()
    yield* sql.unsafe(`alter table ${schema}.tasks add check (convert_from(substr(id, 2), 'UTF8') not like 'bad%')`)
    const results = yield* createAll(all, (index) => (index % 5 === 3 ? "bad" : "a"))
    expect(refusals(results).map(([index]) => index)).toEqual([3, 8, 13, 18, 23])
    const after = yield* kept(all)
    for (const [index, { commands, numbers, tasks }] of after.entries()) {
      const isRefused = index % 5 === 3
      expect([index, tasks, numbers, commands]).toEqual([
        index,
        isRefused ? ["first"] : ["a", "first"],
        isRefused ? [1] : [1, 2],
        isRefused ? ["c-first"] : ["c-a", "c-first"]
      ])
    }
  }).pipe(run))

it("are decided anew where another process was first, and hold up nobody where one holds a head", () =>
  Effect.gen(function* () {
    const { all, schema, sql } = yield* stores()
    // Another process: it moves the heads of some, and holds that of one until the others are done.
    yield* sql.unsafe(`update ${schema}.contexts set number = number where name = 'tasks' and company in (2, 4, 6)`)
    const results = yield* Effect.scoped(
      Effect.gen(function* () {
        const own = yield* elsewhere(sql)
        yield* own(sql.unsafe(`select from ${schema}.contexts where name = 'tasks' and company = 8 for update`))
        const fibers = yield* Effect.forEach(all, ({ store }) =>
          Effect.forkChild(Effect.result(create(store, "a")), { startImmediately: true })
        )
        const others = yield* Effect.forEach(
          fibers.filter((_, index) => index !== 7),
          (fiber) => Fiber.join(fiber)
        )
        yield* own(sql.unsafe("commit"))
        return [...others, yield* Fiber.join(fibers[7]!)]
      })
    )
    expect(refusals(results)).toEqual([])
    expect((yield* kept(all)).map(({ tasks }) => tasks)).toEqual(ids.map(() => ["a", "first"]))
  }).pipe(run))
