/**
 * `CompanyDirectory` on Postgres: a table of the database that the host keeps it in.
 */
import { CompanyDirectory, CompanyRecord, type StoreError, type UnreadableCompany } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Database } from "./Database.ts"
import { corrupt } from "./errors.ts"
import type { Question } from "./Gathered.ts"
import { pageOf } from "./pages.ts"
import * as Param from "./Param.ts"

const columns = "id, database, status, settings, moves"
/** What is changed alone. */
const asWanted = "($5::text is null or status = $5) and ($6::int is null or moves = $6)"
const decode = Schema.decodeUnknownSync(CompanyRecord)
const decodeResult = Schema.decodeUnknownResult(CompanyRecord)

/** Rows are read with a schema; one that does not fit it is damaged. */
const reading = <A>(rows: Effect.Effect<A, StoreError>) =>
  Effect.catchDefect(rows, (defect) => Effect.fail(corrupt("a company of the directory can't be read", defect)))

/** Records of companies, by their ids. */
const recordsOf: Question<ReadonlyArray<string>, ReadonlyArray<object>> = {
  one: (db, ids) =>
    db.query(`select ${columns} from ${db.schema}.directory where id = any($1) order by id`, [Param.texts(ids)]),
  many: (db, asked) =>
    Effect.map(recordsOf.one(db, [...new Set(asked.flat())]), (rows) => {
      const found = rows as ReadonlyArray<{ readonly id: string }>
      return asked.map((ids) => found.filter(({ id }) => ids.includes(id)))
    })
}

export const make = (db: Database): CompanyDirectory["Service"] => {
  const table = `${db.schema}.directory`
  const rows = (sql: string, params: ReadonlyArray<Param.Param>) =>
    reading(Effect.map(db.query<object>(sql, params), (found) => found.map((row) => decode(row))))
  const load = (ids: ReadonlyArray<string>) =>
    ids.length === 0
      ? Effect.succeed([])
      : reading(Effect.map(db.gathered.ask(recordsOf, ids), (found) => found.map((row) => decode(row))))

  return CompanyDirectory.of({
    add: Effect.fnUntraced(function* (companies) {
      if (companies.length === 0) return []
      // In the order of the ids: hosts that add the same ones at once wait for each other in turn.
      yield* db.query(
        `insert into ${table} (${columns})
          select id, database, status, settings::json, moves
          from unnest($1, $2, $3, $4, $5) as c (${columns}) order by id
          on conflict (id) do nothing`,
        [
          Param.texts(companies.map(({ id }) => id)),
          Param.texts(companies.map(({ database }) => database)),
          Param.texts(companies.map(({ status }) => status)),
          Param.texts(companies.map(({ settings }) => JSON.stringify(settings))),
          Param.smallInts(companies.map(({ moves }) => moves))
        ]
      )
      // Seen by a statement of its own, so with what others have committed meanwhile.
      return yield* load(companies.map(({ id }) => id))
    }),
    load,
    change: (ids, { database, settings, status }, only = {}) =>
      ids.length === 0
        ? Effect.succeed([])
        : Effect.map(
            rows(
              `with taken as materialized (
                  select id from ${table} where id = any($1) and ${asWanted} order by id for update
                )
                update ${table} set database = coalesce($2, database), status = coalesce($3, status),
                  settings = coalesce($4::text::json, settings),
                  moves = moves + case when database <> $2 then 1 else 0 end
                where id = any(array(select id from taken)) and ${asWanted} returning ${columns}`,
              [
                Param.texts(ids),
                Param.text(database ?? null),
                Param.text(status ?? null),
                Param.text(settings === undefined ? null : JSON.stringify(settings)),
                Param.text(only.status ?? null),
                Param.int4(only.moves ?? null)
              ]
            ),
            (changed) => changed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
          ),
    list: ({ after, limit }) =>
      pageOf(
        db.query<{ readonly id: string }>(`select ${columns} from ${table} where id > $1 order by id limit $2`, [
          Param.text(after ?? ""),
          Param.int(limit + 1)
        ]),
        limit,
        (row) =>
          Result.getOrElse(decodeResult(row), (issue): UnreadableCompany => ({ id: row.id, unreadable: issue.message }))
      )
  })
}
