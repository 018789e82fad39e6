/** What companies ask of the database while nothing happens in them. */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Actor, Company, Consumers, Ids, Notifier, PollInterval, Popug, Schedule, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { expect, it } from "vitest"
import { client, freshSchema } from "./support.ts"

/** The bus's look at all streams that somebody waits for. */
const isLook = (sql: string) => sql.includes("from unnest($1, $2) as a (company, source)")

/** The tests' database, whose statements are noted. */
const noted = (statements: Array<string>) =>
  Layer.effect(
    PgClient,
    Effect.map(
      PgClient,
      (real) =>
        new Proxy(real, {
          get: (target, name) =>
            name === "unsafe"
              ? (sql: string, params?: ReadonlyArray<unknown>) => {
                  statements.push(sql)
                  return target.unsafe(sql, params)
                }
              : Reflect.get(target, name)
        })
    )
  ).pipe(
    // A connection may be opened while a virtual minute goes by in a moment.
    Layer.provide(Postgres.layerClient({ ...client, maxConnections: 10, connectTimeout: Duration.infinity }))
  )

/** So many companies in one process, with all that runs by itself, at rest. */
const companies = Effect.fnUntraced(function* (count: number) {
  const statements: Array<string> = []
  const database = yield* Layer.build(
    Postgres.layerDatabaseOver({ clock: "effect", listen: false, migrate: true, schema: freshSchema() }).pipe(
      Layer.provide(noted(statements))
    )
  )
  const hosts = yield* Effect.forEach(Array.from({ length: count }), (_, index) =>
    Layer.build(
      Layer.fresh(
        Schedule.layer.pipe(
          Layer.provideMerge(Popug.layer),
          Layer.provide(Postgres.layerCompany),
          Layer.provide(Company.layer({ id: `company-${index}`, secret: "s" })),
          Layer.provide([Ids.layer, Notifier.layerLog, Layer.succeed(PollInterval, Duration.seconds(1))])
        )
      ).pipe(Layer.provide(Layer.succeedContext(database)))
    )
  )
  for (const host of hosts) {
    yield* Context.get(host, Users).create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
    yield* Context.get(host, Consumers).settle
  }
  return statements
})

/** Lets so many seconds pass, and waits in each until the bus has looked; returns the statements of that time. */
const seconds = Effect.fnUntraced(function* (statements: Array<string>, count: number) {
  statements.length = 0
  for (let looks = 1; looks <= count; looks++) {
    yield* TestClock.adjust("1 second")
    yield* Effect.repeat(Effect.yieldNow, { until: () => statements.filter(isLook).length >= looks })
  }
  return [...statements]
})

it.each([1, 50])("one look a second is all that %i idle companies of a process ask", { timeout: 60_000 }, (count) =>
  Effect.gen(function* () {
    const statements = yield* companies(count)
    yield* seconds(statements, 3)
    const idle = yield* seconds(statements, 10)
    expect(idle.filter((sql) => !isLook(sql))).toEqual([])
    expect(idle.length).toBeLessThanOrEqual(12)
    // Once a minute each asks for its time and its head, whether its day is over, and for notices that are due.
    const minute = yield* seconds(statements, 60)
    const own = minute.filter((sql) => !isLook(sql))
    if (own.length > 3 * count) expect.fail(own.join("\n\n"))
    expect(minute.filter(isLook).length).toBeLessThanOrEqual(62)
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()), Effect.runPromise)
)
