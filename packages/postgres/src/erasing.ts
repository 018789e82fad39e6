/**
 * How the rows of a company are removed from a database that it has left.
 */
import { type Options, schemaOf } from "./Database.ts"

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/**
 * The SQL that removes a company's rows where it does not live: those that it left by moving, or that an unfinished
 * move has made. It refuses a company that lives there. Most rows never change or go, by triggers, so that this takes a
 * right of its own: to set `session_replication_role`, as superusers have it. The company's number is not used again.
 */
export const eraseSql = (company: string, options: Pick<Options, "schema"> = {}): string => {
  const { name, schema } = schemaOf(options)
  return `do $$
declare
  erased constant int := (select number from ${schema}.companies where id = ${quoted(company)});
  found text;
begin
  perform from ${schema}.contexts where company = erased for update;
  if exists (select from ${schema}.contexts where company = erased and away is null) then
    raise exception 'company % lives here: nothing is erased', ${quoted(company)};
  end if;
  perform set_config('session_replication_role', 'replica', true);
  for found in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'company'
      join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indkey[0] = a.attnum
      where c.relnamespace = ${quoted(name)}::regnamespace and c.relname <> 'contexts' order by c.relname
  loop
    execute format('delete from ${schema}.%I where company = $1', found) using erased;
  end loop;
  delete from ${schema}.contexts where company = erased;
end $$;
`
}
