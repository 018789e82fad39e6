/**
 * What a person would write by hand, with the same driver: a transaction for each command (A), and a batch of transfers
 * against one hot account (B).
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

const connect = (url: string, maxConnections: number) =>
  ManagedRuntime.make(PgClient.layer({ url: Redacted.make(url), ssl: false, maxConnections }))

const origin = "0".repeat(64)

const text = PgTypes.text
const int = (value: number) => PgTypes.int8(BigInt(value))
const list = (values: ReadonlyArray<unknown>, of: number) => Result.getOrThrow(PgTypes.array(values, of))
const texts = (values: ReadonlyArray<string>) => list(values, PgTypes.OID.text)
const ints = (values: ReadonlyArray<number | bigint>) => list(values.map(BigInt), PgTypes.OID.int8)

/**
 * (A): the task and its two events as popug stores them, in popug's own tables, one commit for each command. Numbers
 * come from a sequence: no order, no digests, no period, no refusals.
 */
export const openCommands = async (url: string, schema: string, maxConnections: number) => {
  const runtime = connect(url, maxConnections)
  const client = await runtime.runPromise(PgClient.PgClient)
  const run = runtime.runPromise
  await run(Postgres.migrate({ schema }))
  await run(client.unsafe(`create sequence ${schema}.numbers`))
  const create = (id: string, title: string) =>
    Effect.gen(function* () {
      const assignee = `p${String(Math.floor(Math.random() * 1_000)).padStart(6, "0")}`
      const now = Date.now()
      const data = (change: string, assign: string | null, assignment: number) =>
        JSON.stringify({ id, title, jiraId: null, assign, isDone: false, change, assignment, period: "2026-11-23" })
      yield* client.unsafe(
        `insert into ${schema}.tasks (id, title, description, jira_id, status, assignee, assignment)
          values ($1, $2, '', null, 'in progress', $3, 1)`,
        [text(id), text(title), text(assignee)]
      )
      yield* client.unsafe(
        `insert into ${schema}.events (source, number, type, version, at_ms, actor, previous, data)
          select 'tasks', nextval('${schema}.numbers'), 'task.updated', 2, $1, 'system', $2, data::json
          from unnest($3) as e (data)`,
        [int(now), text(origin), texts([data("created", null, 0), data("assigned", assignee, 1)])]
      )
      return id
    }).pipe(client.withTransaction)
  return { create, run, close: () => runtime.dispose() }
}

/** (B): tables with nothing but what a transfer and a balance are; `indexed` for popug's own tables instead. */
export const openTransfers = async (url: string, schema: string, popugs: number, indexed: boolean) => {
  const runtime = connect(url, 1)
  const client = await runtime.runPromise(PgClient.PgClient)
  const run = runtime.runPromise
  const ddl = indexed
    ? []
    : [
        `create schema ${schema}`,
        `create table ${schema}.transfers (
          number bigint primary key, kind text not null, debit text not null, credit text not null,
          amount bigint not null, task text not null, at_ms bigint not null
        )`,
        `create table ${schema}.accounts (
          id text primary key, debits bigint not null, credits bigint not null
        ) with (fillfactor = 80)`
      ]
  if (indexed) await run(Postgres.migrate({ schema }))
  for (const statement of ddl) await run(client.unsafe(statement))
  const ids = Array.from({ length: popugs }, (_, index) => `popug:p${String(index).padStart(6, "0")}`)
  await run(
    client.unsafe(`insert into ${schema}.accounts (id, debits, credits) select id, 0, 0 from unnest($1) as a (id)`, [
      texts([...ids, "company:fees"])
    ])
  )
  let number = 0
  const batch = (size: number) =>
    Effect.gen(function* () {
      const first = number + 1
      number += size
      const numbers = Array.from({ length: size }, (_, index) => first + index)
      const debits = numbers.map(() => ids[Math.floor(Math.random() * popugs)]!)
      const amounts = numbers.map(() => 1_000n + BigInt(Math.floor(Math.random() * 1_001)))
      const now = Date.now()
      const rows = indexed
        ? `insert into ${schema}.transfers
              (number, kind, debit, credit, amount, period, cause_key, cause, occurred_ms, recorded_ms)
            select number, 'fee', debit, 'company:fees', amount, '2026-11-23', 'fee/' || task || '/1',
              json_build_object('_tag', 'Assigned', 'event', number, 'task', task, 'title', 'Task', 'assignment', 1),
              $5, $5
            from unnest($1, $2, $3, $4) as t (number, debit, amount, task)`
        : `insert into ${schema}.transfers (number, kind, debit, credit, amount, task, at_ms)
            select number, 'fee', debit, 'company:fees', amount, task, $5
            from unnest($1, $2, $3, $4) as t (number, debit, amount, task)`
      const tasks = numbers.map((of) => `t${String(of).padStart(9, "0")}`)
      yield* client.unsafe(rows, [ints(numbers), texts(debits), ints(amounts), texts(tasks), int(now)])
      const sums = new Map<string, bigint>()
      let total = 0n
      for (const [index, id] of debits.entries()) {
        sums.set(id, (sums.get(id) ?? 0n) + amounts[index]!)
        total += amounts[index]!
      }
      const moved = [...sums.keys()].sort()
      yield* client.unsafe(
        `update ${schema}.accounts a set debits = a.debits + m.debits, credits = a.credits + m.credits
          from unnest($1, $2, $3) as m (id, debits, credits) where a.id = m.id`,
        [
          texts(["company:fees", ...moved]),
          ints([0n, ...moved.map((id) => sums.get(id)!)]),
          ints([total, ...moved.map(() => 0n)])
        ]
      )
    }).pipe(client.withTransaction)
  return {
    /** Books so many transfers, a thousand to a transaction. */
    book: async (count: number) => {
      for (let booked = 0; booked < count; booked += 1_000) await run(batch(1_000))
    },
    close: () => runtime.dispose()
  }
}
