/**
 * Edits by hand of a company's rows: one for each column of each table, rows that are added and rows that are taken
 * away. The tables are asked for their columns, so that a new one is edited too.
 */

import { packed } from "../src/packed.ts"

/** The bytes of an id of a task or of who holds one. */
const id = (text: string) => `'\\x${Buffer.from(packed(text)).toString("hex")}'::bytea`

/** A row of a table that is edited, with a name for it. */
interface Place {
  readonly table: string
  readonly name: string
  readonly where: string
}

/** A row of the company; its neighbour's are left alone. */
const place = (table: string, where: string, name = table): Place => ({
  table,
  name,
  where: `company = 1 and ${where}`
})

const first = (table: string, key: string, filter = "true") =>
  `ctid = (select ctid from SCHEMA.${table} where company = 1 and ${filter} order by ${key} limit 1)`
const last = (table: string, key: string, filter = "true") =>
  `ctid = (select ctid from SCHEMA.${table} where company = 1 and ${filter} order by ${key} desc limit 1)`

export const places: ReadonlyArray<Place> = [
  { table: "companies", name: "companies", where: "number = 1" },
  ...["users", "tasks", "billing", "reports"].map((name) => place("contexts", `name = '${name}'`, `contexts ${name}`)),
  place("events", first("events", "number", "source = 1"), "events, users' first"),
  place("events", last("events", "number", "source = 1"), "events, users' last"),
  place("events", first("events", "number", "source = 2"), "events, tasks' first"),
  place("events", last("events", "number", "source = 2"), "events, tasks' last applied"),
  place("events", last("events", "number", "source = 3"), "events, billing's last"),
  place("commands", first("commands", "id")),
  place("cursors", "true"),
  place("subscriptions", "true"),
  place("claims", "true"),
  { table: "directory", name: "directory", where: "id = 'popug'" },
  place("users", "id = 'olga'"),
  place("user_identities", "true"),
  place("members", "id = 'olga'"),
  place("tasks", `id = ${id("open")}`),
  place("creations", "true"),
  place("prices", `task = ${id("open")}`),
  place("transfers", first("transfers", "number"), "transfers of a closed day"),
  place("transfers", last("transfers", "number"), "transfers of the open day"),
  place("transfers", "corrects is not null", "transfers, a correction"),
  place("account_numbers", "id = 'popug:olga'"),
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
  { table: "popug_migrations", name: "popug_migrations", where: "true" }
]

/** What an edit makes of a value, by the type of its column, where nothing else is said. */
const byType: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  smallint: (column) => `coalesce(${column}, 0) + 1`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  bytea: (column) => `coalesce(${column}, '') || 'x'`,
  uuid: () => "'01937c3a-0000-7000-a000-000000000000'",
  json: () => `'{}'`,
  jsonb: () => `'{}'`,
  boolean: (column) => `not coalesce(${column}, false)`,
  ARRAY: (column) => `${column} || '{admin}'`,
  "timestamp with time zone": (column) => `${column} + interval '1 day'`
}

/** Values that pass the checks of their columns. */
const special: Readonly<Record<string, string>> = {
  "contexts.name": "null",
  "contexts.rules": `'{"closing": "never"}'`,
  "events.source": "case source when 1 then 3 else 1 end",
  "events.data": `case form when 0 then '["user.created",1,{}]' else '["x",1,"done","x",true,null,"2026-11-24","x"]' end`,
  "events.trace": "'\\xeeee'",
  "commands.source": "case source when 1 then 3 else 1 end",
  "commands.answer": "'{}'",
  "cursors.source": "case source when 1 then 3 else 1 end",
  "subscriptions.source": "case source when 1 then 3 else 1 end",
  "directory.status": "'resting'",
  "users.status": "'deactivated'",
  "members.status": "'deactivated'",
  "holders.status": "'deactivated'",
  "tasks.assignee": id("idle"),
  "notices.status": "case status when 'sent' then 'pending' else 'sent' end",
  "transfers.kind": "case kind when 1 then 2 else 1 end",
  "transfers.account": "(select min(number) from SCHEMA.account_numbers n where n.number <> account)",
  "transfers.corrects": "case when corrects is null then 1 end",
  "transfers.number": "number + 1000",
  "accounts.id": "'popug:nobody'",
  ...Object.fromEntries(
    ["accounts.debits", "accounts.credits", "transfers.amount", "prices.fee", "prices.award", "shuffles.fees"].map(
      (column) => [column, `${column.split(".")[1]} + 50000`]
    )
  ),
  "account_numbers.id": "'popug:nobody'",
  "account_numbers.number": "number + 1000",
  "balances.account": "'popug:nobody'",
  "shuffles.shuffle": "shuffle + 10",
  "closed_periods.top_task_id": "'door'"
}

const everywhere: Readonly<Record<string, string>> = { period: "'2026-11-20'", company: "company + 100" }

const digests = /^(digest|previous|seal|previous_seal|events_digest|journal_digest)$/

/** The value that an edit gives a column. */
export const edited = (table: string, column: string, type: string): string =>
  special[`${table}.${column}`] ??
  everywhere[column] ??
  (digests.test(column) ? "decode(repeat('e', 64), 'hex')" : (byType[type] ?? (() => `${column}`))(column))

const field = (context: string, path: string, value: string, name = path): readonly [string, string] => [
  `the state of ${context}: ${name}`,
  `update SCHEMA.contexts set state = jsonb_set(state::jsonb, '{${path}}', '${value}')::json where company = 1 and name = '${context}'`
]

const e64 = `"${"e".repeat(64)}"`

/** Edits of the parts of a head, rows that are added, and rows that are taken away. */
export const others: ReadonlyArray<readonly [name: string, sql: string]> = [
  field("tasks", "period", '"2026-11-24"'),
  field("tasks", "lastTaskId", '"wall"'),
  field("tasks", "shuffles", "7"),
  field("tasks", "counts,open", "7"),
  field("tasks", "counts,waiting", "1"),
  field("tasks", "counts,done", "7"),
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
    `insert into SCHEMA.prices select 1, 900, fee, award, journal, ${id("x")}, digest from SCHEMA.prices limit 1`
  ],
  ["a price taken away", `delete from SCHEMA.prices where task = ${id("open")}`],
  [
    "a task added",
    `insert into SCHEMA.tasks
      select 1, assignment, done, ${id("x")}, assignee, title, '', null from SCHEMA.tasks limit 1`
  ],
  ["a task taken away", `delete from SCHEMA.tasks where id = ${id("wall")}`],
  [
    "a shuffle added",
    `insert into SCHEMA.shuffles
      select 1, event + 1, 9, at_ms, reassigned, fees, period, actor from SCHEMA.shuffles order by event limit 1`
  ],
  [
    "a shuffle to come added",
    `insert into SCHEMA.shuffles
      select 1, 900, 9, at_ms, reassigned, fees, '2026-11-25', actor from SCHEMA.shuffles limit 1`
  ],
  ["a shuffle of a closed day taken away", "delete from SCHEMA.shuffles where shuffle = 1"],
  ["the last shuffle taken away", "delete from SCHEMA.shuffles where shuffle = 2"],
  [
    "a user added",
    "insert into SCHEMA.users (company, id, name, roles, status) values (1, 'x', 'X', '{admin}', 'active')"
  ],
  ["a user taken away", "delete from SCHEMA.users where id = 'idle'"],
  [
    "an identity of a user added",
    "insert into SCHEMA.user_identities values (1, 'https://id.example', 'x', 'idle', 0)"
  ],
  ["an identity of a user taken away", "delete from SCHEMA.user_identities"],
  ["a member added", "insert into SCHEMA.members values (1, 'x', '{worker}', 'active')"],
  ["a member taken away", "delete from SCHEMA.members where id = 'idle'"],
  ["a holder added", "insert into SCHEMA.holders values (1, 'x', 'X', 'active')"],
  ["a holder taken away", "delete from SCHEMA.holders where id = 'idle'"],
  ["an account added, with 50,000", "insert into SCHEMA.accounts values (1, 0, 50000, 'popug:x')"],
  ["an account taken away", "delete from SCHEMA.accounts where id = 'popug:olga'"],
  ["an account of the company's added", "insert into SCHEMA.accounts values (1, 0, 50000, 'company:x')"],
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
    "insert into SCHEMA.balances values (1, '2026-11-25', 50000, 0, 0, 0, 0, 0, 0, 'popug:x')"
  ],
  [
    "a balance of a closed day added",
    "insert into SCHEMA.balances values (1, '2026-11-24', 0, 0, 0, 0, 0, 0, 0, 'popug:x')"
  ],
  [
    "a balance of a day to come added",
    "insert into SCHEMA.balances values (1, '2026-12-01', 50000, 0, 0, 0, 0, 0, 0, 'popug:x')"
  ],
  ["a balance taken away", "delete from SCHEMA.balances where account = 'popug:olga' and period = '2026-11-25'"],
  [
    "a transfer beyond the journal's end",
    `insert into SCHEMA.transfers
        (company, account, number, amount, occurred_ms, recorded_ms, event, period, kind, debited, assignment, task_name, title)
      select 1, account, number + 1, 50000, occurred_ms, recorded_ms, 900, period, 1, true, 9, 'x', 'x'
      from SCHEMA.transfers where company = 1 order by number desc limit 1`
  ],
  ["a transfer taken away from the open day", `delete from SCHEMA.transfers where ${last("transfers", "number")}`],
  ["a transfer taken away from a closed day", `delete from SCHEMA.transfers where number = 1`],
  ["a period of the journal taken away", "delete from SCHEMA.journal_periods where period = '2026-11-24'"],
  ["a period of the journal added", "insert into SCHEMA.journal_periods values (1, '2026-12-01', 2)"],
  [
    "a closed day added",
    `insert into SCHEMA.closed_periods select 1, '2026-11-25', in_the_red, top_task_total, last_event, closed_as, last_transfer,
      closed_ms, totals, top_task_id, top_task_title, previous_seal, seal, events_digest, journal_digest
      from SCHEMA.closed_periods order by period desc limit 1`
  ],
  [
    "a closed day before the first added",
    `insert into SCHEMA.closed_periods select 1, '2026-11-20', in_the_red, top_task_total, last_event, closed_as, last_transfer,
      closed_ms, totals, top_task_id, top_task_title, previous_seal, seal, events_digest, journal_digest
      from SCHEMA.closed_periods order by period limit 1`
  ],
  ["a closed day taken away", "delete from SCHEMA.closed_periods where period = '2026-11-24'"],
  [
    "an event of tasks beyond the end",
    `insert into SCHEMA.events select 1, source, form, number + 1, at_ms, actor, previous, data
      from SCHEMA.events where source = 2 order by number desc limit 1`
  ],
  [
    "an event of users beyond the end",
    `insert into SCHEMA.events select 1, source, form, number + 1, at_ms, actor, previous, data
      from SCHEMA.events where source = 1 order by number desc limit 1`
  ],
  [
    "an event of billing beyond the end",
    `insert into SCHEMA.events select 1, source, form, number + 1, at_ms, actor, previous, data
      from SCHEMA.events where source = 3 order by number desc limit 1`
  ],
  ["an event of users taken away", "delete from SCHEMA.events where source = 1 and number = 2"],
  ["an event of tasks taken away", "delete from SCHEMA.events where source = 2 and number = 2"],
  ["an event of billing taken away", "delete from SCHEMA.events where source = 3 and number = 1"],
  ["a report added", "insert into SCHEMA.reports select 1, '2026-11-20', report from SCHEMA.reports limit 1"],
  ["a report taken away", "delete from SCHEMA.reports where period = '2026-11-24'"],
  [
    "a report of another day's sums",
    "update SCHEMA.reports r set report = (select report from SCHEMA.reports o where o.company = 1 and o.period <> r.period)"
  ],
  [
    "a notice added",
    "insert into SCHEMA.notices select 1, 'payout.2026-11-24.x', notice, status, attempts, due_ms, last_error from SCHEMA.notices limit 1"
  ],
  ["a notice taken away", "delete from SCHEMA.notices where id = 'audit.2026-11-24'"],
  [
    "another sum in a payout's notice",
    `update SCHEMA.notices set notice = jsonb_set(notice::jsonb, '{payout,payout}', '"1"')::json where id = 'payout.2026-11-24.olga'`
  ],
  ["commands taken away", "delete from SCHEMA.commands"]
]
