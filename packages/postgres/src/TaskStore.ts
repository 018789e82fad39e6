/**
 * `TaskStore` on Postgres.
 */
import {
  type Assignment,
  BusinessDay,
  type Creations,
  Cursor,
  type Identity,
  initialTaskHead,
  type Paging,
  TaskRows,
  type Task,
  type TaskHead,
  TaskId,
  type TaskLoad,
  type TaskQuery,
  TaskStore,
  TimeZone,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import * as Cursors from "./Cursors.ts"
import { type CompanyDatabase, one, statement } from "./Database.ts"
import { listed } from "./lists.ts"
import { lastOf, pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { count, list } from "./tasks/listing.ts"
import { columns, jsonColumns, ofJson, query, read } from "./tasks/rows.ts"
import { transact } from "./transact.ts"
import type { Reading } from "./unlocked.ts"

const State = Schema.Struct({
  period: BusinessDay.Period,
  lastTaskId: Schema.NullOr(TaskId),
  shuffles: Schema.Int,
  counts: Schema.Struct({ open: Schema.Int, waiting: Schema.Int, done: Schema.Int }),
  cursor: Cursors.Place
})

/** Of the identities that this process has opened: each is one object as long as its company is in use. */
const calendars = new WeakMap<Identity, BusinessDay.Calendar>()

const calendarOf = (identity: Identity): BusinessDay.Calendar => {
  const known = calendars.get(identity)
  if (known !== undefined) return known
  const calendar = BusinessDay.makeCalendar(TimeZone.here(identity.timeZone)!, identity.cutoff)
  calendars.set(identity, calendar)
  return calendar
}

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
  ({ period }, identity) => BusinessDay.endOf(calendarOf(identity), period).epochMilliseconds
)

const get = (db: CompanyDatabase, ids: ReadonlyArray<TaskId>) =>
  ids.length === 0
    ? Effect.succeed([])
    : query(db, `select ${columns} from ${db.schema}.tasks where company = $1 and id = any($2)`, [
        db.company,
        Param.ids(ids)
      ])

/** Named tasks, open ones and those of some assignees; each part has its index. */
const selecting = (db: CompanyDatabase, { heldBy, open, tasks: ids }: TaskQuery, columns: string) => {
  const held = heldBy.filter((assignee) => assignee !== null)
  const parts: Array<string> = []
  const params: Array<Param.Param> = [db.company]
  const rows = `select * from ${db.schema}.tasks where company = $1`
  if (ids.length > 0) parts.push(`${rows} and id = any($${params.push(Param.ids(ids))})`)
  if (open) parts.push(`${rows} and not done`)
  if (!open && held.length > 0) parts.push(`${rows} and assignee = any($${params.push(Param.ids(held))}) and not done`)
  if (!open && heldBy.length > held.length) parts.push(`${rows} and assignee is null and not done`)
  if (parts.length === 0) return undefined
  return statement(`select ${columns} from (${parts.join(" union ")}) found order by found.id`, params)
}

const select = (db: CompanyDatabase, wanted: TaskQuery) => {
  const found = selecting(db, wanted, columns)
  return found === undefined ? Effect.succeed([]) : query(db, found.sql, found.params)
}

const replacing = `on conflict (company, id) do update set
  title = excluded.title, description = excluded.description, jira_id = excluded.jira_id,
  done = excluded.done, assignee = excluded.assignee, assignment = excluded.assignment`

const insertTasks = (db: CompanyDatabase, rows: ReadonlyArray<Task.Task>, onConflict: string) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.tasks (company, id, title, description, jira_id, done, assignee, assignment)
          select $1, id, title, description, jira_id, done, assignee, assignment
          from ${listed("id, title, description, jira_id, done, assignee, assignment", 2)}
          ${onConflict}`,
        [
          db.company,
          Param.ids(rows.map(({ id }) => id)),
          Param.texts(rows.map(({ title }) => title)),
          Param.texts(rows.map(({ description }) => description)),
          Param.texts(rows.map(({ jiraId }) => jiraId)),
          Param.booleans(rows.map(({ status }) => status === "done")),
          Param.ids(rows.map(({ assignee }) => assignee)),
          Param.smallInts(rows.map(({ assignment }) => assignment))
        ]
      )

/** New tasks are inserted as such: what may be there already takes a third longer. */
const writeTasks = (db: CompanyDatabase, rows: ReadonlyArray<Task.Task>, created: ReadonlySet<TaskId> = new Set()) => [
  ...insertTasks(
    db,
    rows.filter(({ id }) => created.has(id)),
    ""
  ),
  ...insertTasks(
    db,
    rows.filter(({ id }) => !created.has(id)),
    replacing
  )
]

const writeMembers = (db: CompanyDatabase, rows: ReadonlyArray<Assignment.Member>) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.members (company, id, roles, status)
          select $1, id, array(select jsonb_array_elements_text(roles::jsonb)), status
          from unnest($2, $3, $4) as m (id, roles, status)
          on conflict (company, id) do update set roles = excluded.roles, status = excluded.status`,
        [
          db.company,
          Param.texts(rows.map(({ id }) => id)),
          Param.texts(rows.map(({ roles }) => JSON.stringify(roles))),
          Param.texts(rows.map(({ status }) => status))
        ]
      )

const selectingCreations = (db: CompanyDatabase, creators: ReadonlyArray<UserId>) =>
  creators.length === 0
    ? undefined
    : statement(
        `select creator, period, created from ${db.schema}.creations where company = $1 and creator = any($2)`,
        [db.company, Param.texts(creators)]
      )

const creations = (db: CompanyDatabase, creators: ReadonlyArray<UserId>) => {
  const found = selectingCreations(db, creators)
  return found === undefined ? Effect.succeed([]) : db.query<Creations>(found.sql, found.params)
}

/** Commands about more tasks than these are better written ahead, part by part, under the lock. */
const small = 256

/** What a small commit loads, beside the head: all of it has the types that JSON has. */
const beside =
  (db: CompanyDatabase) =>
  (query: TaskQuery): Reading<Omit<TaskLoad, "commands">> | undefined => {
    if (query.members || query.open || query.heldBy.length > 0 || query.tasks.length > small) return undefined
    const tasks = selecting(db, query, jsonColumns)
    const creations = selectingCreations(db, query.creators)
    return {
      statements: [tasks, creations].filter((read) => read !== undefined),
      read: (rows) => ({
        tasks: tasks === undefined ? [] : rows[0]!.map((row) => read(ofJson(row))),
        members: [],
        creations: creations === undefined ? [] : (rows[tasks === undefined ? 0 : 1] as ReadonlyArray<Creations>)
      })
    }
  }

const writeCreations = (db: CompanyDatabase, rows: ReadonlyArray<Creations>) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.creations (company, creator, period, created)
          select $1, creator, period, created from unnest($2, $3, $4) as c (creator, period, created)
          on conflict (company, creator) do update set period = excluded.period, created = excluded.created`,
        [
          db.company,
          Param.texts(rows.map(({ creator }) => creator)),
          Param.dates(rows.map(({ period }) => period)),
          Param.smallInts(rows.map(({ created }) => created))
        ]
      )

/** All users as the tasks context keeps them. */
const members = (db: CompanyDatabase) =>
  db.query<Assignment.Member>(`select id, roles, status from ${db.schema}.members where company = $1`, [db.company])

const listMembers = (db: CompanyDatabase, { after, limit }: Paging<UserId>) =>
  pageOf(
    db.query<Assignment.Member>(
      `select id, roles, status from ${db.schema}.members where company = $1 and id > $2 order by id limit $3`,
      [db.company, Param.text(after ?? ""), Param.int(limit + 1)]
    ),
    limit,
    (row) => row
  )

export const make = (db: CompanyDatabase): TaskStore["Service"] =>
  TaskStore.of({
    open: (company, first) => Contexts.open(db, codec, company, (now) => initialTaskHead(now, first(now))),
    adopt: (company, first) =>
      Contexts.adopt(
        db,
        codec,
        company,
        (now) => initialTaskHead(now, first(now)),
        (head, now) => ({ ...head, period: first(now) })
      ),
    forgetCommands: Commands.forget(db, "tasks"),
    transact: transact({
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
      beside: beside(db),
      refuses: (changes, head, taken) => TaskRows.follows(head, changes, taken),
      write: (changes) => [
        ...writeTasks(
          db,
          lastOf(changes.tasks, ({ id }) => id),
          changes.created
        ),
        ...writeMembers(
          db,
          lastOf(changes.members, ({ id }) => id)
        ),
        ...writeCreations(
          db,
          lastOf(changes.creations, ({ creator }) => creator)
        )
      ]
    }),
    head: Contexts.head(db, codec),
    now: Contexts.now(db, "tasks"),
    get: (ids) => get(db, ids),
    list: (filter, paging) => list(db, filter, paging),
    members: (paging) => listMembers(db, paging),
    count: (filter, most) => count(db, filter, most)
  })
