/**
 * How many tasks each has, '' for those that nobody holds, '*' for all (no id is that short): counting them would take
 * as long as there are many. Written by whatever writes tasks, once for a statement.
 */

/** Tasks that a statement made, or that it took away from how they were, by whom they count for. */
const one = (rows: string, sign: number) =>
  `select company, coalesce(assignee, '') as assignee,
      case when done then 0 else ${sign} end as open, case when done then ${sign} else 0 end as done
    from ${rows}`

/** A trigger that counts the tasks which statements of a kind write. */
const counted = (schema: string, act: string, tables: string, changes: string): ReadonlyArray<string> => [
  `create function ${schema}.count_tasks_on_${act}() returns trigger language plpgsql as $$
begin
  insert into ${schema}.task_counts as kept (company, assignee, open, done)
    select company, coalesce(assignee, '*'), sum(open), sum(done) from (${changes}) changes
    group by grouping sets ((company, assignee), (company)) having sum(open) <> 0 or sum(done) <> 0
    on conflict (company, assignee) do update
      set open = kept.open + excluded.open, done = kept.done + excluded.done;
  return null;
end $$`,
  `create trigger tasks_are_counted_on_${act} after ${act} on ${schema}.tasks referencing ${tables}
    for each statement execute function ${schema}.count_tasks_on_${act}()`
]

export const counts = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.task_counts (
    company int not null,
    open bigint not null,
    done bigint not null,
    assignee bytea not null,
    primary key (company, assignee)
  ) with (fillfactor = 50)`,
  ...counted(schema, "insert", "new table as fresh", one("fresh", 1)),
  ...counted(
    schema,
    "update",
    "old table as stale new table as fresh",
    `${one("fresh", 1)} union all ${one("stale", -1)}`
  )
]
