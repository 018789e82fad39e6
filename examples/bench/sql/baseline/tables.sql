-- Popug's tables as they were when the goals were set: do not change them.
create schema :schema;

-- What (A) numbers its events by.
create sequence :schema.numbers;

create function :schema.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows are never changed or deleted', tg_op, tg_table_name;
end $$;

create table :schema.events (
  source text collate "C" not null check (source in ('users', 'tasks', 'billing')),
  number bigint not null check (number > 0),
  type text not null,
  version int not null check (version > 0),
  at_ms bigint not null,
  actor text not null,
  previous text not null check (length(previous) = 64 and previous ~ '^[0-9a-f]+$'),
  data json not null,
  primary key (source, number)
);

create trigger events_are_final before update or delete or truncate on :schema.events
  for each statement execute function :schema.refuse_change();

create table :schema.tasks (
  id text collate "C" primary key,
  title text not null,
  description text not null,
  jira_id text,
  status text not null check (status in ('in progress', 'done')),
  assignee text collate "C",
  assignment int not null check (assignment >= 0)
);

create index tasks_by_status on :schema.tasks (status, id);

create index tasks_by_assignee on :schema.tasks (assignee, status, id);

create table :schema.prices (
  task text collate "C" primary key,
  fee numeric not null check (fee > 0 and fee = trunc(fee)),
  award numeric not null check (award > 0 and award = trunc(award)),
  event bigint not null unique check (event > 0),
  journal bigint not null check (journal >= 0),
  digest text not null check (length(digest) = 64 and digest ~ '^[0-9a-f]+$')
);

create trigger prices_are_final before update or delete or truncate on :schema.prices
  for each statement execute function :schema.refuse_change();

create table :schema.transfers (
  number bigint primary key check (number > 0),
  kind text not null check (kind in ('fee', 'award', 'payout')),
  debit text collate "C" not null,
  credit text collate "C" not null check (credit <> debit),
  amount numeric not null check (amount > 0 and amount = trunc(amount)),
  period text collate "C" not null check (period ~ '^\d{4}-\d\d-\d\d$'),
  cause_key text collate "C" not null unique,
  cause json not null,
  corrects bigint references :schema.transfers (number) check (corrects < number),
  occurred_ms bigint not null,
  recorded_ms bigint not null,
  check (corrects is null or corrects is not distinct from (cause ->> 'corrects')::bigint),
  check ((debit >= 'popug:') <> (credit >= 'popug:'))
);

create index transfers_by_popug on :schema.transfers (
  (case when debit >= 'popug:' then debit else credit end), number
);

create index transfers_by_kind on :schema.transfers (kind, number);

create index transfers_by_corrected on :schema.transfers (corrects) where corrects is not null;

create trigger transfers_are_final before update or delete or truncate on :schema.transfers
  for each statement execute function :schema.refuse_change();

create table :schema.accounts (
  id text collate "C" primary key
    check (id >= 'popug:' and id < 'popug;' or id in ('company:fees', 'company:awards', 'company:cash')),
  debits numeric not null check (debits >= 0),
  credits numeric not null check (credits >= 0)
) with (fillfactor = 80);

create index accounts_in_the_red on :schema.accounts (id) where credits < debits and id >= 'popug:';
