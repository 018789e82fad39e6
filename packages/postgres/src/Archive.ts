/**
 * `CompanyArchive` on Postgres: the rows of a company as lines of JSON, read by a cursor and written by lists.
 *
 * The first line says whose rows these are, and of which migration; each table's begin with its columns and end with
 * how many they were, and their digest; the last line has the digest of all before it. The number of the company is
 * local to a database, and not among them.
 */
import { createHash } from "node:crypto"
import type { CompanyArchive, Dumped, Lines, StoreError, TableSum } from "@popug/core"
import * as Effect from "effect/Effect"
import { enterAll } from "./Companies.ts"
import type { Database } from "./Database.ts"
import { conflict } from "./errors.ts"
import { applied } from "./migrations.ts"
import * as Param from "./Param.ts"
import { Reading, type Table } from "./Reading.ts"

/** How many rows are in memory at once. */
const together = 500

/** What is no part of what happened: who works for a company at the moment, and whether it rests. */
const leftOut = `c.relname <> 'claims' and not (c.relname = 'contexts' and a.attname in ('resting', 'away'))`

/**
 * Tables whose rows are written without a head, so also just after the company was put to rest, and of which older ones
 * do as well: what is delivered once more is known. Recorded commands are none: one that is lost would be done twice.
 */
const lagging: ReadonlySet<string> = new Set(["subscriptions"])

/** The tables whose keys begin with a company, as they are: one that a migration adds is among them. */
const tablesOf = (db: Database) =>
  db.query<Table>(
    `select c.relname as name,
        (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
          order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname <> 'company' and ${leftOut}
        ) as columns,
        (select coalesce(json_agg(k.attname order by u.place), '[]')
          from unnest(i.indkey) with ordinality as u (attnum, place)
          join pg_attribute k on k.attrelid = c.oid and k.attnum = u.attnum where k.attname <> 'company') as key
      from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'company'
      where c.relnamespace = to_regnamespace($1) and ${leftOut}
      order by c.relname collate "C"`,
    [Param.text(db.schema)]
  )

/** Texts of values look alike whatever the server's settings. */
const plainly = (db: Database) =>
  db.query(
    `select set_config('datestyle', 'ISO, YMD', true), set_config('bytea_output', 'hex', true),
      set_config('idle_in_transaction_session_timeout', '300000', true)`
  )

/** The rows of the contexts, kept as they are until the transaction ends: nobody wakes the company meanwhile. */
const contextsOf = Effect.fnUntraced(function* (db: Database, company: string, lock: "share" | "update") {
  const rows = yield* db.query<{
    readonly number: number
    readonly resting: boolean
    readonly away: Dumped["away"]
    readonly version: string
  }>(
    `select company as number, resting, away, name || ' ' || c.xmin::text as version from ${db.schema}.contexts c
      where company = (select number from ${db.schema}.companies where id = $1) order by name for ${lock}`,
    [Param.text(company)]
  )
  if (rows.some(({ resting }) => !resting)) return yield* conflict(`company ${company} does not rest here`)
  // To rest once more, or to be woken and put to rest again, makes versions of their own.
  const [one] = rows
  return one && { number: one.number, away: one.away, rest: rows.map(({ version }) => version).join(", ") }
})

const dumpTable = Effect.fnUntraced(function* <E, R>(
  db: Database,
  number: number,
  table: Table,
  write: (lines: Lines) => Effect.Effect<void, E, R>
) {
  const hash = createHash("sha256")
  const values = table.columns.map(({ name }) => `${name}::text`).join(", ")
  // A cursor reads what was there when it was opened.
  yield* db.query(
    `declare dumped no scroll cursor for select json_build_array(${values})::text as line
      from ${db.schema}.${table.name} where company = ${number} order by ${table.key.join(", ")}`
  )
  yield* write([JSON.stringify({ table: table.name, columns: table.columns })])
  let count = 0
  while (true) {
    const rows = yield* db.query<{ readonly line: string }>(`fetch ${together} from dumped`)
    if (rows.length === 0) break
    const lines = rows.map(({ line }) => line)
    for (const line of lines) hash.update(line).update("\n")
    count += lines.length
    yield* write(lines)
  }
  yield* db.query("close dumped")
  const sum = { rows: count, sha256: hash.digest("hex") }
  yield* write([JSON.stringify(sum)])
  return { table: table.name, mayLag: lagging.has(table.name), ...sum } satisfies TableSum
})

const dump = Effect.fnUntraced(function* <E, R>(
  db: Database,
  company: string,
  write: (lines: Lines) => Effect.Effect<void, E, R>
) {
  yield* plainly(db)
  const contexts = yield* contextsOf(db, company, "share")
  if (contexts === undefined) return null
  const hash = createHash("sha256")
  const told = (lines: Lines) => {
    for (const line of lines) hash.update(line).update("\n")
    return write(lines)
  }
  yield* told([JSON.stringify({ popug: "company", company, migration: yield* applied(db) })])
  const tables: Array<TableSum> = []
  for (const table of yield* tablesOf(db)) tables.push(yield* dumpTable(db, contexts.number, table, told))
  yield* write([JSON.stringify({ sha256: hash.digest("hex") })])
  return { tables, away: contexts.away, rest: contexts.rest } satisfies Dumped
})

/** Writes rows of a table; those of contexts rest, and have arrived. */
const insert = (
  db: Database,
  number: number,
  { columns, name }: Table,
  rows: ReadonlyArray<ReadonlyArray<string | null>>
) => {
  const named = columns.map((column) => column.name)
  const typed = columns.map((column, index) => `v${index}::${column.type}`)
  const places = columns.map((_, index) => `$${index + 2}`)
  const isContext = name === "contexts"
  return db.query(
    `insert into ${db.schema}.${name} (company, ${named.join(", ")}${isContext ? ", resting, away" : ""})
      select $1, ${typed.join(", ")}${isContext ? ", true, 'arrived'" : ""}
      from unnest(${places.join(", ")}) as r (${columns.map((_, index) => `v${index}`).join(", ")})`,
    [Param.int4(number), ...columns.map((_, index) => Param.texts(rows.map((row) => row[index]!)))]
  )
}

const restore = Effect.fnUntraced(function* <A, E, R>(
  db: Database,
  company: string,
  feed: (write: (lines: Lines) => Effect.Effect<void, StoreError>) => Effect.Effect<A, E, R>
) {
  yield* plainly(db)
  const number = (yield* enterAll(db, [company])).get(company)!
  // Whoever else restores or opens it waits until this is over.
  yield* db.query(`select from ${db.schema}.companies where number = $1 for update`, [Param.int4(number)])
  const tables = yield* tablesOf(db)
  for (const { name } of tables) {
    const rows = yield* db.query(`select from ${db.schema}.${name} where company = $1 limit 1`, [Param.int4(number)])
    if (rows.length > 0) return yield* conflict(`company ${company} has rows here already`)
  }
  const reading = new Reading(company, yield* applied(db), tables)
  const answer = yield* feed(
    Effect.fnUntraced(function* (lines) {
      for (const { rows, table } of yield* reading.take(lines)) yield* insert(db, number, table, rows)
    })
  )
  if (!reading.isWhole) return yield* conflict(`the dump of ${company} ends too early`)
  return answer
})

const leave = Effect.fnUntraced(function* (db: Database, company: string, rest: string) {
  const contexts = yield* contextsOf(db, company, "update")
  if (contexts?.rest !== rest) return yield* conflict(`company ${company} has not rested ever since its dump`)
  yield* db.query(
    `update ${db.schema}.contexts set away = 'gone' where company = $1 and away is distinct from 'gone'`,
    [Param.int4(contexts.number)]
  )
})

/** The versions of the rows of the contexts, as `contextsOf` tells them, of companies of which all rest. */
const restSql = (schema: string) =>
  `select case when bool_and(resting) then string_agg(name || ' ' || c.xmin::text, ', ' order by name) end as rest
    from ${schema}.contexts c where company = (select number from ${schema}.companies where id = $1)`

const rest = (db: Database, company: string) =>
  Effect.map(
    db.query<{ readonly rest: string | null }>(restSql(db.schema), [Param.text(company)]),
    ([row]) => row!.rest
  )

const settle = Effect.fnUntraced(function* (db: Database, company: string, arrived: string) {
  yield* db.query(
    `select from ${db.schema}.contexts
      where company = (select number from ${db.schema}.companies where id = $1) order by name for update`,
    [Param.text(company)]
  )
  if ((yield* rest(db, company)) !== arrived) return
  yield* db.query(
    `update ${db.schema}.contexts set away = null
      where company = (select number from ${db.schema}.companies where id = $1) and away = 'arrived'`,
    [Param.text(company)]
  )
})

export const make = (db: Database): CompanyArchive => ({
  dump: (company, write) => db.transaction(dump(db, company, write)),
  // Its number before, and for itself: whoever opens a company that is new waits for others that are entered.
  restore: (company, feed) =>
    Effect.andThen(db.transaction(enterAll(db, [company])), db.transaction(restore(db, company, feed))),
  leave: (company, rest) => db.transaction(leave(db, company, rest)),
  rest: (company) => rest(db, company),
  settle: (company, arrived) => db.transaction(settle(db, company, arrived))
})
