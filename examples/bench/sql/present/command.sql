-- (A) into the tables that popug has now. The task: id, title, assignee.
insert into :schema.tasks (id, title, description, jira_id, status, assignee, assignment)
  values ($1, $2, '', null, 'in progress', $3, 1);

-- Its events: the instant, a digest, the events' JSON.
insert into :schema.events (source, number, type, version, at_ms, actor, previous, data)
  select 'tasks', nextval(':schema.numbers'), 'task.updated', 2, $1, 'system', $2, data::json
  from unnest($3) as e (data);
