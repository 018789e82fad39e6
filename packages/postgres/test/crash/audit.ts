/**
 * What must be so after any crash and any race, found out with SQL and with the core's own verification.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Actor, Books, Consumers } from "@popug/core"
import * as Effect from "effect/Effect"
import { type Sent, taskIds } from "./plan.ts"

export interface Findings {
  readonly commands: number
  readonly events: number
  readonly transfers: number
  readonly periods: number
  readonly violations: ReadonlyArray<string>
}

/** Queries that find nothing in a company that is right; it is the first of its schema. */
export const wrong = (schema: string): Readonly<Record<string, string>> => ({
  "numbers with holes": `select source from events group by source having max(number) <> count(*)`,
  "events after their period's end": `select t.number from events t
    join events m on m.source = 2 and m.type = 'task.registration-ended' and m.data->>'period' = t.data->>'period'
    where t.source = 2 and t.type = 'task.updated' and t.number > m.number`,
  "tasks with somebody who is gone": `select t.id from tasks t join users u on u.id = t.assignee
    where not t.done and u.status = 'deactivated'`,
  "tasks that nobody got though somebody could": `select t.id from tasks t
    where not t.done and t.assignee is null and exists (select from users where status = 'active')`,
  "tasks created twice": `select data->>'id' from events
    where source = 2 and data->>'change' = 'created' group by 1 having count(*) <> 1`,
  "assignments without their fee": `select e.number from events e where e.source = 2
    and e.data->>'change' = 'assigned' and not exists (select from transfers
      where task_name = e.data->>'id' and assignment = (e.data->>'assignment')::int and kind = 1)`,
  "fees without an assignment": `select 1 where (select count(*) from transfers where kind = 1)
    <> (select count(*) from events where source = 2 and data->>'change' = 'assigned')`,
  "awards without an end": `select 1 where (select count(*) from transfers where kind = 2)
    <> (select count(*) from events where source = 2 and data->>'change' = 'done')`,
  "periods that ended and are not closed": `select (data->>'period')::date from events
    where type = 'task.registration-ended' except select period from closed_periods`,
  "rows of the host's that are not those of its cursor": `select 1 from cursors
    where consumer = 'host' and (number, number, number) <> (
      select count(*), count(distinct number), coalesce(max(number), 0) from ${schema}.host_rows)`,
  "rows of the host's, none of them there": `select 1 where not exists (select from ${schema}.host_rows)`,
  "a trial balance that is not zero": `select 1 where (select sum(credits - debits) from accounts) <> 0`,
  "balances that are not the sum of their transfers": `select a.id from accounts a
    join (select account, sum(debit) as debits, sum(credit) as credits from (
      select n.id as account, case when debited then amount else 0 end as debit,
        case when debited then 0 else amount end as credit
      from transfers t join account_numbers n on n.number = t.account
      union all select case kind when 1 then 'company:fees' when 2 then 'company:awards' else 'company:cash' end,
        case when debited then 0 else amount end, case when debited then amount else 0 end from transfers
    ) entries group by account) s on s.account = a.id
    where (a.debits, a.credits) <> (s.debits, s.credits)`
})

const tables = ["events", "tasks", "users", "transfers", "closed_periods", "cursors", "accounts", "account_numbers"]

/** The tables of a query, with the rows of one company and no others; default: the first of the schema. */
export const ofCompany = (schema: string, sql: string, company = `(select min(number) from ${schema}.companies)`) => {
  const id = (column: string) => `${schema}.id_text(${column}) as ${column}`
  const told = `${schema}.event_json(form, data)`
  const columns: Readonly<Record<string, string>> = {
    events: `source, number, ${told} ->> 'type' as type, ${told} -> 'data' as data`,
    tasks: `${id("id")}, ${id("assignee")}, done`
  }
  const own = tables.map((table) => {
    return `${table} as materialized (select ${columns[table] ?? "*"} from ${schema}.${table}
      where company = ${company})`
  })
  return `with ${own.join(", ")} ${sql}`
}

export const audit = Effect.fnUntraced(function* (schema: string, acknowledged: Iterable<Sent>) {
  const client = yield* PgClient
  yield* (yield* Consumers).settle
  // Nothing is known of rows that were just made of JSON: in loops over them the queries would take minutes.
  const ask = <Row extends object>(sql: string) =>
    client.withTransaction(
      Effect.andThen(client.unsafe("set local enable_nestloop = off"), client.unsafe<Row>(ofCompany(schema, sql)))
    )
  const violations: Array<string> = []
  for (const [what, sql] of Object.entries(wrong(schema))) {
    const rows = yield* ask(sql)
    if (rows.length > 0) violations.push(`${rows.length} ${what}`)
  }
  const commands = [...acknowledged]
  const ids = new Set((yield* ask<{ readonly id: string }>("select id from tasks")).map(({ id }) => id))
  const missing = commands.flatMap(taskIds).filter((id) => !ids.has(id))
  if (missing.length > 0) violations.push(`${missing.length} acknowledged tasks are missing, ${missing[0]} first`)
  const verified = yield* (yield* Books).verify(Actor.system)
  if (verified.difference !== null) violations.push(`the books: ${verified.difference.message}`)
  const [counts] = yield* ask<{ readonly events: bigint }>("select count(*) as events from events")
  return {
    commands: commands.length,
    events: Number(counts!.events),
    transfers: verified.transfers,
    periods: verified.periods,
    violations
  } satisfies Findings
})
