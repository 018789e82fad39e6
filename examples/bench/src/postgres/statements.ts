/**
 * What the server spent its time on, by `pg_stat_statements`.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

interface Statement {
  readonly query: string
  readonly calls: bigint
  readonly seconds: number
}

const ask = <Row extends object>(url: string, sql: string) =>
  Effect.runPromise(
    Effect.flatMap(PgClient.PgClient, (client) => client.unsafe<Row>(sql)).pipe(
      Effect.provide(PgClient.layer({ url: Redacted.make(url), ssl: false }))
    )
  )

/** Begins to count anew. */
export const count = async (url: string) => {
  await ask(url, "create extension if not exists pg_stat_statements")
  await ask(url, "select pg_stat_statements_reset()")
}

/** The statements that took longest, a line each: seconds, calls, text. */
export const listed = async (url: string): Promise<string> => {
  const rows = await ask<Statement>(
    url,
    `select query, sum(calls)::bigint as calls, sum(total_exec_time) / 1000 as seconds
      from pg_stat_statements group by query order by 3 desc limit 20`
  )
  return rows
    .map(({ calls, query, seconds }) => {
      const text = query.replaceAll(/\s+/g, " ").slice(0, 90)
      return `${seconds.toFixed(2).padStart(8)} s ${String(calls).padStart(8)} x ${text}`
    })
    .join("\n")
}
