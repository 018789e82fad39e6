/**
 * The same by hand: plain SQL through the same driver, without rules, digests, prices or answers that can be repeated.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

const schema = [
  `create table base_tasks (id text primary key, title text not null, description text not null, status text not null,
    assignee text, assignment int not null)`,
  `create index on base_tasks (status, id)`,
  `create index on base_tasks (assignee, status, id)`,
  `create table base_events (number bigint generated always as identity primary key, type text not null,
    at timestamptz not null default now(), actor text not null, data json not null)`,
  `create table base_transfers (number bigint generated always as identity primary key, debit text not null,
    credit text not null, amount bigint not null, cause text not null unique)`,
  `create table base_accounts (id text primary key, debits bigint not null, credits bigint not null)`
]

export const open = async (url: string, connections: number) => {
  const runtime = ManagedRuntime.make(
    Postgres.layerClient({ url: Redacted.make(url), ssl: false, maxConnections: connections })
  )
  const sql = await runtime.runPromise(PgClient)
  for (const statement of schema) {
    await runtime.runPromise(sql.unsafe(statement.replace(/^create (table|index on) /, "create $1 ")))
  }
  return { runtime, sql }
}

/** One command, one transaction: a task, and what happened to it. */
export const create = (sql: PgClient, id: string, title: string, assignee: string) => {
  const data = (change: string) =>
    JSON.stringify({
      assign: assignee,
      assignment: 1,
      change,
      id,
      isDone: false,
      jiraId: null,
      period: "2026-11-22",
      title
    })
  return sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe("insert into base_tasks values ($1, $2, '', 'in progress', $3, 1)", [id, title, assignee])
      yield* sql.unsafe(
        "insert into base_events (type, actor, data) values ('task.updated', 'system', $1::text::json), ('task.updated', 'system', $2::text::json)",
        [data("created"), data("assigned")]
      )
    })
  )
}

const list = (values: ReadonlyArray<unknown>, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))

/** A batch of transfers to one hot account, in one transaction: a row each, and each account updated once. */
export const post = (sql: PgClient, batch: number, size: number, popugs: number) => {
  const debits = Array.from({ length: size }, (_, index) => `popug:p${(batch * size + index) % popugs}`)
  const amounts = debits.map((_, index) => BigInt(1_000 + index))
  return sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe(
        `insert into base_transfers (debit, credit, amount, cause)
          select debit, 'company:fees', amount, cause from unnest($1, $2, $3) as t (debit, amount, cause)`,
        [
          list(debits, PgTypes.OID.text),
          list(amounts, PgTypes.OID.int8),
          list(
            debits.map((_, index) => `fee/${batch}/${index}`),
            PgTypes.OID.text
          )
        ]
      )
      yield* sql.unsafe(
        `insert into base_accounts
          select account, sum(debit), sum(credit) from (
            select debit as account, amount as debit, 0 as credit from unnest($1, $2) as t (debit, amount)
            union all select 'company:fees', 0, amount from unnest($2) as t (amount)
          ) entries group by account order by account
          on conflict (id) do update set
            debits = base_accounts.debits + excluded.debits, credits = base_accounts.credits + excluded.credits`,
        [list(debits, PgTypes.OID.text), list(amounts, PgTypes.OID.int8)]
      )
    })
  )
}
