/**
 * The tables of a schema as text: columns, constraints, indexes and triggers.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"

const parts = {
  columns: `select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
    || coalesce(' ' || collation_name, '') || coalesce(' ' || column_default, '') as line
    from information_schema.columns where table_schema = $1`,
  // Since 18 every "not null" is a constraint too.
  constraints: `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as line
    from pg_constraint where connamespace = $1::regnamespace and contype <> 'n'`,
  indexes: `select indexdef as line from pg_indexes where schemaname = $1`,
  triggers: `select pg_get_triggerdef(oid) as line from pg_trigger where not tgisinternal
    and tgrelid in (select oid from pg_class where relnamespace = $1::regnamespace)`
}

export const describeSchema = (schema: string) =>
  Effect.gen(function* () {
    const { unsafe } = yield* PgClient
    const sections = yield* Effect.forEach(Object.entries(parts), ([name, sql]) =>
      Effect.map(unsafe<{ readonly line: string }>(sql, [schema]), (rows) =>
        [`${name}:`, ...rows.map(({ line }) => `  ${line.replaceAll(schema, "SCHEMA")}`).sort()].join("\n")
      )
    )
    return `${sections.join("\n\n")}\n`
  })
