/**
 * The tables, of any number of companies. Constraints repeat the domain's rules; what must never change is kept from
 * changing by triggers. Instants are epoch milliseconds, ids are compared byte by byte, digests are bytes. Columns of a
 * fixed width come first, which spares what would pad them.
 */
import { manyCompanies } from "./manyCompanies.ts"

const digest = (column: string) => `${column} bytea not null check (octet_length(${column}) = 32)`
/** `Envelope.Source` as a number: `sources.ts`. */
const source = "source smallint not null check (source between 1 and 3)"

/** Of an index that only grows at its ends: nothing is ever put between, for which room would be left. */
const full = "with (fillfactor = 100)"

/** A table whose rows are there for ever, as they are. */
const immutable = (schema: string, table: string) =>
  `create trigger ${table}_are_final before update or delete or truncate on ${schema}.${table}
    for each statement execute function ${schema}.refuse_change()`

const machinery = (schema: string): ReadonlyArray<string> => [
  `create function ${schema}.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows are never changed or deleted', tg_op, tg_table_name;
end $$`,

  // For whoever reads rows by hand: the id of a task, or of who holds it, from its bytes (`packed.ts`).
  `create function ${schema}.id_text(id bytea) returns text language sql immutable parallel safe
    return case
      when get_byte(id, 0) in (0, 159, 255) then convert_from(substr(id, 2), 'UTF8')
      when octet_length(id) = 16 then encode(id, 'hex')::uuid::text
      else convert_from(substr(id, 17), 'UTF8')
    end`,

  // The number is local to this database; it leads every key, so that one schema holds any number of companies.
  `create table ${schema}.companies (
    number int generated always as identity primary key,
    id text collate "C" not null unique
  )`,
  immutable(schema, "companies")
]

const contexts = (schema: string): ReadonlyArray<string> => [
  // One row for each context: for which company it was opened, and where it stands. Locking it is taking the head, so
  // all that is compared under it stands here: another row would be read as it was before the lock was awaited. Half of
  // a page is room for the versions that follow one another there; more would be most of what a resting company costs.
  `create table ${schema}.contexts (
    company int not null,
    name text collate "C" not null check (name in ('users', 'tasks', 'billing', 'reports')),
    id text not null,
    time_zone text not null,
    cutoff text not null,
    currency text not null,
    rules json not null,
    number bigint not null check (number >= 0),
    at_ms bigint not null,
    ${digest("digest")},
    state json not null,
    -- Of the tasks' context alone: when its open period ends. It moves once a day, so that what moves the head
    -- touches no index.
    due_ms bigint check ((due_ms is null) = (name <> 'tasks')),
    resting boolean not null default false,
    -- Rows that wake for nobody: they came from another database and are not settled yet, or have gone to one.
    away text check (away is null or away in ('arrived', 'gone') and resting),
    primary key (company, name)
  ) with (fillfactor = 50)`,
  `create index contexts_due on ${schema}.contexts (due_ms) where due_ms is not null and not resting`
]

const events = (schema: string): ReadonlyArray<string> => [
  // The form says which events these are, and what their data keeps of what they say: `Forms.ts`.
  `create table ${schema}.events (
    company int not null,
    ${source},
    form smallint not null,
    number bigint not null check (number > 0),
    at_ms bigint not null,
    actor text not null,
    ${digest("previous")},
    data text not null,
    -- What caused it (Traces.ts); empty where nobody traced that.
    trace bytea not null default '',
    -- Of form 0 the version is part of the data.
    check (form > 0 or form = 0 and coalesce((data::json ->> 1)::int, 0) > 0),
    primary key (company, source, number) ${full}
  )`,
  immutable(schema, "events"),
  // For whoever reads rows by hand: the type, the version and the data of an event.
  `create function ${schema}.event_json(form smallint, data text) returns json language sql immutable parallel safe
    return case form
      when 0 then json_build_object('type', data::json -> 0, 'version', data::json -> 1, 'data', data::json -> 2)
      when 1 then json_build_object('type', 'task.updated', 'version', 2, 'data', json_build_object(
        'assign', data::json -> 0, 'assignment', data::json -> 1, 'change', data::json -> 2, 'id', data::json -> 3,
        'isDone', data::json -> 4, 'jiraId', data::json -> 5, 'period', data::json -> 6, 'title', data::json -> 7))
    end`
]

const bookkeeping = (schema: string): ReadonlyArray<string> => [
  // A commit that was no command has no digest.
  `create table ${schema}.commands (
    company int not null,
    ${source},
    at_ms bigint not null,
    id text collate "C" not null,
    digest bytea check (octet_length(digest) = 32),
    answer text not null,
    primary key (company, source, id)
  )`,
  `create index commands_by_age on ${schema}.commands (company, source, at_ms)`,

  `create table ${schema}.cursors (
    company int not null,
    consumer text collate "C" not null,
    ${source},
    number bigint not null check (number >= 0),
    ${digest("digest")},
    stopped json,
    primary key (company, consumer)
  )`,

  // How far a name's subscribers have acknowledged.
  `create table ${schema}.subscriptions (
    company int not null,
    name text collate "C" not null,
    ${source},
    number bigint not null check (number >= 0),
    primary key (company, name, source)
  )`
]

const people = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.users (
    company int not null,
    id text collate "C" not null,
    name text not null,
    roles text[] not null check (cardinality(roles) > 0),
    status text not null check (status in ('active', 'deactivated')),
    primary key (company, id)
  )`,
  `create index users_by_status on ${schema}.users (company, status, id)`,
  // Who users are to identity providers; of nobody, once it was taken away.
  `create table ${schema}.user_identities (
    company int not null,
    issuer text collate "C" not null,
    subject text collate "C" not null,
    user_id text collate "C",
    position smallint not null check (position >= 0),
    primary key (company, issuer, subject)
  )`,
  `create index user_identities_by_user on ${schema}.user_identities (company, user_id)`,
  // A role with its company in front, which an index of arrays can't have as a column of its own.
  `create function ${schema}.roles_of(company int, roles text[]) returns text[] language sql immutable parallel safe
    return (select coalesce(array_agg(company::text || '/' || role), '{}') from unnest(roles) as r (role))`,
  `create index users_by_role on ${schema}.users using gin (${schema}.roles_of(company, roles))`,

  // The tasks context's own copy of the users.
  `create table ${schema}.members (
    company int not null,
    id text collate "C" not null,
    roles text[] not null,
    status text not null check (status in ('active', 'deactivated')),
    primary key (company, id)
  )`
]

const tasks = (schema: string): ReadonlyArray<string> => [
  // How many tasks each person has created in the last period in which they created any.
  `create table ${schema}.creations (
    company int not null,
    creator text collate "C" not null,
    period date not null,
    created int not null check (created > 0),
    primary key (company, creator)
  )`,

  `create table ${schema}.tasks (
    company int not null,
    assignment int not null check (assignment >= 0),
    done boolean not null,
    id bytea not null,
    assignee bytea,
    title text not null,
    description text not null,
    jira_id text,
    primary key (company, id)
  )`,
  // Open tasks are few beside those that are done: with indexes of their own a new one costs a fifth less.
  `create index tasks_open on ${schema}.tasks (company, id) where not done`,
  `create index tasks_done on ${schema}.tasks (company, id) where done`,
  `create index tasks_open_by_assignee on ${schema}.tasks (company, assignee, id) where not done`,
  `create index tasks_done_by_assignee on ${schema}.tasks (company, assignee, id) where done`
]

const reports = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.reports (
    company int not null,
    period date not null,
    report json not null,
    primary key (company, period)
  )`,

  `create table ${schema}.notices (
    company int not null,
    id text collate "C" not null,
    notice json not null,
    status text not null check (status in ('pending', 'sent')),
    attempts int not null check (attempts >= 0),
    due_ms bigint not null,
    last_error text,
    primary key (company, id)
  )`,
  `create index notices_by_status on ${schema}.notices (company, status, id)`,
  `create index notices_due on ${schema}.notices (company, due_ms, id) where status = 'pending'`,
  `create index notices_failed on ${schema}.notices (company, id)
    where attempts > case status when 'sent' then 1 else 0 end`
]

const prices = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.prices (
    company int not null,
    event bigint not null check (event > 0),
    fee bigint not null check (fee > 0),
    award bigint not null check (award > 0),
    journal bigint not null check (journal >= 0),
    task bytea not null,
    ${digest("digest")},
    primary key (company, event) ${full},
    unique (company, task)
  )`,
  immutable(schema, "prices"),

  // The popugs' accounts as transfers name them. The company's own are 1 to 3.
  `create table ${schema}.account_numbers (
    company int not null,
    number int not null check (number > 3),
    id text collate "C" not null check (id >= 'popug:' and id < 'popug;'),
    primary key (company, id),
    unique (company, number)
  )`,
  immutable(schema, "account_numbers")
]

const journal = (schema: string): ReadonlyArray<string> => [
  // Every transfer is between a popug, whose account it names, and the account of the company that its kind moves. One
  // check is cheaper than one for each column; what is null passes, as it does in a check of its own.
  `create table ${schema}.transfers (
    company int not null,
    account int not null,
    number bigint not null,
    amount bigint not null,
    occurred_ms bigint not null,
    recorded_ms bigint not null,
    event bigint,
    corrects bigint,
    period date not null,
    -- Of a fee; 0 for an award.
    assignment int,
    round int,
    kind smallint not null,
    debited boolean not null,
    undoes boolean,
    task_uuid uuid,
    task_name text collate "C",
    title text,
    reason text,
    actor text,
    primary key (company, number) ${full},
    check (
      account > 3 and number > 0 and amount > 0 and event > 0 and assignment >= 0 and kind between 1 and 3
      and corrects > 0 and corrects < number and round > 0
      and (task_uuid is null or task_name is null) and (task_uuid is null and task_name is null) = (title is null)
      and case
        when corrects is null then
          event is not null and round is null and undoes is null and reason is null and actor is null
            and debited = (kind <> 2) and (title is null) = (kind = 3) and (assignment is null) = (kind = 3)
            and (kind = 3 or (assignment = 0) = (kind = 2))
        else
          event is null and assignment is null and round is not null and undoes is not null and reason is not null
            and actor is not null
      end
    )
  )`,
  `create unique index transfers_by_account on ${schema}.transfers (company, account, number)`,
  // Most transfers are fees: those are found among all.
  `create index transfers_by_kind on ${schema}.transfers (company, kind, number) ${full}
    where kind > 1`,
  // One transfer for each cause. A task's id is mostly a UUID, which takes less than half as bytes. Those of each index
  // come nearly in its order, which leaves pages full: first fees, and each further assignment of a shuffle.
  `create unique index transfers_cause_fee on ${schema}.transfers (company, assignment, task_uuid)
    where kind = 1 and task_uuid is not null and corrects is null`,
  `create unique index transfers_cause_award on ${schema}.transfers (company, task_uuid)
    where kind = 2 and task_uuid is not null and corrects is null`,
  `create unique index transfers_cause_named_task on ${schema}.transfers (company, assignment, task_name)
    where task_name is not null and corrects is null`,
  `create unique index transfers_cause_payout on ${schema}.transfers (company, period, account)
    where kind = 3 and corrects is null`,
  `create unique index transfers_cause_correction on ${schema}.transfers (company, corrects, round)
    where corrects is not null`,
  immutable(schema, "transfers"),

  // Where each period begins in the journal, in which periods only grow: instead of an index by period.
  `create table ${schema}.journal_periods (
    company int not null,
    period date not null,
    first_transfer bigint not null,
    primary key (company, period)
  )`
]

const balances = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.accounts (
    company int not null,
    debits bigint not null check (debits >= 0),
    credits bigint not null check (credits >= 0),
    id text collate "C" not null
      check (id >= 'popug:' and id < 'popug;' or id in ('company:fees', 'company:awards', 'company:cash')),
    primary key (company, id)
  ) with (fillfactor = 80)`,
  `create index accounts_in_the_red on ${schema}.accounts (company, id) where credits < debits and id >= 'popug:'`,

  `create table ${schema}.balances (
    company int not null,
    period date not null,
    opening bigint not null,
    debits bigint not null,
    credits bigint not null,
    fees bigint not null,
    awards bigint not null,
    payouts bigint not null,
    paid bigint not null,
    account text collate "C" not null,
    primary key (company, period, account)
  ) with (fillfactor = 80)`,
  `create index balances_by_account on ${schema}.balances (company, account, period)`,

  `create table ${schema}.holders (
    company int not null,
    id text collate "C" not null,
    name text not null,
    status text not null check (status in ('active', 'deactivated')),
    primary key (company, id)
  )`
]

const closes = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.closed_periods (
    company int not null,
    period date not null,
    in_the_red bigint not null check (in_the_red >= 0),
    top_task_total bigint,
    last_event bigint not null,
    closed_as bigint not null,
    last_transfer bigint not null,
    closed_ms bigint not null,
    totals json not null,
    top_task_id text,
    top_task_title text,
    ${digest("previous_seal")},
    ${digest("seal")},
    ${digest("events_digest")},
    ${digest("journal_digest")},
    primary key (company, period)
  )`,
  immutable(schema, "closed_periods"),

  // What each shuffle cost.
  `create table ${schema}.shuffles (
    company int not null,
    event bigint not null check (event > 0),
    shuffle bigint not null check (shuffle > 0),
    at_ms bigint not null,
    reassigned bigint not null check (reassigned >= 0),
    fees bigint not null check (fees >= 0),
    period date not null,
    actor text not null,
    primary key (company, event),
    unique (company, shuffle)
  )`,
  `create index shuffles_by_period on ${schema}.shuffles (company, period, event)`,
  immutable(schema, "shuffles")
]

export const company = (schema: string): ReadonlyArray<string> => [
  ...machinery(schema),
  ...contexts(schema),
  ...events(schema),
  ...bookkeeping(schema),
  ...manyCompanies(schema),
  ...people(schema),
  ...tasks(schema),
  ...prices(schema),
  ...journal(schema),
  ...balances(schema),
  ...closes(schema),
  ...reports(schema)
]
