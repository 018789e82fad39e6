-- (B) into the tables of the baseline: numbers, debits, amounts, tasks; the instant.
insert into :schema.transfers
    (number, kind, debit, credit, amount, period, cause_key, cause, occurred_ms, recorded_ms)
  select number, 'fee', debit, 'company:fees', amount, '2026-11-23', 'fee/' || task || '/1',
    json_build_object('_tag', 'Assigned', 'event', number, 'task', task, 'title', 'Task', 'assignment', 1),
    $5, $5
  from unnest($1, $2, $3, $4) as t (number, debit, amount, task);
