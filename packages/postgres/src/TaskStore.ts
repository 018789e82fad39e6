/**
 * `TaskStore` on Postgres.
 */
import {
  type Assignment,
  BusinessDay,
  type Creations,
  Cursor,
  initialTaskHead,
  Members,
  type Paging,
  type StoreError,
  type Task,
  type TaskCounts,
  type TaskFilter,
  type TaskHead,
  TaskId,
  type TaskPaging,
  type TaskQuery,
  TaskStore,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import * as Cursors from "./Cursors.ts"
import { type CompanyDatabase, one } from "./Database.ts"
import { lastOf, ofStatus, pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { transact } from "./transact.ts"

const State = Schema.Struct({
  period: BusinessDay.Period,
  lastTaskId: Schema.NullOr(TaskId),
  shuffles: Schema.Int,
  cursor: Cursors.Place
})

const codec = Contexts.codec<TaskHead, typeof State.Type>(
  "tasks",
  State,
  (base, state) => ({ ...base, ...state, cursor: { ...Cursor.start("tasks", "users"), ...state.cursor } }),
  ({ cursor, lastTaskId, period, shuffles }) => ({ period, lastTaskId, shuffles, cursor: Cursors.place(cursor) })
)

const columns = `id, title, description, jira_id as "jiraId", status, assignee, assignment`

const get = (db: CompanyDatabase, ids: ReadonlyArray<TaskId>) =>
  ids.length === 0
    ? Effect.succeed([])
    : db.query<Task.Task>(`select ${columns} from ${db.schema}.tasks where company = $1 and id = any($2)`, [
        db.company,
        Param.texts(ids)
      ])

/** Named tasks, open ones and those of some assignees; each part has its index. */
const select = (db: CompanyDatabase, { heldBy, open, tasks: ids }: TaskQuery) => {
  const held = heldBy.filter((assignee) => assignee !== null)
  const parts: Array<string> = []
  const params: Array<Param.Param> = [db.company]
  const rows = `select * from ${db.schema}.tasks where company = $1`
  if (ids.length > 0) parts.push(`${rows} and id = any($${params.push(Param.texts(ids))})`)
  if (open) parts.push(`${rows} and status = 'in progress'`)
  if (!open && held.length > 0) {
    const place = `$${params.push(Param.texts(held))}`
    parts.push(`${rows} and assignee = any(${place}) and status = 'in progress'`)
  }
  if (!open && heldBy.length > held.length) {
    parts.push(`${rows} and assignee is null and status = 'in progress'`)
  }
  if (parts.length === 0) return Effect.succeed([])
  return db.query<Task.Task>(`select ${columns} from (${parts.join(" union ")}) found order by id`, params)
}

const replacing = `on conflict (company, id) do update set
  title = excluded.title, description = excluded.description, jira_id = excluded.jira_id,
  status = excluded.status, assignee = excluded.assignee, assignment = excluded.assignment`

const insertTasks = (db: CompanyDatabase, rows: ReadonlyArray<Task.Task>, onConflict: string) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.tasks (company, id, title, description, jira_id, status, assignee, assignment)
          select $1, id, title, description, jira_id, status, assignee, assignment
          from unnest($2, $3, $4, $5, $6, $7, $8)
            as t (id, title, description, jira_id, status, assignee, assignment)
          ${onConflict}`,
        [
          db.company,
          Param.texts(rows.map(({ id }) => id)),
          Param.texts(rows.map(({ title }) => title)),
          Param.texts(rows.map(({ description }) => description)),
          Param.texts(rows.map(({ jiraId }) => jiraId)),
          Param.texts(rows.map(({ status }) => status)),
          Param.texts(rows.map(({ assignee }) => assignee)),
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

const creations = (db: CompanyDatabase, creators: ReadonlyArray<UserId>) =>
  creators.length === 0
    ? Effect.succeed([])
    : db.query<Creations>(
        `select creator, period, created from ${db.schema}.creations where company = $1 and creator = any($2)`,
        [db.company, Param.texts(creators)]
      )

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

/** Above every id in byte order. */
const beyondAll = "~"

const list = (db: CompanyDatabase, { assignee, status }: TaskFilter, { after, limit, order }: TaskPaging) => {
  const isDown = order === "newest"
  const params = [db.company, Param.text(after ?? (isDown ? beyondAll : "")), Param.int(limit + 1)]
  const [beyond, ordered] = isDown ? ["id < $2", "order by id desc"] : ["id > $2", "order by id"]
  const rows = `select * from ${db.schema}.tasks where company = $1`
  const one = (of: string) => `${rows} and ${beyond} and ${of} ${ordered} limit $3`
  const of = (value: string) => `$${params.push(Param.text(value))}`
  let from = `${rows} and ${beyond}`
  if (assignee !== undefined) {
    const holder = `assignee = ${of(assignee)}`
    const statuses = status === undefined ? ["in progress", "done"] : [status]
    // Each status is a range of the index; together they are merged by id.
    from = statuses.map((each) => `(${one(`${holder} and status = ${of(each)}`)})`).join(" union all ")
  } else if (status !== undefined) {
    const page = ofStatus(of(status), "$2", "$3", isDown)
    from = `${rows} and ${page.where} ${page.order}`
  }
  return pageOf(
    db.query<Task.Task>(`select ${columns} from (${from}) found ${ordered} limit $3`, params),
    limit,
    (row) => row
  )
}

/** Whose counts stand beside those of people: of tasks that nobody holds, and of all tasks. */
const [nobody, everybody] = ["", "*"]

const counts = (db: CompanyDatabase, assignees: ReadonlyArray<UserId>): Effect.Effect<TaskCounts, StoreError> =>
  Effect.map(
    db.query<{ readonly assignee: UserId; readonly open: number; readonly done: number }>(
      `select assignee, open::float8, done::float8 from ${db.schema}.task_counts
        where company = $1 and assignee = any($2) and open + done > 0`,
      [db.company, Param.texts([nobody, everybody, ...assignees])]
    ),
    (rows) => {
      const all = rows.find(({ assignee }) => assignee === everybody)
      return {
        open: all?.open ?? 0,
        done: all?.done ?? 0,
        waiting: rows.find(({ assignee }) => assignee === nobody)?.open ?? 0,
        of: rows.filter(({ assignee }) => assignee !== nobody && assignee !== everybody)
      }
    }
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
      refuses: (changes, _head, taken) => Members.follows(taken, changes),
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
    counts: (assignees) => counts(db, assignees)
  })
