/**
 * Edits by hand of a company's rows: one for each column of each table, rows that are added and rows that are taken
 * away. The tables are asked for their columns, so that a new one is edited too.
 */

/** A row of a table that is edited, with a name for it. */
interface Place {
  readonly table: string
  readonly name: string
  readonly where: string
}

const place = (table: string, where: string, name = table): Place => ({ table, name, where })

const first = (table: string, key: string, filter = "true") =>
  `ctid = (select ctid from SCHEMA.${table} where ${filter} order by ${key} limit 1)`
const last = (table: string, key: string, filter = "true") =>
  `ctid = (select ctid from SCHEMA.${table} where ${filter} order by ${key} desc limit 1)`

export const places: ReadonlyArray<Place> = [
  ...["users", "tasks", "billing", "reports"].map((name) => place("contexts", `name = '${name}'`, `contexts ${name}`)),
  place("events", first("events", "number", "source = 'users'"), "events, users' first"),
  place("events", last("events", "number", "source = 'users'"), "events, users' last"),
  place("events", first("events", "number", "source = 'tasks'"), "events, tasks' first"),
  place("events", last("events", "number", "source = 'tasks'"), "events, tasks' last applied"),
  place("events", last("events", "number", "source = 'billing'"), "events, billing's last"),
  place("commands", first("commands", "id")),
  place("cursors", "true"),
  place("subscriptions", "true"),
  place("users", "id = 'olga'"),
  place("user_identities", "true"),
  place("members", "id = 'olga'"),
  place("tasks", "id = 'open'"),
  place("creations", "true"),
  place("prices", "task = 'open'"),
  place("transfers", first("transfers", "number"), "transfers of a closed day"),
  place("transfers", last("transfers", "number"), "transfers of the open day"),
  place("transfers", "corrects is not null", "transfers, a correction"),
  place("journal_periods", "period = '2026-11-24'"),
  place("accounts", "id = 'popug:olga'", "accounts of who moved"),
  place("accounts", "id = 'popug:idle'", "accounts of who did not"),
  place("balances", "period = '2026-11-24' and account = 'popug:olga'", "balances of a closed day"),
  place("balances", "period = '2026-11-25' and account = 'popug:olga'", "balances of the open day"),
  place("holders", "id = 'olga'"),
  place("closed_periods", "period = '2026-11-23'", "closed_periods, first"),
  place("closed_periods", "period = '2026-11-24'", "closed_periods, last"),
  place("shuffles", "shuffle = 1", "shuffles, of a closed day"),
  place("shuffles", "shuffle = 2", "shuffles, of the open day"),
  place("reports", "period = '2026-11-24'"),
  place("notices", "id = 'payout.2026-11-24.olga'"),
  // Which migrations have been run is the adapter's own.
  place("popug_migrations", "true")
]

/** What an edit makes of a value, by the type of its column, where nothing else is said. */
const byType: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  bigint: (column) => `${column} + 1`,
  smallint: (column) => `${column} + 1`,
  integer: (column) => `${column} + 1`,
  numeric: (column) => `${column} + 50000`,
  json: () => `'{}'`,
  jsonb: () => `'{}'`,
  boolean: (column) => `not ${column}`,
  ARRAY: (column) => `${column} || '{admin}'`,
  "timestamp with time zone": (column) => `${column} + interval '1 day'`
}

/** Values that pass the checks of their columns. */
const special: Readonly<Record<string, string>> = {
  "contexts.name": "null",
  "contexts.rules": `'{"closing": "never"}'`,
  "events.source": "case source when 'users' then 'billing' else 'users' end",
  "commands.source": "case source when 'users' then 'billing' else 'users' end",
  "cursors.source": "case source when 'users' then 'billing' else 'users' end",
  "subscriptions.source": "case source when 'users' then 'billing' else 'users' end",
  "users.status": "'deactivated'",
  "members.status": "'deactivated'",
  "holders.status": "'deactivated'",
  "tasks.status": "case status when 'done' then 'in progress' else 'done' end",
  "tasks.assignee": "'idle'",
  "notices.status": "case status when 'sent' then 'pending' else 'sent' end",
  "transfers.kind": "case kind when 'fee' then 'award' else 'fee' end",
  "transfers.debit": "case when debit like 'popug:%' then 'popug:zoe' else 'company:cash' end",
  "transfers.credit": "case when credit like 'popug:%' then 'popug:zoe' else 'company:cash' end",
  "transfers.corrects": "case when corrects is null then 1 end",
  "transfers.number": "number + 1000",
  "accounts.id": "'popug:nobody'",
  "accounts.debits": "debits + 50000",
  "balances.account": "'popug:nobody'",
  "shuffles.shuffle": "shuffle + 10",
  "closed_periods.top_task_id": "'door'"
}

const dates: Readonly<Record<string, string>> = { period: "'2026-11-20'" }

const digests = /^(digest|previous|seal|previous_seal|events_digest|journal_digest)$/

/** The value that an edit gives a column. */
export const edited = (table: string, column: string, type: string): string =>
  special[`${table}.${column}`] ??
  dates[column] ??
  (digests.test(column) ? `repeat('e', 64)` : (byType[type] ?? (() => `${column}`))(column))

const field = (context: string, path: string, value: string, name = path): readonly [string, string] => [
  `the state of ${context}: ${name}`,
  `update SCHEMA.contexts set state = jsonb_set(state::jsonb, '{${path}}', '${value}')::json where name = '${context}'`
]

const e64 = `"${"e".repeat(64)}"`

/** Edits of the parts of a head, rows that are added, and rows that are taken away. */
export const others: ReadonlyArray<readonly [name: string, sql: string]> = [
  field("tasks", "period", '"2026-11-24"'),
  field("tasks", "lastTaskId", '"wall"'),
  field("tasks", "shuffles", "7"),
  field("tasks", "cursor,number", "1"),
  field("tasks", "cursor,digest", e64),
  field("billing", "period", '"2026-11-26"'),
  field("billing", "journal,number", "3"),
  field("billing", "journal,digest", e64),
  field("billing", "journal,period", '"2026-11-23"'),
  field("billing", "journal,recordedAt", '"2026-11-23T12:00:00.000Z"'),
  field("billing", "closed,period", '"2026-11-23"'),
  field("billing", "closed,seal", e64),
  field("billing", "closed,inTheRed", "9"),
  field("billing", "totals,fees", '"1"'),
  field("billing", "totals,awards", '"1"'),
  field("billing", "totals,payouts", '"1"'),
  field("billing", "totals,transfers", "1"),
  field("billing", "totals,done", "9"),
  field("billing", "topTask", "null"),
  field(
    "billing",
    "shuffle",
    '{"event":900,"shuffle":9,"period":"2026-11-25","actor":"system","at":"2026-11-25T12:00:00.000Z","reassigned":1,"fees":"1"}'
  ),
  field("billing", "shuffled", "null"),
  field("billing", "awaiting", '"2026-11-25"'),
  field("billing", "approved", '"2026-11-25"'),
  field("billing", "passed", "99"),
  field("billing", "tasks,number", "1"),
  field("billing", "tasks,digest", e64),
  field("billing", "users,number", "1"),
  field("billing", "users,digest", e64),
  [
    "a price added",
    `insert into SCHEMA.prices select 'x', fee, award, 900, journal, digest from SCHEMA.prices limit 1`
  ],
  ["a price taken away", "delete from SCHEMA.prices where task = 'open'"],
  [
    "a task added",
    "insert into SCHEMA.tasks select 'x', title, '', null, status, assignee, assignment from SCHEMA.tasks limit 1"
  ],
  ["a task taken away", "delete from SCHEMA.tasks where id = 'wall'"],
  [
    "a shuffle added",
    "insert into SCHEMA.shuffles select event + 1, 9, period, actor, at_ms, reassigned, fees from SCHEMA.shuffles limit 1"
  ],
  [
    "a shuffle to come added",
    `insert into SCHEMA.shuffles
      select 900, 9, '2026-11-25', actor, at_ms, reassigned, fees from SCHEMA.shuffles limit 1`
  ],
  ["a shuffle of a closed day taken away", "delete from SCHEMA.shuffles where shuffle = 1"],
  ["the last shuffle taken away", "delete from SCHEMA.shuffles where shuffle = 2"],
  ["a user added", "insert into SCHEMA.users (id, name, roles, status) values ('x', 'X', '{admin}', 'active')"],
  ["a user taken away", "delete from SCHEMA.users where id = 'idle'"],
  ["an identity of a user added", "insert into SCHEMA.user_identities values ('https://id.example', 'x', 'idle', 0)"],
  ["an identity of a user taken away", "delete from SCHEMA.user_identities"],
  ["a member added", "insert into SCHEMA.members values ('x', '{worker}', 'active')"],
  ["a member taken away", "delete from SCHEMA.members where id = 'idle'"],
  ["a holder added", "insert into SCHEMA.holders values ('x', 'X', 'active')"],
  ["a holder taken away", "delete from SCHEMA.holders where id = 'idle'"],
  ["an account added, with 50,000", "insert into SCHEMA.accounts values ('popug:x', 0, 50000)"],
  ["an account taken away", "delete from SCHEMA.accounts where id = 'popug:olga'"],
  ["an account of the company's added", "insert into SCHEMA.accounts values ('company:x', 0, 50000)"],
  [
    "50,000 moved between accounts that have not moved",
    `update SCHEMA.accounts set credits = credits + 50000 where id = 'popug:idle';
     update SCHEMA.accounts set debits = debits + 50000 where id = 'company:cash'`
  ],
  [
    "50,000 in the open day's balance and the account",
    `update SCHEMA.accounts set credits = credits + 50000 where id = 'popug:olga';
     update SCHEMA.balances set credits = credits + 50000 where account = 'popug:olga' and period = '2026-11-25'`
  ],
  [
    "50,000 carried from a closed day, with its balance and the account",
    `update SCHEMA.accounts set credits = credits + 50000 where id = 'popug:olga';
     update SCHEMA.balances set credits = credits + 50000 where account = 'popug:olga' and period = '2026-11-24';
     update SCHEMA.balances set opening = opening + 50000 where account = 'popug:olga' and period = '2026-11-25'`
  ],
  [
    "a balance of the open day added",
    "insert into SCHEMA.balances values ('2026-11-25', 'popug:x', 50000, 0, 0, 0, 0, 0, 0)"
  ],
  [
    "a balance of a closed day added",
    "insert into SCHEMA.balances values ('2026-11-24', 'popug:x', 0, 0, 0, 0, 0, 0, 0)"
  ],
  [
    "a balance of a day to come added",
    "insert into SCHEMA.balances values ('2026-12-01', 'popug:x', 50000, 0, 0, 0, 0, 0, 0)"
  ],
  ["a balance taken away", "delete from SCHEMA.balances where account = 'popug:olga' and period = '2026-11-25'"],
  [
    "a transfer beyond the journal's end",
    `insert into SCHEMA.transfers select number + 1, kind, debit, credit, 50000, period, cause_key || 'x', cause, corrects,
      occurred_ms, recorded_ms from SCHEMA.transfers order by number desc limit 1`
  ],
  ["a transfer taken away from the open day", `delete from SCHEMA.transfers where ${last("transfers", "number")}`],
  ["a transfer taken away from a closed day", `delete from SCHEMA.transfers where number = 1`],
  ["a period of the journal taken away", "delete from SCHEMA.journal_periods where period = '2026-11-24'"],
  ["a period of the journal added", "insert into SCHEMA.journal_periods values ('2026-12-01', 2)"],
  [
    "a closed day added",
    `insert into SCHEMA.closed_periods select '2026-11-25', totals, in_the_red, top_task_id, top_task_title, top_task_total,
      previous_seal, seal, last_event, closed_as, events_digest, last_transfer, journal_digest, closed_ms
      from SCHEMA.closed_periods order by period desc limit 1`
  ],
  [
    "a closed day before the first added",
    `insert into SCHEMA.closed_periods select '2026-11-20', totals, in_the_red, top_task_id, top_task_title, top_task_total,
      previous_seal, seal, last_event, closed_as, events_digest, last_transfer, journal_digest, closed_ms
      from SCHEMA.closed_periods order by period limit 1`
  ],
  ["a closed day taken away", "delete from SCHEMA.closed_periods where period = '2026-11-24'"],
  [
    "an event of tasks beyond the end",
    `insert into SCHEMA.events select source, number + 1, type, version, at_ms, actor, previous, data
      from SCHEMA.events where source = 'tasks' order by number desc limit 1`
  ],
  [
    "an event of users beyond the end",
    `insert into SCHEMA.events select source, number + 1, type, version, at_ms, actor, previous, data
      from SCHEMA.events where source = 'users' order by number desc limit 1`
  ],
  [
    "an event of billing beyond the end",
    `insert into SCHEMA.events select source, number + 1, type, version, at_ms, actor, previous, data
      from SCHEMA.events where source = 'billing' order by number desc limit 1`
  ],
  ["an event of users taken away", "delete from SCHEMA.events where source = 'users' and number = 2"],
  ["an event of tasks taken away", "delete from SCHEMA.events where source = 'tasks' and number = 2"],
  ["an event of billing taken away", "delete from SCHEMA.events where source = 'billing' and number = 1"],
  ["a report added", "insert into SCHEMA.reports select '2026-11-20', report from SCHEMA.reports limit 1"],
  ["a report taken away", "delete from SCHEMA.reports where period = '2026-11-24'"],
  [
    "a report of another day's sums",
    "update SCHEMA.reports r set report = (select report from SCHEMA.reports o where o.period <> r.period)"
  ],
  [
    "a notice added",
    "insert into SCHEMA.notices select 'payout.2026-11-24.x', notice, status, attempts, due_ms, last_error from SCHEMA.notices limit 1"
  ],
  ["a notice taken away", "delete from SCHEMA.notices where id = 'audit.2026-11-24'"],
  [
    "another sum in a payout's notice",
    `update SCHEMA.notices set notice = jsonb_set(notice::jsonb, '{payout,payout}', '"1"')::json where id = 'payout.2026-11-24.olga'`
  ],
  ["commands taken away", "delete from SCHEMA.commands"]
]
