/**
 * Makes companies that have had the same day as one of them, row by row: what its own commands have written is copied.
 */
import { connect, text } from "../postgres/sql.ts"
import type { Host } from "./host.ts"

/** What is not copied: what a company is, and what is not a company's. */
const kept = ["companies", "contexts", "directory", "claims", "popug_migrations"]

/** Gives all companies whose ids begin like this the rows of the first of them. */
export const copyTheFirst = async (url: string, { schema }: Host, prefix: string) => {
  const { client, close, run } = await connect(url, 1)
  const columns = await run(
    client.unsafe<{ readonly table: string; readonly columns: string }>(
      `select c.relname as table, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname <> 'company'
        where n.nspname = $1 and c.relkind = 'r'
          and exists (select from pg_attribute k where k.attrelid = c.oid and k.attname = 'company') group by 1`,
      [text(schema)]
    )
  )
  const first = `(select min(number) from ${schema}.companies where id like '${prefix}-%')`
  const others = `${schema}.companies o where o.id like '${prefix}-%' and o.number > ${first}`
  for (const { columns: list, table } of columns) {
    if (kept.includes(table)) continue
    const all = list.replaceAll(/([^, ]+)/g, "t.$1")
    await run(
      client.unsafe(
        `insert into ${schema}.${table} (company, ${list}) select o.number, ${all}
          from ${others.replace(" o where", ` o join ${schema}.${table} t on t.company = ${first} where`)}`
      )
    )
  }
  await run(
    client.unsafe(
      `update ${schema}.contexts c set number = t.number, at_ms = t.at_ms, digest = t.digest, state = t.state,
          due_ms = t.due_ms
        from ${schema}.contexts t, ${others} and t.company = ${first} and c.company = o.number and c.name = t.name`
    )
  )
  await run(client.unsafe("vacuum analyze"))
  await close()
}
