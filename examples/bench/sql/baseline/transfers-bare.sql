-- (B) bare: numbers, debits, amounts, tasks; the instant.
insert into :schema.transfers (number, kind, debit, credit, amount, task, at_ms)
  select number, 'fee', debit, 'company:fees', amount, task, $5
  from unnest($1, $2, $3, $4) as t (number, debit, amount, task);
