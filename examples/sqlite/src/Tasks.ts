/** The store of tasks. */
import * as popug from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Company from "./Company.ts"
import { attempt, type Database } from "./Database.ts"
import { toJson } from "./json.ts"
import * as Stream from "./Stream.ts"

const byId = (db: Database, ids: ReadonlyArray<string>) =>
  db.all<popug.Task.Task>("select data from tasks where id in (select value from json_each(?))", ids)

const load = (db: Database, { commands, creators, heldBy, members, open, tasks }: popug.TaskQuery) => {
  const inProgress = "select data from tasks where status = 'in progress'"
  const held = () => [
    ...db.all<popug.Task.Task>(`${inProgress} and assignee in (select value from json_each(?))`, heldBy),
    ...(heldBy.includes(null) ? db.all<popug.Task.Task>(`${inProgress} and assignee is null`) : [])
  ]
  const found = [...byId(db, tasks), ...(open ? db.all<popug.Task.Task>(inProgress) : held())]
  const created = "select data from creations where creator in (select value from json_each(?))"
  return {
    tasks: [...new Map(found.map((task) => [task.id, task])).values()].sort((a, b) => popug.byteOrder(a.id, b.id)),
    members: members ? db.all<popug.Member>("select data from members") : [],
    creations: db.all<popug.Creations>(created, creators),
    commands: Stream.commands(db, "tasks", commands)
  }
}

const write = (db: Database, changes: popug.TaskChanges): void => {
  Stream.write(db, "tasks", changes)
  for (const task of changes.tasks) db.replace("tasks", task.id, task.status, task.assignee, toJson(task))
  for (const member of changes.members) db.replace("members", member.id, toJson(member))
  for (const row of changes.creations) db.replace("creations", row.creator, toJson(row))
}

export const make = (db: Database): popug.TaskStore["Service"] & Company.Ready => {
  type Opening = [first: (now: DateTime.Utc) => popug.Period]
  const { state, transact, ...company } = Company.make<popug.TaskHead, popug.TaskChanges, Opening>(db, {
    name: "tasks",
    initial: (now, first) => popug.initialTaskHead(now, first(now)),
    moved: (head, now, first) => ({ ...head, period: first(now) }),
    instant: popug.Head.instant,
    next: ({ head }) => head,
    refusal: (head, changes) => popug.Head.follows("tasks", head, changes) ?? popug.TaskRows.follows(head, changes),
    write: (changes) => write(db, changes)
  })
  return {
    ...company,
    head: state,
    transact: (body) =>
      transact(({ during, now, save, state: head }) =>
        body({ head, now, save, load: (query) => during(() => load(db, query)) })
      ),
    forgetCommands: Stream.forgetCommands(db, "tasks"),
    now: DateTime.now,
    get: (ids) => attempt(() => byId(db, ids)),
    list: ({ assignee, status }, { after, limit, order }) => {
      const [beyond, by] = order === "newest" ? ["id < ?", "id desc"] : ["id > ?", "id"]
      const conditions = { "status = ?": status, "assignee = ?": assignee, [beyond]: after }
      return attempt(() => db.list<popug.Task.Task>("select data from tasks", conditions, by, limit))
    },
    members: ({ after, limit }) =>
      attempt(() => db.list<popug.Member>("select data from members", { "id > ?": after }, "id", limit)),
    count: ({ assignee, status }, most) =>
      attempt(() => db.count("tasks", { "status = ?": status, "assignee = ?": assignee }, most))
  }
}
