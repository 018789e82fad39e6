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

/** Queries that find nothing in a company that is right. */
const wrong = (schema: string): Readonly<Record<string, string>> => ({
  "numbers with holes": `select source from ${schema}.events group by source having max(number) <> count(*)`,
  "events after their period's end": `select t.number from ${schema}.events t
    join ${schema}.events m on m.source = 'tasks' and m.type = 'task.registration-ended'
      and m.data->>'period' = t.data->>'period'
    where t.source = 'tasks' and t.type = 'task.updated' and t.number > m.number`,
  "tasks with somebody who is gone": `select t.id from ${schema}.tasks t join ${schema}.users u on u.id = t.assignee
    where t.status = 'in progress' and u.status = 'deactivated'`,
  "tasks that nobody got though somebody could": `select t.id from ${schema}.tasks t
    where t.status = 'in progress' and t.assignee is null
      and exists (select from ${schema}.users where status = 'active')`,
  "tasks created twice": `select data->>'id' from ${schema}.events
    where source = 'tasks' and data->>'change' = 'created' group by 1 having count(*) <> 1`,
  "assignments without their fee": `select e.number from ${schema}.events e where e.source = 'tasks'
    and e.data->>'change' = 'assigned' and not exists (select from ${schema}.transfers
      where cause_key = 'fee/' || (e.data->>'id') || '/' || (e.data->>'assignment'))`,
  "fees without an assignment": `select 1 where (select count(*) from ${schema}.transfers where kind = 'fee')
    <> (select count(*) from ${schema}.events where source = 'tasks' and data->>'change' = 'assigned')`,
  "awards without an end": `select 1 where (select count(*) from ${schema}.transfers where kind = 'award')
    <> (select count(*) from ${schema}.events where source = 'tasks' and data->>'change' = 'done')`,
  "periods that ended and are not closed": `select data->>'period' from ${schema}.events
    where type = 'task.registration-ended'
    except select period from ${schema}.closed_periods`,
  "rows of the host's that are not those of its cursor": `select 1 from ${schema}.cursors
    where consumer = 'host' and (number, number, number) <> (
      select count(*), count(distinct number), coalesce(max(number), 0) from ${schema}.host_rows)`,
  "rows of the host's, none of them there": `select 1 where not exists (select from ${schema}.host_rows)`,
  "a trial balance that is not zero": `select 1 where (select sum(credits - debits) from ${schema}.accounts) <> 0`,
  "balances that are not the sum of their transfers": `select a.id from ${schema}.accounts a
    join (select account, sum(debit) as debits, sum(credit) as credits from (
      select debit as account, amount as debit, 0 as credit from ${schema}.transfers
      union all select credit, 0, amount from ${schema}.transfers) entries group by account) s on s.account = a.id
    where (a.debits, a.credits) <> (s.debits, s.credits)`
})

export const audit = Effect.fnUntraced(function* (schema: string, acknowledged: Iterable<Sent>) {
  const { unsafe } = yield* PgClient
  yield* (yield* Consumers).settle
  const violations: Array<string> = []
  for (const [what, sql] of Object.entries(wrong(schema))) {
    const rows = yield* unsafe(sql)
    if (rows.length > 0) violations.push(`${rows.length} ${what}`)
  }
  const commands = [...acknowledged]
  const ids = new Set((yield* unsafe<{ readonly id: string }>(`select id from ${schema}.tasks`)).map(({ id }) => id))
  const missing = commands.flatMap(taskIds).filter((id) => !ids.has(id))
  if (missing.length > 0) violations.push(`${missing.length} acknowledged tasks are missing, ${missing[0]} first`)
  const verified = yield* (yield* Books).verify(Actor.system)
  if (verified.difference !== null) violations.push(`the books: ${verified.difference.message}`)
  const [counts] = yield* unsafe<{ readonly events: bigint }>(`select count(*) as events from ${schema}.events`)
  return {
    commands: commands.length,
    events: Number(counts!.events),
    transfers: verified.transfers,
    periods: verified.periods,
    violations
  } satisfies Findings
})
