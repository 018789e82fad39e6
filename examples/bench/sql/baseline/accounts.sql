-- (B): an account for each popug, and the company's.
insert into :schema.accounts (id, debits, credits) select id, 0, 0 from unnest($1) as a (id);

-- A batch's sums: accounts, debits, credits.
update :schema.accounts a set debits = a.debits + m.debits, credits = a.credits + m.credits
  from unnest($1, $2, $3) as m (id, debits, credits) where a.id = m.id;
