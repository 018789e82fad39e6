/**
 * The companies of a schema, by the numbers that lead their keys.
 */
import type { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase, Database } from "./Database.ts"
import { corrupt } from "./errors.ts"
import * as Param from "./Param.ts"

/**
 * The database as the stores of one company use it. A company that is new here gets its number; `alone` for only where
 * no other has one: otherwise these are stores of the first of those, which whoever opens them for another is told.
 */
export const ofCompany = Effect.fnUntraced(function* (
  db: Database,
  id: string,
  options: { readonly alone: boolean }
): Effect.fn.Return<CompanyDatabase, StoreError> {
  const use = (id: string, number: number): CompanyDatabase => ({
    ...db,
    id,
    number,
    company: Param.int4(number),
    opened: new Map()
  })
  const find = db.query<{ readonly number: number }>(`select number from ${db.schema}.companies where id = $1`, [
    Param.text(id)
  ])
  let [row] = yield* find
  if (row === undefined) {
    const [first] = options.alone
      ? yield* db.query<{ readonly id: string; readonly number: number }>(
          `select id, number from ${db.schema}.companies order by number limit 1`
        )
      : []
    if (first !== undefined) return use(first.id, first.number)
    // Its rows would be lost from sight behind a new number.
    const rows = yield* db.query(`select from ${db.schema}.contexts where id = $1 limit 1`, [Param.text(id)])
    if (rows.length > 0) return yield* corrupt(`company ${id} has rows, and its number is another company's`)
    yield* db.query(`insert into ${db.schema}.companies (id) values ($1) on conflict (id) do nothing`, [Param.text(id)])
    ;[row] = yield* find
  }
  return use(id, row!.number)
})
