-- (A) into the tables that popug has now. The task: id, title, assignee.
insert into :schema.tasks (company, id, title, description, jira_id, status, assignee, assignment)
  values (1, $1, $2, '', null, 'in progress', $3, 1);

-- Its events: the instant, a digest, the events' JSON. Events of tasks have the source 2.
insert into :schema.events (company, source, number, version, at_ms, type, actor, previous, data)
  select 1, 2, nextval(':schema.numbers'), 2, $1, 'task.updated', 'system', decode($2, 'hex'), data
  from unnest($3) as e (data);
