import { PgClient } from "@effect/sql-pg/PgClient"
import { UserStore } from "@popug/core"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { SqlError } from "effect/sql/SqlError"
import { describe, expect, inject, it } from "vitest"
import { describeSchema } from "./schema.ts"
import { client, fresh, freshSchema, of } from "./support.ts"
import { identity, saveUsers } from "./users.ts"

const run = <A, E>(effect: Effect.Effect<A, E, PgClient>) => Effect.runPromise(Effect.provide(effect, PgClientLayer))

const PgClientLayer = Postgres.layerClient(client)

const unsafe = (sql: string) => Effect.flatMap(PgClient, (pg) => pg.unsafe<{ readonly n: bigint }>(sql))
const snapshot = "./snapshots/schema.txt"

describe("migrations", () => {
  it("make the schema of the snapshot", () =>
    run(
      Effect.gen(function* () {
        const schema = freshSchema()
        expect(yield* Postgres.migrate({ schema })).toEqual(["1 company"])
        const found = yield* describeSchema(schema)
        yield* Effect.promise(() => expect(found).toMatchFileSnapshot(snapshot))
      })
    ))

  it("make the same schema on PGlite", () =>
    Effect.gen(function* () {
      const schema = freshSchema()
      yield* Postgres.migrate({ schema })
      const found = yield* describeSchema(schema)
      yield* Effect.promise(() => expect(found).toMatchFileSnapshot(snapshot))
    }).pipe(Effect.provide(Pglite.layerClient()), Effect.runPromise))

  it("are applied once, by however many nodes at once", () =>
    run(
      Effect.gen(function* () {
        const schema = freshSchema()
        const applied = yield* Effect.forEach([1, 2, 3, 4], () => Postgres.migrate({ schema }), { concurrency: 4 })
        expect(applied.flat()).toEqual(["1 company"])
        expect(yield* Postgres.migrate({ schema })).toEqual([])
        yield* Postgres.check({ schema })
      })
    ))

  it("are all or nothing", () =>
    run(
      Effect.gen(function* () {
        const schema = freshSchema()
        // A table in the way of one of the last statements.
        yield* unsafe(`create schema ${schema}`)
        yield* unsafe(`create table ${schema}.notices (id int)`)
        expect((yield* Effect.flip(Postgres.migrate({ schema }))).message).toMatch(/already exists/)
        const [row] = yield* unsafe(
          `select count(*) as n from information_schema.tables where table_schema = '${schema}'`
        )
        expect(row?.n).toBe(1n)
      })
    ))

  it("are missed by a check, which says what to do", () =>
    run(
      Effect.gen(function* () {
        const schema = freshSchema()
        const error = yield* Effect.flip(Postgres.check({ schema }))
        expect(error.message).toBe(`schema ${schema} has no popug in it, 1 is expected: run Postgres.migrate`)
        yield* Postgres.migrate({ schema })
        yield* unsafe(`insert into ${schema}.popug_migrations (number, name) values (99, 'of the future')`)
        expect((yield* Effect.flip(Postgres.check({ schema }))).message).toMatch(/older than the database/)
        expect((yield* Effect.flip(Postgres.migrate({ schema })))._tag).toBe("SchemaMismatch")
      })
    ))

  it("fail the layer that finds no schema", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(fresh({ migrate: false })))
      expect(error._tag).toBe("SchemaMismatch")
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are the same when they are exported and run as SQL", () =>
    run(
      Effect.gen(function* () {
        const schema = freshSchema()
        const sql = Postgres.exportSql({ schema })
        // As `psql` would: statement by statement.
        yield* Effect.forEach(sql.replace(/;\n$/, "").split(";\n\n").slice(1, -1), unsafe)
        yield* Postgres.check({ schema })
        const found = yield* describeSchema(schema)
        yield* Effect.promise(() => expect(found).toMatchFileSnapshot(snapshot))
        expect(Postgres.exportSql({ schema, after: 1 })).not.toMatch(/create trigger/)
      })
    ))

  it("take only names that need no quoting", () => {
    for (const schema of ["Popug", "po pug", 'x"; drop', "", "1st"]) {
      expect(() => Postgres.exportSql({ schema })).toThrow(/can't be the name/)
    }
  })
})

describe("what is final", () => {
  it("is not changed, deleted or truncated by anybody's SQL", () => {
    const schema = freshSchema()
    return Effect.gen(function* () {
      const store = yield* UserStore
      yield* store.open(identity)
      yield* saveUsers(store, "a")
      for (const table of ["events", "transfers", "closed_periods"]) {
        for (const statement of [`delete from ${schema}.${table}`, `truncate ${schema}.${table} cascade`]) {
          const error: SqlError = yield* Effect.flip(unsafe(statement))
          expect(String(error.reason.cause)).toMatch(/is refused: its rows are never changed or deleted/)
        }
      }
      const error: SqlError = yield* Effect.flip(unsafe(`update ${schema}.events set actor = 'somebody else'`))
      expect(String(error.reason.cause)).toMatch(/UPDATE of events is refused/)
    }).pipe(Effect.provide(fresh({ schema })), Effect.scoped, Effect.runPromise)
  })
})

describe("a database that is not UTF-8", () => {
  it.each(["LATIN1", "EUC_JP", "WIN1251", "SQL_ASCII"])("is refused at the start: %s", (encoding) => {
    const name = freshSchema()
    const url = new URL(inject("databaseUrl"))
    url.pathname = `/${name}`
    const other = { ...client, url: Redacted.make(url.href), schema: "popug" }
    return Effect.gen(function* () {
      yield* unsafe(`create database ${name} encoding '${encoding}' locale 'C' template template0`)
      yield* Effect.gen(function* () {
        for (const migrate of [true, false]) {
          const error = yield* Effect.flip(Layer.build(of("popug")(Postgres.layer({ ...other, migrate }))))
          expect(error).toMatchObject({ _tag: "NotUtf8", encoding })
          expect(error.message).toMatch(`encoding is ${encoding}, and popug needs UTF8`)
        }
        const check = Postgres.check().pipe(Effect.provide(Postgres.layerClient(other)))
        expect((yield* Effect.flip(check))._tag).toBe("NotUtf8")
      }).pipe(Effect.scoped, Effect.ensuring(Effect.orDie(unsafe(`drop database ${name} with (force)`))))
    }).pipe(run)
  })
})
