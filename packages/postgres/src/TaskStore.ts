/**
 * `TaskStore` on Postgres.
 */
import {
  type Assignment,
  BusinessDay,
  CompanyIdentity,
  type Creations,
  Cursor,
  initialTaskHead,
  type Paging,
  TaskRows,
  type TaskHead,
  TaskId,
  type TaskQuery,
  TaskStore,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import * as Cursors from "./Cursors.ts"
import type { CompanyDatabase } from "./Database.ts"
import * as Opening from "./Opening.ts"
import { pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { besideOf } from "./tasks/beside.ts"
import { count, list } from "./tasks/listing.ts"
import { columns, query } from "./tasks/rows.ts"
import { selecting, selectingCreations, selectingMembers, writes } from "./tasks/saving.ts"
import { transact } from "./transact.ts"

const State = Schema.Struct({
  period: BusinessDay.Period,
  lastTaskId: Schema.NullOr(TaskId),
  shuffles: Schema.Int,
  counts: Schema.Struct({ open: Schema.Int, waiting: Schema.Int, done: Schema.Int }),
  cursor: Cursors.Place
})

export const codec = Contexts.codec<TaskHead, typeof State.Type>(
  "tasks",
  State,
  (base, state) => ({ ...base, ...state, cursor: { ...Cursor.start("tasks", "users"), ...state.cursor } }),
  ({ counts, cursor, lastTaskId, period, shuffles }) => ({
    period,
    lastTaskId,
    shuffles,
    counts,
    cursor: Cursors.place(cursor)
  }),
  ({ period }, identity) => BusinessDay.endOf(CompanyIdentity.calendarOf(identity), period).epochMilliseconds
)

const get = (db: CompanyDatabase, ids: ReadonlyArray<TaskId>) =>
  ids.length === 0
    ? Effect.succeed([])
    : query(db, `select ${columns} from ${db.schema}.tasks where company = $1 and id = any($2)`, [
        db.company,
        Param.ids(ids)
      ])

const select = (db: CompanyDatabase, wanted: TaskQuery) => {
  const found = selecting(db, wanted, columns)
  return found === undefined ? Effect.succeed([]) : query(db, found.sql, found.params)
}

const creations = (db: CompanyDatabase, creators: ReadonlyArray<UserId>) => {
  const found = selectingCreations(db, creators)
  return found === undefined ? Effect.succeed([]) : db.query<Creations>(found.sql, found.params)
}

const members = (db: CompanyDatabase) => {
  const { params, sql } = selectingMembers(db, null)
  return db.query<Assignment.Member>(sql, params)
}

const listMembers = (db: CompanyDatabase, { after, limit }: Paging<UserId>) =>
  pageOf(
    db.query<Assignment.Member>(
      `select id, roles, status from ${db.schema}.members where company = $1 and id > $2 order by id limit $3`,
      [db.company, Param.text(after ?? ""), Param.int(limit + 1)]
    ),
    limit,
    (row) => row
  )

export const make = (db: CompanyDatabase): TaskStore["Service"] => {
  const committing = transact({
    db,
    source: "tasks",
    codec,
    begin: () => undefined,
    load: Effect.fnUntraced(function* (query: TaskQuery) {
      return {
        tasks: yield* select(db, query),
        members: query.members ? yield* members(db) : [],
        creations: yield* creations(db, query.creators)
      }
    }),
    beside: besideOf(db, codec),
    refuses: (changes, head, taken) => TaskRows.follows(head, changes, taken),
    write: (changes) => writes(db, changes)
  })
  return TaskStore.of({
    ...committing,
    open: (company, first) => Opening.open(db, codec, company, (now) => initialTaskHead(now, first(now))),
    adopt: (company, first) =>
      Opening.adopt(
        db,
        codec,
        company,
        (now) => initialTaskHead(now, first(now)),
        (head, now) => ({ ...head, period: first(now) })
      ),
    forgetCommands: Commands.forget(db, "tasks"),
    now: Contexts.now(db, "tasks"),
    get: (ids) => get(db, ids),
    list: (filter, paging) => list(db, filter, paging),
    members: (paging) => listMembers(db, paging),
    count: (filter, most) => count(db, filter, most)
  })
}
