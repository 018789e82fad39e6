-- (A) into the tables that popug has now. The task: id, title, assignee. Ids that begin with a letter above f are kept
-- as their text behind a byte.
insert into :schema.tasks (company, id, title, description, jira_id, done, assignee, assignment)
  values (1, '\xff' || convert_to($1, 'UTF8'), $2, '', null, false, '\xff' || convert_to($3, 'UTF8'), 1);

-- Its events: the instant, a digest, the values of the events' JSON. Events of tasks have the source 2, these the form 1.
insert into :schema.events (company, source, form, number, at_ms, actor, previous, data)
  select 1, 2, 1, nextval(':schema.numbers'), $1, 'system', decode($2, 'hex'), data
  from unnest($3) as e (data);
