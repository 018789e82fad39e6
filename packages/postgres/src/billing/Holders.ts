/**
 * The users as billing knows them.
 */
import type { Holder, UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import * as Param from "../Param.ts"
import { one } from "../statements.ts"

export const make = (db: CompanyDatabase) => {
  const ofUsers = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : db.query<Holder>(`select id, name, status from ${db.schema}.holders where company = $1 and id = any($2)`, [
          db.company,
          Param.texts(ids)
        ])

  const put = (rows: ReadonlyArray<Holder>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.holders (company, id, name, status)
            select $1, * from unnest($2, $3, $4) as h (id, name, status)
            on conflict (company, id) do update set name = excluded.name, status = excluded.status`,
          [
            db.company,
            Param.texts(rows.map(({ id }) => id)),
            Param.texts(rows.map(({ name }) => name)),
            Param.texts(rows.map(({ status }) => status))
          ]
        )

  return { ofUsers, put }
}
