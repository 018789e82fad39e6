/**
 * The statements of tasks' commits, for one company.
 */
import type { Assignment, Creations, Task, TaskChanges, TaskId, TaskQuery, UserId } from "@popug/core"
import type { CompanyDatabase } from "../Database.ts"
import { listed } from "../lists.ts"
import { lastOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { one, type Statement, statement } from "../statements.ts"
import type { Column } from "../together.ts"

/** Named tasks, open ones and those of some assignees; each part has its index. */
export const selecting = (db: CompanyDatabase, { heldBy, open, tasks: ids }: TaskQuery, columns: string) => {
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

export const replacing = `on conflict (company, id) do update set
  title = excluded.title, description = excluded.description, jira_id = excluded.jira_id,
  done = excluded.done, assignee = excluded.assignee, assignment = excluded.assignment`

/** The columns of tasks, and the lists of some tasks for each. */
export const taskColumns: ReadonlyArray<Column<Task.Task>> = [
  ["id", (rows) => Param.ids(rows.map(({ id }) => id))],
  ["title", (rows) => Param.texts(rows.map(({ title }) => title))],
  ["description", (rows) => Param.texts(rows.map(({ description }) => description))],
  ["jira_id", (rows) => Param.texts(rows.map(({ jiraId }) => jiraId))],
  ["done", (rows) => Param.booleans(rows.map(({ status }) => status === "done"))],
  ["assignee", (rows) => Param.ids(rows.map(({ assignee }) => assignee))],
  ["assignment", (rows) => Param.smallInts(rows.map(({ assignment }) => assignment))]
]

const insertTasks = (db: CompanyDatabase, rows: ReadonlyArray<Task.Task>, onConflict: string) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.tasks (company, id, title, description, jira_id, done, assignee, assignment)
          select $1, id, title, description, jira_id, done, assignee, assignment
          from ${listed("id, title, description, jira_id, done, assignee, assignment", 2)}
          ${onConflict}`,
        [db.company, ...taskColumns.map(([, list]) => list(rows))]
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

/** Users as the tasks context keeps them: all, or so many of them. */
export const selectingMembers = (db: CompanyDatabase, limit: number | null) =>
  statement(`select id, roles, status from ${db.schema}.members where company = $1 limit $2`, [
    db.company,
    Param.int(limit)
  ])

const rolesOf = "array(select jsonb_array_elements_text(roles::jsonb))"

/** The columns of members, and the lists of some for each. A list of lists has no array type: each goes as JSON. */
export const memberColumns: ReadonlyArray<Column<Assignment.Member>> = [
  ["id", (rows) => Param.texts(rows.map(({ id }) => id))],
  ["roles", (rows) => Param.texts(rows.map(({ roles }) => JSON.stringify(roles))), rolesOf],
  ["status", (rows) => Param.texts(rows.map(({ status }) => status))]
]

export const replacingMembers =
  "on conflict (company, id) do update set roles = excluded.roles, status = excluded.status"

const writeMembers = (db: CompanyDatabase, rows: ReadonlyArray<Assignment.Member>) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.members (company, id, roles, status)
          select $1, id, ${rolesOf}, status from unnest($2, $3, $4) as m (id, roles, status) ${replacingMembers}`,
        [db.company, ...memberColumns.map(([, list]) => list(rows))]
      )

export const selectingCreations = (db: CompanyDatabase, creators: ReadonlyArray<UserId>) =>
  creators.length === 0
    ? undefined
    : statement(
        `select creator, period, created from ${db.schema}.creations where company = $1 and creator = any($2)`,
        [db.company, Param.texts(creators)]
      )

export const creationColumns: ReadonlyArray<Column<Creations>> = [
  ["creator", (rows) => Param.texts(rows.map(({ creator }) => creator))],
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["created", (rows) => Param.smallInts(rows.map(({ created }) => created))]
]

export const replacingCreations =
  "on conflict (company, creator) do update set period = excluded.period, created = excluded.created"

const writeCreations = (db: CompanyDatabase, rows: ReadonlyArray<Creations>) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.creations (company, creator, period, created)
          select $1, creator, period, created from unnest($2, $3, $4) as c (creator, period, created)
          ${replacingCreations}`,
        [db.company, ...creationColumns.map(([, list]) => list(rows))]
      )

/** What writes the rows of a commit. */
export const writes = (
  db: CompanyDatabase,
  { created, creations, members, tasks }: TaskChanges
): ReadonlyArray<Statement> => [
  ...writeTasks(
    db,
    lastOf(tasks, ({ id }) => id),
    created
  ),
  ...writeMembers(
    db,
    lastOf(members, ({ id }) => id)
  ),
  ...writeCreations(
    db,
    lastOf(creations, ({ creator }) => creator)
  )
]
