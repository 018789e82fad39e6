/**
 * The numbers of popugs' accounts: what transfers have in the place of their ids.
 */
import type { Account, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import * as Param from "../Param.ts"

type AccountId = Account.AccountId

/** The numbers that a transaction knows; they are those of the head it has taken, and nobody else changes them. */
export type Numbers = Map<AccountId, number>

/** How many numbers a process keeps from one transaction to the next. */
const kept = 100_000

export const make = (db: CompanyDatabase) => {
  const table = `${db.schema}.account_numbers`
  /** What the last transaction knew, and the head that it left: under any other nothing of it is believed. */
  let last: { readonly at: string; readonly numbers: Numbers } | undefined

  /** The numbers at the beginning of a transaction. Whatever becomes of it, nobody else begins with the same. */
  const begin = (at: string): Numbers => {
    const numbers = last?.at === at && last.numbers.size < kept ? last.numbers : new Map<AccountId, number>()
    last = undefined
    return numbers
  }

  /** Keeps what a transaction knew that is known to have gone through. */
  const committed = (at: string, numbers: Numbers): void => {
    last = { at, numbers }
  }

  /** Learns the numbers of accounts; one that has none gets the next. The head is held: nobody else gives numbers. */
  const learn = (numbers: Numbers, ids: ReadonlyArray<AccountId>): Effect.Effect<void, StoreError> => {
    const unknown = ids.filter((id) => !numbers.has(id))
    if (unknown.length === 0) return Effect.void
    return Effect.map(
      db.query<{ readonly id: AccountId; readonly number: number }>(
        `with known as (
          select id, number from ${table} where company = $1 and id = any($2)
        ), last as (
          select coalesce((select number from ${table} where company = $1 order by number desc limit 1), 3) as number
        ), added as (
          insert into ${table} (company, number, id)
          select $1, last.number + row_number() over (order by place), asked.id
          from last, unnest($2) with ordinality as asked (id, place)
          where not exists (select from known where known.id = asked.id)
          returning id, number
        )
        select id, number from known union all select id, number from added`,
        [db.company, Param.texts([...new Set(unknown)])]
      ),
      (rows) => {
        for (const { id, number } of rows) numbers.set(id, number)
      }
    )
  }

  return { begin, committed, learn }
}
