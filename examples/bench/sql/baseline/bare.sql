-- (B) bare: what a transfer and a balance are, and nothing else.
create schema :schema;

create table :schema.transfers (
  number bigint primary key, kind text not null, debit text not null, credit text not null,
  amount bigint not null, task text not null, at_ms bigint not null
);

create table :schema.accounts (
  id text primary key, debits bigint not null, credits bigint not null
) with (fillfactor = 80);
