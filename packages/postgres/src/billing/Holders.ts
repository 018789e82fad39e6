/**
 * The users as billing knows them.
 */
import type { Holder, UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import type { Asking, Question } from "../Gathered.ts"
import * as Param from "../Param.ts"
import { one } from "../statements.ts"
import type { Column } from "../together.ts"

/** The columns of holders, and the lists of some for each. */
export const holderColumns: ReadonlyArray<Column<Holder>> = [
  ["id", (rows) => Param.texts(rows.map(({ id }) => id))],
  ["name", (rows) => Param.texts(rows.map(({ name }) => name))],
  ["status", (rows) => Param.texts(rows.map(({ status }) => status))]
]

export const replacingHolders = "on conflict (company, id) do update set name = excluded.name, status = excluded.status"

/** Users of a company. */
interface Asked {
  readonly company: number
  readonly ids: ReadonlyArray<UserId>
}

const holdersOf = (db: Asking, asked: ReadonlyArray<Asked>) => {
  const keys = asked.flatMap(({ company, ids }, place) => ids.map((id) => ({ place, company, id })))
  return Effect.map(
    db.query<Holder & { readonly place: number }>(
      `select asked.place, h.id, h.name, h.status from unnest($1, $2, $3) as asked (place, company, id)
        cross join lateral (
          select * from ${db.schema}.holders h where h.company = asked.company and h.id = asked.id limit 1
        ) h`,
      [
        Param.smallInts(keys.map(({ place }) => place)),
        Param.smallInts(keys.map(({ company }) => company)),
        Param.texts(keys.map(({ id }) => id))
      ]
    ),
    (rows) => {
      const found = Map.groupBy(rows, ({ place }) => place)
      return asked.map((_, place) => (found.get(place) ?? []).map(({ id, name, status }) => ({ id, name, status })))
    }
  )
}

const knowing: Question<Asked, ReadonlyArray<Holder>> = {
  one: (db, asked) => Effect.map(holdersOf(db, [asked]), ([rows]) => rows!),
  many: holdersOf
}

export const make = (db: CompanyDatabase) => {
  const ofUsers = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0 ? Effect.succeed([]) : db.gathered.ask(knowing, { company: db.number, ids })

  const put = (rows: ReadonlyArray<Holder>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.holders (company, id, name, status)
            select $1, * from unnest($2, $3, $4) as h (id, name, status) ${replacingHolders}`,
          [db.company, ...holderColumns.map(([, list]) => list(rows))]
        )

  return { ofUsers, put }
}
