/**
 * The tables. One file is one company. Ids, periods, account names and keys of causes are ASCII and have columns of
 * their own; all that people write stands inside of JSON, which any text survives.
 */
export const schema = `
create table if not exists contexts (
  name text primary key, version integer not null, identity text not null, state text not null
) strict, without rowid;
create table if not exists events (
  source text not null, number integer not null, type text not null, version integer not null, time integer not null,
  actor text not null, previous text not null, data text not null, trace text,
  primary key (source, number)
) strict, without rowid;
create table if not exists commands (
  context text not null, id text not null, digest text not null, answer text not null, at integer not null,
  primary key (context, id)
) strict, without rowid;
create index if not exists commands_by_age on commands (context, at);

create table if not exists users (id text primary key, status text not null, data text not null) strict, without rowid;
create index if not exists users_by_status on users (status, id);
create table if not exists identities (key text primary key, user text not null) strict, without rowid;
create index if not exists identities_of_user on identities (user);

create table if not exists tasks (
  id text primary key, status text not null, assignee text, data text not null
) strict, without rowid;
create index if not exists tasks_by_status on tasks (status, id);
create index if not exists tasks_by_assignee on tasks (assignee, id);
create index if not exists tasks_held on tasks (assignee, status, id);
create table if not exists members (id text primary key, data text not null) strict, without rowid;
create table if not exists creations (creator text primary key, data text not null) strict, without rowid;

create table if not exists transfers (
  number integer primary key, kind text not null, debit text not null, credit text not null,
  amount integer not null check (amount > 0), period text not null, cause_key text not null unique,
  corrects integer, reversed integer not null, data text not null, check (debit <> credit)
) strict;
create index if not exists transfers_by_debit on transfers (debit, number);
create index if not exists transfers_by_credit on transfers (credit, number);
create index if not exists transfers_by_period on transfers (period, number);
create index if not exists transfers_by_correction on transfers (corrects) where corrects is not null;
create table if not exists prices (event integer primary key, task text not null unique, data text not null) strict;
create table if not exists accounts (
  id text primary key, debits integer not null, credits integer not null
) strict, without rowid;
create index if not exists accounts_in_the_red on accounts (id) where id >= 'popug:' and credits < debits;
create table if not exists balances (
  period text not null, account text not null, data text not null, primary key (period, account)
) strict, without rowid;
create index if not exists balances_by_account on balances (account, period);
create table if not exists holders (id text primary key, data text not null) strict, without rowid;
create table if not exists closed (period text primary key, data text not null) strict, without rowid;
create table if not exists shuffles (
  event integer primary key, shuffle integer not null unique, period text not null, data text not null
) strict;
create index if not exists shuffles_by_period on shuffles (period, event);

create table if not exists reports (period text primary key, data text not null) strict, without rowid;
create table if not exists notices (
  id text primary key, status text not null, attempts integer not null, due integer not null, data text not null
) strict, without rowid;
create index if not exists notices_pending on notices (due, id) where status = 'pending';
create index if not exists notices_by_status on notices (status, id);
create index if not exists notices_failed on notices (id) where attempts > (status = 'sent');
create table if not exists cursors (
  consumer text primary key, version integer not null, data text not null
) strict, without rowid;
${["transfers", "events", "closed", "shuffles", "prices"]
  .flatMap((table) => ["update", "delete"].map((act) => [table, act] as const))
  .map(
    ([table, act]) =>
      `create trigger if not exists ${table}_${act} before ${act} on ${table} begin
  select raise(abort, '${table} never change'); end;`
  )
  .join("\n")}
`
