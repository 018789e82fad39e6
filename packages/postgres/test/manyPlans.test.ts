/**
 * What it costs to find who has something to do among many companies: never more with more of them, nor with history.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  BusinessDay,
  Company,
  CompanyDirectory,
  CompanyHome,
  type CompanyRecord,
  type Identity,
  type OpeningCompany,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cost, type Query, recording } from "./plans.ts"
import { client, freshSchema } from "./support.ts"
import { identity, saveUsers } from "./users.ts"

const schema = freshSchema()
const count = 1_500
const ids = Array.from({ length: count }, (_, index) => `company-${index}`)
const minute = Duration.minutes(1)

const pool = ManagedRuntime.make(Postgres.layerClient(client))
let queries: Array<Query>
let host: ManagedRuntime.ManagedRuntime<CompanyHome | CompanyDirectory, unknown>

const identityOf = (id: string): Identity => ({ ...identity, id, rules: {} })
const opening = (id: string): OpeningCompany => {
  const own = identityOf(id)
  const calendar = BusinessDay.makeCalendar(own.timeZone, own.cutoff)
  return { id, identities: { users: own, tasks: own, billing: own, reports: own }, calendar }
}
const record = (id: string): CompanyRecord => ({
  id,
  database: "main",
  status: "open",
  settings: { timeZone: "UTC", cutoff: "00:00", currency: identity.currency, closing: "automatic", longestJump: 31 },
  moves: 0
})

/** Does something with the ports of a company. */
const within = <A, E>(id: string, body: Effect.Effect<A, E, UserStore>) =>
  Effect.flatMap(CompanyHome, ({ ports }) =>
    Effect.gen(function* () {
      yield* (yield* UserStore).open(identityOf(id))
      return yield* body
    }).pipe(Effect.provide(Layer.provide(Layer.fresh(ports), Layer.orDie(Company.layer({ id, secret: "s" })))))
  )

beforeAll(async () => {
  await pool.runPromise(Postgres.migrate({ schema }))
  const recorded = await pool.runPromise(recording)
  queries = recorded.queries
  host = ManagedRuntime.make(
    Layer.mergeAll(Postgres.layerHome, Postgres.layerDirectory).pipe(
      Layer.provide(Postgres.layerDatabaseOver({ schema, listen: false, limits: "connection" })),
      Layer.provide(Layer.succeed(PgClient, recorded.client))
    )
  )
  await host.runPromise(
    Effect.gen(function* () {
      yield* (yield* CompanyDirectory).add(ids.map(record))
      for (let from = 0; from < count; from += 500) {
        yield* (yield* CompanyHome).open(ids.slice(from, from + 500).map(opening))
      }
      // Some have events, and one in ten a day that is over.
      for (const id of ids.slice(0, 20)) {
        yield* within(
          id,
          Effect.flatMap(UserStore, (store) => saveUsers(store, "olga"))
        )
      }
    })
  )
  await pool.runPromise(
    Effect.flatMap(PgClient, ({ unsafe }) =>
      Effect.andThen(
        unsafe(`update ${schema}.contexts set due_ms = company where name = 'tasks' and company % 10 = 0`),
        unsafe(
          `analyze ${schema}.contexts, ${schema}.companies, ${schema}.notices, ${schema}.claims, ${schema}.directory`
        )
      )
    )
  )
}, 120_000)

afterAll(async () => {
  await host.dispose()
  await pool.dispose()
})

type Call = Effect.Effect<unknown, unknown, CompanyHome | CompanyDirectory>

const work = (call: (work: CompanyHome["Service"]["work"]) => Call): Call =>
  Effect.flatMap(CompanyHome, ({ work }) => call(work))
const home = (call: (home: CompanyHome["Service"]) => Call): Call => Effect.flatMap(CompanyHome, call)
const directory = (call: (directory: CompanyDirectory["Service"]) => Call): Call =>
  Effect.flatMap(CompanyDirectory, call)

const claims = ids
  .slice(0, 20)
  .map((company, index) => ({ company, attempts: 1, isDayOver: false, token: `${index + 1}:1` }))

/** How many rows each may look at: a look goes through 500 companies of five rows each, whatever there is. */
const calls: Readonly<Record<string, readonly [most: number, call: Call]>> = {
  "looks for what is due": [6_500, work(({ due }) => due({ limit: 8, lease: minute, after: null }))],
  "looks further": [6_500, work(({ due }) => due({ limit: 8, lease: minute, after: "900" }))],
  "claims those that were told of": [400, work(({ claim }) => claim(ids.slice(0, 20), minute))],
  "gives back what was done": [200, work(({ done }) => done(claims))],
  "puts off what failed": [200, work(({ putOff }) => putOff(claims, minute))],
  "asks how companies do": [400, work(({ health }) => health(ids.slice(500, 520)))],
  "puts companies to rest": [400, home(({ rest }) => rest(ids.slice(600, 620)))],
  "wakes companies": [400, home(({ wake }) => wake(ids.slice(600, 620)))],
  "loads companies": [40, directory(({ load }) => load(ids.slice(0, 20)))],
  "lists companies": [60, directory(({ list }) => list({ after: "company-7", limit: 50 }))],
  "changes companies": [80, directory(({ change }) => change(ids.slice(0, 20), { status: "open" }))]
}

describe.each(["custom", "generic"] as const)("among 1,500 companies, with a %s plan", (kind) => {
  it.each(Object.entries(calls))("%s by indexes alone", async (_, [most, call]) => {
    queries.length = 0
    await host.runPromise(call)
    const asked = [...queries]
    expect(asked.length).toBeGreaterThan(0)
    for (const query of asked) {
      expect(query.sql).not.toContain(".events")
      const { rows, scans } = await pool.runPromise(
        Effect.flatMap(PgClient, (pg) =>
          pg.withTransaction(Effect.andThen(pg.unsafe("set local enable_seqscan = off"), cost(kind, query)))
        )
      )
      expect(scans).toEqual([])
      expect(rows, query.sql).toBeLessThanOrEqual(most)
    }
  })
})
