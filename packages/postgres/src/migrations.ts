/**
 * The migrations of a company's schema: a static record, applied by an explicit call and never on import, with a check
 * for hosts that must not change tables and an export for people who do it for them.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import type { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Database, make, type Options, schemaOf } from "./Database.ts"
import { company } from "./migrations/0001-company.ts"
import * as Param from "./Param.ts"

interface Migration {
  readonly name: string
  /** One statement each. */
  readonly statements: (schema: string) => ReadonlyArray<string>
}

/** By number, from 1 on. What was released is never changed: a later one mends it. */
const migrations: Readonly<Record<number, Migration>> = {
  1: { name: "company", statements: company }
}

const numbers = Object.keys(migrations).map(Number)
const latest = Math.max(...numbers)

/** The database's tables are not those that this version of popug works with. */
export class SchemaMismatch extends Schema.TaggedError<SchemaMismatch>()("SchemaMismatch", {
  schema: Schema.String,
  /** The last migration that was applied; 0 for none. */
  found: Schema.Int,
  expected: Schema.Int
}) {
  override get message(): string {
    const state = this.found === 0 ? "has no popug in it" : `is at migration ${this.found}`
    const advice = this.found < this.expected ? "run Postgres.migrate" : "this popug is older than the database"
    return `schema ${this.schema} ${state}, ${this.expected} is expected: ${advice}`
  }
}

/** The database can't hold every name and title: a character that its encoding lacks would be refused one day. */
export class NotUtf8 extends Schema.TaggedError<NotUtf8>()("NotUtf8", {
  /** As Postgres names it: `LATIN1`, `SQL_ASCII`, ... */
  encoding: Schema.String
}) {
  override get message(): string {
    return (
      `the database's encoding is ${this.encoding}, and popug needs UTF8: ` +
      "make another with create database NAME encoding 'UTF8' template template0"
    )
  }
}

type SchemaOptions = Pick<Options, "schema">

const table = (schema: string) =>
  `create table if not exists ${schema}.popug_migrations (
    number int primary key,
    name text not null,
    applied_at timestamptz not null default now()
  )`

const database = (options: SchemaOptions) => Effect.map(PgClient, (client) => make(client, options))

const beUtf8 = (db: Database) =>
  Effect.gen(function* () {
    const [row] = yield* db.query<{ encoding: string }>("select current_setting('server_encoding') as encoding")
    if (row!.encoding !== "UTF8") return yield* new NotUtf8({ encoding: row!.encoding })
  })

/** The last migration applied; 0 where there is nothing yet. */
export const applied = (db: Database) =>
  Effect.gen(function* () {
    const [exists] = yield* db.query<{ found: boolean }>("select to_regclass($1) is not null as found", [
      Param.text(`${db.schema}.popug_migrations`)
    ])
    if (exists?.found !== true) return 0
    const [row] = yield* db.query<{ last: number }>(
      `select coalesce(max(number), 0) as last from ${db.schema}.popug_migrations`
    )
    return row!.last
  })

/** Applies what is missing, all or nothing; nodes that do it at once wait for each other. Returns what was applied. */
export const migrate = Effect.fn("Postgres.migrate")(function* (
  options: SchemaOptions = {}
): Effect.fn.Return<ReadonlyArray<string>, NotUtf8 | SchemaMismatch | StoreError, PgClient> {
  const db = yield* database(options)
  yield* beUtf8(db)
  return yield* db.transaction(
    Effect.gen(function* () {
      // Whoever waits here waits for a migration, not for a row.
      yield* db.query("select set_config('lock_timeout', '0', true)")
      yield* db.query("select pg_advisory_xact_lock(hashtext($1))", [Param.text(`popug migrations of ${db.name}`)])
      const [schema] = yield* db.query<{ found: boolean }>("select to_regnamespace($1) is not null as found", [
        Param.text(db.schema)
      ])
      if (schema?.found !== true) yield* db.query(`create schema ${db.schema}`)
      yield* db.query(table(db.schema))
      const found = yield* applied(db)
      if (found > latest) return yield* new SchemaMismatch({ schema: db.name, found, expected: latest })
      const missing = numbers.filter((number) => number > found)
      for (const number of missing) {
        const { name, statements } = migrations[number]!
        for (const statement of statements(db.schema)) yield* db.query(statement)
        yield* db.query(`insert into ${db.schema}.popug_migrations (number, name) values ($1, $2)`, [
          Param.int(number),
          Param.text(name)
        ])
      }
      return missing.map((number) => `${number} ${migrations[number]!.name}`)
    })
  )
})

/** Fails unless the database holds UTF-8 and its schema is exactly where this version of popug wants it. */
export const check = Effect.fn("Postgres.check")(function* (
  options: SchemaOptions = {}
): Effect.fn.Return<void, NotUtf8 | SchemaMismatch | StoreError, PgClient> {
  const db = yield* database(options)
  yield* beUtf8(db)
  const found = yield* applied(db)
  if (found !== latest) return yield* new SchemaMismatch({ schema: db.name, found, expected: latest })
})

/** The SQL that brings a schema from a migration (0 for an empty database) to the latest: for `psql` and for review. */
export const exportSql = (options: SchemaOptions & { readonly after?: number } = {}): string => {
  const { schema } = schemaOf(options)
  const parts = numbers
    .filter((number) => number > (options.after ?? 0))
    .flatMap((number) => {
      const { name, statements } = migrations[number]!
      return [
        ...statements(schema),
        `insert into ${schema}.popug_migrations (number, name) values (${number}, '${name}')`
      ]
    })
  return ["begin", `create schema if not exists ${schema}`, table(schema), ...parts, "commit"]
    .map((statement) => `${statement};\n`)
    .join("\n")
}
