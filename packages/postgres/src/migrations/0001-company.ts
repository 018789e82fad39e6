/**
 * The tables of a company. Constraints repeat the domain's rules; what must never change is kept from changing by
 * triggers. Instants are epoch milliseconds, ids are compared byte by byte.
 */
const digest = (column: string) =>
  // A counted repetition costs ten times as much as the rest of the check.
  `${column} text not null check (length(${column}) = 64 and ${column} ~ '^[0-9a-f]+$')`
const period = (column: string) => `${column} text collate "C" not null check (${column} ~ '^\\d{4}-\\d\\d-\\d\\d$')`

/** A table whose rows are there for ever, as they are. */
const immutable = (schema: string, table: string) =>
  `create trigger ${table}_are_final before update or delete or truncate on ${schema}.${table}
    for each statement execute function ${schema}.refuse_change()`

export const company = (schema: string): ReadonlyArray<string> => [
  `create function ${schema}.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows are never changed or deleted', tg_op, tg_table_name;
end $$`,

  // One row for each context: for which company it was opened, and where it stands. Locking it is taking the head.
  `create table ${schema}.contexts (
    name text collate "C" primary key check (name in ('users', 'tasks', 'billing', 'reports')),
    company text not null,
    time_zone text not null,
    cutoff text not null,
    currency text not null,
    rules json not null,
    number bigint not null check (number >= 0),
    at_ms bigint not null,
    ${digest("digest")},
    state json not null
  ) with (fillfactor = 20)`,

  `create table ${schema}.events (
    source text collate "C" not null check (source in ('users', 'tasks', 'billing')),
    number bigint not null check (number > 0),
    type text not null,
    version int not null check (version > 0),
    at_ms bigint not null,
    actor text not null,
    ${digest("previous")},
    data json not null,
    primary key (source, number)
  )`,
  immutable(schema, "events"),

  `create table ${schema}.commands (
    source text collate "C" not null check (source in ('users', 'tasks', 'billing')),
    id text collate "C" not null,
    digest text not null check (digest = 'commit' or (length(digest) = 64 and digest ~ '^[0-9a-f]+$')),
    answer json not null,
    at_ms bigint not null,
    primary key (source, id)
  )`,
  `create index commands_by_age on ${schema}.commands (source, at_ms)`,

  `create table ${schema}.cursors (
    consumer text collate "C" primary key,
    source text collate "C" not null check (source in ('users', 'tasks', 'billing')),
    number bigint not null check (number >= 0),
    ${digest("digest")},
    stopped json
  )`,

  // How far a name's subscribers have acknowledged.
  `create table ${schema}.subscriptions (
    name text collate "C" not null,
    source text collate "C" not null check (source in ('users', 'tasks', 'billing')),
    number bigint not null check (number >= 0),
    primary key (name, source)
  )`,

  `create table ${schema}.users (
    id text collate "C" primary key,
    name text not null,
    roles text[] not null check (cardinality(roles) > 0),
    status text not null check (status in ('active', 'deactivated'))
  )`,
  `create index users_by_status on ${schema}.users (status, id)`,
  // Who users are to identity providers; of nobody, once it was taken away.
  `create table ${schema}.user_identities (
    issuer text collate "C" not null,
    subject text collate "C" not null,
    user_id text collate "C",
    position smallint not null check (position >= 0),
    primary key (issuer, subject)
  )`,
  `create index user_identities_by_user on ${schema}.user_identities (user_id)`,
  `create index users_by_role on ${schema}.users using gin (roles)`,

  // The tasks context's own copy of the users.
  `create table ${schema}.members (
    id text collate "C" primary key,
    roles text[] not null,
    status text not null check (status in ('active', 'deactivated'))
  )`,

  // How many tasks each person has created in the last period in which they created any.
  `create table ${schema}.creations (
    creator text collate "C" primary key,
    ${period("period")},
    created int not null check (created > 0)
  )`,

  `create table ${schema}.tasks (
    id text collate "C" primary key,
    title text not null,
    description text not null,
    jira_id text,
    status text not null check (status in ('in progress', 'done')),
    assignee text collate "C",
    assignment int not null check (assignment >= 0)
  )`,
  `create index tasks_by_status on ${schema}.tasks (status, id)`,
  `create index tasks_by_assignee on ${schema}.tasks (assignee, status, id)`,

  `create table ${schema}.prices (
    task text collate "C" primary key,
    fee numeric not null check (fee > 0 and fee = trunc(fee)),
    award numeric not null check (award > 0 and award = trunc(award)),
    event bigint not null unique check (event > 0),
    journal bigint not null check (journal >= 0),
    ${digest("digest")}
  )`,
  immutable(schema, "prices"),

  `create table ${schema}.transfers (
    number bigint primary key check (number > 0),
    kind text not null check (kind in ('fee', 'award', 'payout')),
    debit text collate "C" not null,
    credit text collate "C" not null check (credit <> debit),
    amount numeric not null check (amount > 0 and amount = trunc(amount)),
    ${period("period")},
    cause_key text collate "C" not null unique,
    cause json not null,
    corrects bigint references ${schema}.transfers (number) check (corrects < number),
    occurred_ms bigint not null,
    recorded_ms bigint not null,
    check (corrects is null or corrects is not distinct from (cause ->> 'corrects')::bigint),
    -- Every transfer is between a popug and the company.
    check ((debit >= 'popug:') <> (credit >= 'popug:'))
  )`,
  `create index transfers_by_popug on ${schema}.transfers (
    (case when debit >= 'popug:' then debit else credit end), number
  )`,
  `create index transfers_by_kind on ${schema}.transfers (kind, number)`,
  `create index transfers_by_corrected on ${schema}.transfers (corrects) where corrects is not null`,
  immutable(schema, "transfers"),

  // Where each period begins in the journal, in which periods only grow: instead of an index by period.
  `create table ${schema}.journal_periods (
    ${period("period")},
    first_transfer bigint not null,
    primary key (period)
  )`,

  `create table ${schema}.accounts (
    id text collate "C" primary key
      check (id >= 'popug:' and id < 'popug;' or id in ('company:fees', 'company:awards', 'company:cash')),
    debits numeric not null check (debits >= 0),
    credits numeric not null check (credits >= 0)
  ) with (fillfactor = 80)`,
  `create index accounts_in_the_red on ${schema}.accounts (id) where credits < debits and id >= 'popug:'`,

  `create table ${schema}.balances (
    ${period("period")},
    account text collate "C" not null,
    opening numeric not null,
    debits numeric not null,
    credits numeric not null,
    fees numeric not null,
    awards numeric not null,
    payouts numeric not null,
    paid numeric not null,
    primary key (period, account)
  ) with (fillfactor = 80)`,
  `create index balances_by_account on ${schema}.balances (account, period)`,

  `create table ${schema}.holders (
    id text collate "C" primary key,
    name text not null,
    status text not null check (status in ('active', 'deactivated'))
  )`,

  `create table ${schema}.closed_periods (
    ${period("period")},
    totals json not null,
    in_the_red bigint not null check (in_the_red >= 0),
    top_task_id text,
    top_task_title text,
    top_task_total numeric,
    ${digest("previous_seal")},
    ${digest("seal")},
    last_event bigint not null,
    closed_as bigint not null,
    ${digest("events_digest")},
    last_transfer bigint not null,
    ${digest("journal_digest")},
    closed_ms bigint not null,
    primary key (period)
  )`,
  immutable(schema, "closed_periods"),

  // What each shuffle cost.
  `create table ${schema}.shuffles (
    event bigint primary key check (event > 0),
    shuffle bigint not null unique check (shuffle > 0),
    ${period("period")},
    actor text not null,
    at_ms bigint not null,
    reassigned bigint not null check (reassigned >= 0),
    fees numeric not null check (fees >= 0 and fees = trunc(fees))
  )`,
  `create index shuffles_by_period on ${schema}.shuffles (period, event)`,
  immutable(schema, "shuffles"),

  `create table ${schema}.reports (
    ${period("period")},
    report json not null,
    primary key (period)
  )`,

  `create table ${schema}.notices (
    id text collate "C" primary key,
    notice json not null,
    status text not null check (status in ('pending', 'sent')),
    attempts int not null check (attempts >= 0),
    due_ms bigint not null,
    last_error text
  )`,
  `create index notices_by_status on ${schema}.notices (status, id)`,
  `create index notices_due on ${schema}.notices (due_ms, id) where status = 'pending'`,
  `create index notices_failed on ${schema}.notices (id)
    where attempts > case status when 'sent' then 1 else 0 end`
]
