/**
 * A company with a history, written by SQL: ten thousand popugs, sixty closed days, a hundred thousand of all else.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Account, type Period } from "@popug/core"
import * as Effect from "effect/Effect"

const popugs = 10_000
const tasks = 100_000
const transfers = 100_000
const periods = 60

const zeros = "repeat('0', 64)"
const day = (n: string) => `to_char(date '2026-01-01' + (${n})::int, 'YYYY-MM-DD')`
const popug = (n: string) => `'u' || lpad((${n})::text, 5, '0')`
const task = (n: string) => `'t' || lpad((${n})::text, 6, '0')`

export const popugId = (index: number) => `u${String(index).padStart(5, "0")}`
export const taskId = (index: number) => `t${String(index).padStart(6, "0")}`
export const account = (index: number) => Account.popug(popugId(index))
export const period = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10) as Period

const statements = (schema: string): ReadonlyArray<string> => [
  `insert into ${schema}.events
    select source, n, 'task.updated', 2, n, 'system', ${zeros}, json_build_object('id', n)
    from generate_series(1, ${transfers}) n, unnest(array['tasks']) source`,
  `insert into ${schema}.commands select 'tasks', 'c' || n, ${zeros}, '{}', n from generate_series(1, ${transfers}) n`,
  `insert into ${schema}.users
    select ${popug("n")}, 'Popug', array['worker'], case when n % 50 = 0 then 'deactivated' else 'active' end
    from generate_series(0, ${popugs - 1}) n`,
  `insert into ${schema}.members select id, roles, status from ${schema}.users`,
  `insert into ${schema}.holders select id, name, status from ${schema}.users`,
  // Of ten tasks nine are done; a few wait.
  `insert into ${schema}.tasks
    select ${task("n")}, 'Mend it', '', null, case when n % 10 = 0 then 'in progress' else 'done' end,
      case when n % 1000 = 0 then null else ${popug(`n % ${popugs}`)} end, 1
    from generate_series(0, ${tasks - 1}) n`,
  `insert into ${schema}.prices select ${task("n")}, 1000, 2000, n + 1, n, ${zeros} from generate_series(0, ${tasks - 1}) n`,
  `insert into ${schema}.transfers
    select n, 'fee', 'popug:' || ${popug(`n % ${popugs}`)}, 'company:fees', 1000,
      ${day(`n * ${periods + 1} / ${transfers + 1}`)}, 'fee/' || n || '/1',
      case when n % 10000 = 0 then json_build_object('corrects', n - 1) else '{}' end,
      case when n % 10000 = 0 then n - 1 end, n, n
    from generate_series(1, ${transfers}) n`,
  `insert into ${schema}.journal_periods select period, min(number) from ${schema}.transfers group by period`,
  `insert into ${schema}.accounts
    select 'popug:' || ${popug("n")}, case when n % 100 = 0 then 9 else 0 end, 5
    from generate_series(0, ${popugs - 1}) n`,
  `insert into ${schema}.accounts select 'company:' || name, 1, 1 from unnest(array['fees', 'awards', 'cash']) name`,
  `insert into ${schema}.balances
    select ${day("d")}, 'popug:' || ${popug("n")}, 0, 0, 0, 0, 0, 0, 0
    from generate_series(0, ${periods}) d, generate_series(0, ${popugs - 1}, 7) n`,
  `insert into ${schema}.closed_periods
    select ${day("d")}, '{}', 0, 't', 't', d, ${zeros}, ${zeros}, d, d, ${zeros}, d, ${zeros}, d
    from generate_series(0, ${periods - 1}) d`,
  `insert into ${schema}.shuffles
    select n, n, ${day(`n * ${periods} / ${transfers + 1}`)}, 'user:max', n, 10, 10000
    from generate_series(1, ${transfers}, 10) n`,
  `insert into ${schema}.reports select ${day("d")}, '{}' from generate_series(0, ${periods - 1}) d`,
  `insert into ${schema}.notices
    select 'n' || lpad(n::text, 6, '0'), '{}', case when n % 100 = 0 then 'pending' else 'sent' end, 1, n, null
    from generate_series(1, ${tasks}) n`
]

export const fill = Effect.fnUntraced(function* (schema: string) {
  const { unsafe } = yield* PgClient
  for (const statement of statements(schema)) yield* unsafe(statement)
  const tables = yield* unsafe<{ readonly name: string }>(
    "select tablename as name from pg_tables where schemaname = $1",
    [schema]
  )
  for (const { name } of tables) yield* unsafe(`analyze ${schema}.${name}`)
})
