/**
 * The companies of a schema, by the numbers that lead their keys.
 */
import { CompanyIdentity, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase, Database } from "./Database.ts"
import { corrupt } from "./errors.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"

interface Row {
  readonly id: string
  readonly number: number
}

const find = (db: Asking, id: string) =>
  db.query<Row>(`select id, number from ${db.schema}.companies where id = $1`, [Param.text(id)])

const numberOf: Question<string, Row | undefined> = {
  one: (db, id) => Effect.map(find(db, id), ([row]) => row),
  many: (db, ids) =>
    Effect.map(
      db.query<Row>(`select id, number from ${db.schema}.companies where id = any($1)`, [Param.texts(ids)]),
      (rows) => {
        const found = new Map(rows.map((row) => [row.id, row]))
        return ids.map((id) => found.get(id))
      }
    )
}

/** Whoever gives a company its number is alone in that: otherwise two that are the first at once would both be it. */
const inTurn = (db: Database) =>
  db.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [Param.text(`popug ${db.name} companies`)])

const hidden = (id: string) => corrupt(`company ${id} has rows, and its number is another company's`)

/** The row of a company that had none when somebody looked: its own, or with `alone` the first of others. */
const enter = Effect.fnUntraced(function* (db: Database, id: string, { alone }: { readonly alone: boolean }) {
  yield* inTurn(db)
  const [known] = yield* find(db, id)
  if (known !== undefined) return known
  const [first] = alone
    ? yield* db.query<Row>(`select id, number from ${db.schema}.companies order by number limit 1`)
    : []
  if (first !== undefined) return first
  // Its rows would be lost from sight behind a new number.
  const rows = yield* db.query(`select from ${db.schema}.contexts where id = $1 limit 1`, [Param.text(id)])
  if (rows.length > 0) return yield* hidden(id)
  const [made] = yield* db.query<Row>(`insert into ${db.schema}.companies (id) values ($1) returning id, number`, [
    Param.text(id)
  ])
  return made!
})

/** The numbers of companies, by their ids: those that are new get theirs. In a transaction of the caller's. */
export const enterAll = Effect.fnUntraced(function* (db: Database, ids: ReadonlyArray<string>) {
  const all = `select id, number from ${db.schema}.companies where id = any($1)`
  const known = new Map((yield* db.query<Row>(all, [Param.texts(ids)])).map(({ id, number }) => [id, number]))
  if (ids.every((id) => known.has(id))) return known
  yield* inTurn(db)
  for (const { id, number } of yield* db.query<Row>(all, [Param.texts(ids)])) known.set(id, number)
  const fresh = ids.filter((id) => !known.has(id))
  const [lost] = yield* db.query<{ readonly id: string }>(
    `select id from ${db.schema}.contexts where id = any($1) limit 1`,
    [Param.texts(fresh)]
  )
  if (lost !== undefined) return yield* hidden(lost.id)
  const made = yield* db.query<Row>(
    `insert into ${db.schema}.companies (id) select id from unnest($1) as c (id) returning id, number`,
    [Param.texts(fresh)]
  )
  for (const { id, number } of made) known.set(id, number)
  return known
})

/**
 * The database as the stores of one company use it. A company that is new here gets its number; `alone` for only where
 * no other has one: otherwise these are stores of the first of those, which whoever opens them for another is told.
 */
export const ofCompany = Effect.fnUntraced(function* (
  db: Database,
  id: string,
  options: { readonly alone: boolean }
): Effect.fn.Return<CompanyDatabase, StoreError> {
  const known = yield* db.gathered.ask(numberOf, id)
  if (known === undefined && !(yield* CompanyIdentity.MakesRows)) return yield* CompanyIdentity.absent(id)
  const row = known ?? (yield* db.transaction(enter(db, id, options)))
  return { ...db, id: row.id, number: row.number, company: Param.int4(row.number), opened: new Map() }
})
