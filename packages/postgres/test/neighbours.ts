/**
 * Other companies in the tables of one, with rows of the same ids.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"

/** The columns of the tables that hold companies' rows, but for the company. */
const tables = Effect.fnUntraced(function* (schema: string) {
  const { unsafe } = yield* PgClient
  return yield* unsafe<{ readonly name: string; readonly columns: string }>(
    `select table_name as name, string_agg(column_name, ', ' order by ordinal_position) as columns
      from information_schema.columns
      where table_schema = $1 and column_name <> 'company' and table_name in (
        select table_name from information_schema.columns where table_schema = $1 and column_name = 'company'
      ) group by table_name order by table_name`,
    [schema]
  )
})

/** Gives a schema more companies; each has rows like those of the first. */
export const settle = Effect.fnUntraced(function* (schema: string, count: number) {
  const { unsafe, withTransaction } = yield* PgClient
  const added = yield* unsafe<{ readonly number: number }>(
    `insert into ${schema}.companies (id) select 'neighbour' || n from generate_series(1, $1::int) n returning number`,
    [count]
  )
  const last = Math.max(...added.map(({ number }) => number))
  for (const { columns, name } of yield* tables(schema)) {
    yield* withTransaction(
      unsafe(
        `insert into ${schema}.${name} (company, ${columns})
          select c.number, ${columns.replaceAll(/\w+/g, (column) => `t.${column}`)}
          from ${schema}.${name} t, ${schema}.companies c
          where t.company = (select min(number) from ${schema}.companies) and c.number > $1 - $2::int and c.number <= $1`,
        [last, count]
      )
    )
  }
})

/** What all rows of the first company come to, or of the others, or of all but the company of an id. */
export const fingerprint = Effect.fnUntraced(function* (
  schema: string,
  which: "of the first" | "of the others" | { readonly but: string } = "of the others"
) {
  const first = `(select min(number) from ${schema}.companies)`
  const condition =
    typeof which === "object"
      ? `not in (select number from ${schema}.companies where id = '${which.but}')`
      : `${which === "of the first" ? "=" : "<>"} ${first}`
  const { unsafe } = yield* PgClient
  const lines: Array<string> = []
  for (const { name } of yield* tables(schema)) {
    const [row] = yield* unsafe<{ readonly digest: string | null; readonly rows: bigint }>(
      `select md5(string_agg(t::text, ' ' order by t::text)) as digest, count(*) as rows from ${schema}.${name} t
        where company ${condition}`
    )
    lines.push(`${name} ${row!.rows} ${row!.digest}`)
  }
  return lines
})
