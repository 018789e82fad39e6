/**
 * A company with a history, written by SQL: ten thousand popugs, sixty closed days, a hundred thousand of all else. A
 * neighbour in the same tables has the same.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Account, type Period } from "@popug/core"
import * as Effect from "effect/Effect"

const popugs = 10_000
const tasks = 100_000
const transfers = 100_000
const periods = 60

const popug = (n: string) => `'u' || lpad((${n})::text, 5, '0')`
const task = (n: string) => `'t' || lpad((${n})::text, 6, '0')`

/** As `packed.ts` keeps what begins with a letter above f. */
const packed = (text: string) => `'\\xff'::bytea || convert_to(${text}, 'UTF8')`

export const popugId = (index: number) => `u${String(index).padStart(5, "0")}`
export const taskId = (index: number) => `t${String(index).padStart(6, "0")}`
export const account = (index: number) => Account.popug(popugId(index))
export const period = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10) as Period

const digest = "decode(repeat('0', 64), 'hex')"
const date = (n: string) => `date '2026-01-01' + (${n})::int`

const statements = (schema: string, company: number): ReadonlyArray<string> => [
  `insert into ${schema}.events
    select ${company}, 2, 0, n, n, 'system', ${digest}, '["task.updated",2,{"id":' || n || '}]'
    from generate_series(1, ${transfers}) n`,
  `insert into ${schema}.commands
    select ${company}, 2, n, 'c' || n, ${digest}, '{}' from generate_series(1, ${transfers}) n`,
  `insert into ${schema}.users
    select ${company}, ${popug("n")}, 'Popug', array['worker'], case when n % 50 = 0 then 'deactivated' else 'active' end
    from generate_series(0, ${popugs - 1}) n`,
  `insert into ${schema}.members select company, id, roles, status from ${schema}.users where company = ${company}`,
  `insert into ${schema}.holders select company, id, name, status from ${schema}.users where company = ${company}`,
  // Of ten tasks nine are done; a few wait.
  `insert into ${schema}.tasks
    select ${company}, 1, n % 10 <> 0, ${packed(task("n"))},
      case when n % 1000 <> 0 then ${packed(popug(`n % ${popugs}`))} end, 'Mend it', '', null
    from generate_series(0, ${tasks - 1}) n`,
  `insert into ${schema}.prices
    select ${company}, n + 1, 1000, 2000, n, ${packed(task("n"))}, ${digest} from generate_series(0, ${tasks - 1}) n`,
  `insert into ${schema}.account_numbers
    select ${company}, n + 4, 'popug:' || ${popug("n")} from generate_series(0, ${popugs - 1}) n`,
  // Every fortieth is an award, every ten thousandth a correction.
  `insert into ${schema}.transfers (company, account, number, amount, occurred_ms, recorded_ms, period, kind, debited,
      event, assignment, task_name, title, corrects, round, undoes, reason, actor)
    select ${company}, n % ${popugs} + 4, n, 1000, n, n, ${date(`n * ${periods + 1} / ${transfers + 1}`)},
      case when n % 40 = 1 then 2 else 1 end, n % 40 <> 1, case when n % 10000 <> 0 then n end,
      case when n % 10000 = 0 then null when n % 40 = 1 then 0 else 1 end, n::text, 'Mend it',
      case when n % 10000 = 0 then n - 1 end, case when n % 10000 = 0 then 1 end, case when n % 10000 = 0 then false end,
      case when n % 10000 = 0 then 'r' end, case when n % 10000 = 0 then 'a' end
    from generate_series(1, ${transfers}) n`,
  `insert into ${schema}.journal_periods
    select company, period, min(number) from ${schema}.transfers where company = ${company} group by company, period`,
  `insert into ${schema}.accounts
    select ${company}, case when n % 100 = 0 then 9 else 0 end, 5, 'popug:' || ${popug("n")}
    from generate_series(0, ${popugs - 1}) n`,
  `insert into ${schema}.accounts
    select ${company}, 1, 1, 'company:' || name from unnest(array['fees', 'awards', 'cash']) name`,
  `insert into ${schema}.balances
    select ${company}, ${date("d")}, 0, 0, 0, 0, 0, 0, 0, 'popug:' || ${popug("n")}
    from generate_series(0, ${periods}) d, generate_series(0, ${popugs - 1}, 7) n`,
  `insert into ${schema}.closed_periods
    select ${company}, ${date("d")}, 0, d, d, d, d, d, '{}', 't', 't', ${digest}, ${digest}, ${digest}, ${digest}
    from generate_series(0, ${periods - 1}) d`,
  `insert into ${schema}.shuffles
    select ${company}, n, n, n, 10, 10000, ${date(`n * ${periods} / ${transfers + 1}`)}, 'user:max'
    from generate_series(1, ${transfers}, 10) n`,
  `insert into ${schema}.reports select ${company}, ${date("d")}, '{}' from generate_series(0, ${periods - 1}) d`,
  `insert into ${schema}.notices
    select ${company}, 'n' || lpad(n::text, 6, '0'), '{}', case when n % 100 = 0 then 'pending' else 'sent' end, 1, n, null
    from generate_series(1, ${tasks}) n`
]

export const fill = Effect.fnUntraced(function* (schema: string) {
  const { unsafe } = yield* PgClient
  yield* unsafe(`insert into ${schema}.companies (id) values ('neighbour')`)
  const companies = yield* unsafe<{ readonly number: number }>(`select number from ${schema}.companies order by number`)
  for (const { number } of companies) for (const statement of statements(schema, number)) yield* unsafe(statement)
  const tables = yield* unsafe<{ readonly name: string }>(
    "select tablename as name from pg_tables where schemaname = $1",
    [schema]
  )
  for (const { name } of tables) yield* unsafe(`analyze ${schema}.${name}`)
})
