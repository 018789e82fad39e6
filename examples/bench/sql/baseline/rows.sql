-- Rows as popug's stores wrote them when the goals were set, in batches. New tasks.
insert into :schema.tasks (id, title, description, jira_id, status, assignee, assignment)
  select id, title, '', null, 'in progress', assignee, 1
  from unnest($1, $2, $3) as t (id, title, assignee);

-- The same tasks, done.
insert into :schema.tasks (id, title, description, jira_id, status, assignee, assignment)
  select id, title, '', null, 'done', assignee, 1
  from unnest($1, $2, $3) as t (id, title, assignee)
  on conflict (id) do update set title = excluded.title, description = excluded.description,
    jira_id = excluded.jira_id, status = excluded.status, assignee = excluded.assignee,
    assignment = excluded.assignment;

-- Events of tasks.
insert into :schema.events (source, number, type, version, at_ms, actor, previous, data)
  select 'tasks', number::bigint, type, version::int, at_ms::bigint, actor, previous, data::json
  from unnest($1, $2, $3, $4, $5, $6, $7) as e (number, type, version, at_ms, actor, previous, data);

-- Prices.
insert into :schema.prices (task, fee, award, event, journal, digest)
  select task, fee, award, event::bigint, journal::bigint, digest
  from unnest($1, $2, $3, $4, $5, $6) as p (task, fee, award, event, journal, digest);

-- Transfers.
insert into :schema.transfers
    (number, kind, debit, credit, amount, period, cause_key, cause, corrects, occurred_ms, recorded_ms)
  select number::bigint, kind, debit, credit, amount, period, cause_key, cause::json, null,
    occurred::bigint, recorded::bigint
  from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as t
    (number, kind, debit, credit, amount, period, cause_key, cause, occurred, recorded);
