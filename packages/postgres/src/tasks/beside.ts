/**
 * Small commits of tasks, which take no lock: what a commit loads is read together with its head, and what it writes is
 * written where the head is still that one. Those of many companies go as one statement; each is done, or not, by
 * itself.
 */
import type { Assignment, Task, TaskChanges, TaskHead, TaskLoad, TaskQuery } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Commands from "../Commands.ts"
import type * as Contexts from "../Contexts.ts"
import type { CompanyDatabase } from "../Database.ts"
import * as Events from "../Events.ts"
import type { Asking, Question } from "../Gathered.ts"
import { lastOf } from "../pages.ts"
import * as Param from "../Param.ts"
import * as Seen from "../Seen.ts"
import { sourceNumber } from "../sources.ts"
import type { Statement } from "../statements.ts"
import { inserting, rowsOf, writeIf, writing, type Written } from "../together.ts"
import type { Beside } from "../unlocked.ts"
import { jsonColumns, ofJson, read } from "./rows.ts"
import {
  creationColumns,
  memberColumns,
  replacing,
  replacingCreations,
  replacingMembers,
  selecting,
  selectingCreations,
  selectingMembers,
  taskColumns,
  writes
} from "./saving.ts"

/** Commands about more tasks than these are better written ahead, part by part, under the lock. */
const small = 256

const isSmall = ({ heldBy, open, tasks }: TaskQuery): boolean => !open && heldBy.length === 0 && tasks.length <= small

/** What one company's tasks are asked for. */
interface Asked {
  readonly db: CompanyDatabase
  readonly query: TaskQuery
}

/** A head's row, and what was read beside it as JSON has it. */
interface Found {
  readonly row: Seen.Row | undefined
  readonly tasks: ReadonlyArray<unknown>
  readonly creations: ReadonlyArray<unknown>
  readonly members: ReadonlyArray<unknown>
  readonly commands: ReadonlyArray<unknown>
}

const lookAlone = ({ db, query }: Asked) => {
  const asked = {
    tasks: selecting(db, query, jsonColumns),
    creations: selectingCreations(db, query.creators),
    // One more tells that there are too many.
    members: query.members ? selectingMembers(db, small + 1) : undefined,
    commands: query.commands.length === 0 ? undefined : Commands.find(db, "tasks", query.commands)
  }
  const reads = Object.entries(asked).filter((read): read is [keyof typeof asked, Statement] => read[1] !== undefined)
  return Effect.map(
    Seen.look(
      db,
      "tasks",
      reads.map(([, statement]) => statement)
    ),
    ({ row, rows }): Found => ({
      row,
      tasks: [],
      creations: [],
      members: [],
      commands: [],
      ...Object.fromEntries(reads.map(([name], index) => [name, rows[index]!]))
    })
  )
}

const lookTogether = (db: Asking, asked: ReadonlyArray<Asked>) => {
  const { schema } = db
  const keys = (idsOf: (query: TaskQuery) => ReadonlyArray<string>) => Seen.keysOf(asked, ({ query }) => idsOf(query))
  const tasks = keys((query) => query.tasks)
  const creators = keys((query) => query.creators)
  const commands = keys((query) => query.commands)
  const wanting = asked.filter(({ query }) => query.members).map(({ db: own }) => own.number)
  return Effect.map(
    Seen.lookTogether(
      db,
      "tasks",
      asked.map(({ db: own }) => own),
      {
        tasks: `select company, ${jsonColumns} from unnest($2, $3) as n (company, id)
          join ${schema}.tasks using (company, id) order by id`,
        creations: `select company, creator, period, created from unnest($4, $5) as n (company, creator)
          join ${schema}.creations using (company, creator)`,
        commands: `select company, ${Commands.jsonColumns} from unnest($6, $7) as n (company, id)
          join ${schema}.commands using (company, id) where source = ${sourceNumber("tasks")}`,
        members: `select found.* from unnest($8) as n (company) cross join lateral (
            select company, id, roles, status from ${schema}.members m where m.company = n.company limit ${small + 1}
          ) found`
      },
      [
        tasks.companies,
        Param.ids(tasks.ids),
        creators.companies,
        Param.texts(creators.ids),
        commands.companies,
        Param.texts(commands.ids),
        Param.smallInts(wanting)
      ]
    ),
    (found): ReadonlyArray<Found> => found
  )
}

const looking: Question<Asked, Found> = {
  one: (_, asked) => lookAlone(asked),
  many: lookTogether,
  // A company's stores in one process each have their own answer.
  keyOf: ({ db }) => db.number
}

const writeAlone = ({ changes, db, head, seen }: Written<TaskChanges>) =>
  db.writeIf(Seen.move(db, "tasks", head, seen), [
    ...(changes.events.length > 0 ? [Events.insert(db, "tasks", changes.events)] : []),
    ...writes(db, changes),
    ...(changes.commands.length > 0 ? [Commands.insert(db, "tasks", changes.commands, changes.head.at)] : [])
  ])

const tasksOf = ({ changes }: Written<TaskChanges>) => lastOf(changes.tasks, ({ id }) => id)
const isNew = ({ changes }: Written<TaskChanges>, { id }: Task.Task) => changes.created?.has(id) === true

const steps = ({ schema }: Asking, written: ReadonlyArray<Written<TaskChanges>>) => {
  const tasks = (name: string, are: (written: Written<TaskChanges>, task: Task.Task) => boolean, onConflict?: string) =>
    inserting(
      name,
      rowsOf(written, (each) => tasksOf(each).filter((task) => are(each, task))),
      `${schema}.tasks`,
      taskColumns,
      onConflict
    )
  return [
    ...Events.inserting(schema, written),
    ...tasks("created", isNew),
    ...tasks("changed", (each, task) => !isNew(each, task), replacing),
    ...inserting(
      "known",
      rowsOf(written, ({ changes }) => lastOf(changes.members, ({ id }) => id)),
      `${schema}.members`,
      memberColumns,
      replacingMembers
    ),
    ...inserting(
      "counted",
      rowsOf(written, ({ changes }) => lastOf(changes.creations, ({ creator }) => creator)),
      `${schema}.creations`,
      creationColumns,
      replacingCreations
    ),
    ...Commands.inserting(schema, "tasks", written)
  ]
}

const committing = writing<TaskChanges>("tasks", steps, writeAlone)

/** How the tasks of a company are read and written without a lock. */
export const besideOf = (
  db: CompanyDatabase,
  codec: Contexts.HeadCodec<TaskHead>
): Beside<TaskHead, TaskQuery, Omit<TaskLoad, "commands">, TaskChanges> => ({
  look: (query) =>
    isSmall(query)
      ? Effect.gen(function* () {
          const { commands, creations, members, row, tasks } = yield* db.gathered.ask(looking, { db, query })
          if (members.length > small) return undefined
          return {
            seen: yield* Seen.seen(db, codec, row),
            loaded: {
              tasks: tasks.map((task) => read(ofJson(task))),
              members: (members as ReadonlyArray<Assignment.Member>).map(({ id, roles, status }) => ({
                id,
                roles,
                status
              })),
              creations: (creations as TaskLoad["creations"]).map(({ created, creator, period }) => ({
                creator,
                period,
                created
              })),
              commands: yield* Commands.found(commands)
            }
          }
        })
      : undefined,
  writeIf: (changes, seen) => writeIf(committing, codec, db, { after: changes.head, changes, seen })
})
