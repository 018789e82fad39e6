/**
 * Small commits of tasks, which take no lock: what a commit loads is read together with its head, and what it writes is
 * written where the head is still that one. Those of many companies go as one statement; each is done, or not, by
 * itself.
 */
import type { Task, TaskChanges, TaskHead, TaskLoad, TaskQuery } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Commands from "../Commands.ts"
import * as Contexts from "../Contexts.ts"
import { type CompanyDatabase, serverMillis } from "../Database.ts"
import * as Events from "../Events.ts"
import type { Asking, Question } from "../Gathered.ts"
import { lastOf } from "../pages.ts"
import * as Param from "../Param.ts"
import * as Seen from "../Seen.ts"
import { sourceNumber } from "../sources.ts"
import { chained, type Statement, statement } from "../statements.ts"
import type { Beside } from "../unlocked.ts"
import { jsonColumns, ofJson, read } from "./rows.ts"
import {
  creationColumns,
  replacing,
  replacingCreations,
  selecting,
  selectingCreations,
  taskColumns,
  writes
} from "./saving.ts"

/** Commands about more tasks than these are better written ahead, part by part, under the lock. */
const small = 256

const isSmall = ({ heldBy, members, open, tasks }: TaskQuery): boolean =>
  !members && !open && heldBy.length === 0 && tasks.length <= small

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
  readonly commands: ReadonlyArray<unknown>
}

const lookAlone = ({ db, query }: Asked) => {
  const asked = {
    tasks: selecting(db, query, jsonColumns),
    creations: selectingCreations(db, query.creators),
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
      commands: [],
      ...Object.fromEntries(reads.map(([name], index) => [name, rows[index]!]))
    })
  )
}

type ManyRow = Seen.Row & {
  readonly company: number
  readonly tasks: string
  readonly creations: string
  readonly commands: string
}

/** Rows that are the same for all companies stand in the first row alone. */
const once = (name: string, rows: string) =>
  `case when place = 1 then (select json_agg(r)::text from (${rows}) r) end as ${name}`

const lookTogether = (db: Asking, asked: ReadonlyArray<Asked>) => {
  const { clockSql, schema } = db
  const keys = (idsOf: (query: TaskQuery) => ReadonlyArray<string>) => {
    const all = asked.map(({ db: own, query }) => idsOf(query).map((id) => [own.number, id] as const)).flat()
    return { companies: Param.smallInts(all.map(([company]) => company)), ids: all.map(([, id]) => id) }
  }
  const tasks = keys((query) => query.tasks)
  const creators = keys((query) => query.creators)
  const commands = keys((query) => query.commands)
  return Effect.map(
    db.query<ManyRow>(
      `select asked.company, ${Seen.columns(clockSql)},
          ${once(
            "tasks",
            `select company, ${jsonColumns} from unnest($2, $3) as n (company, id)
              join ${schema}.tasks using (company, id) order by id`
          )},
          ${once(
            "creations",
            `select company, creator, period, created from unnest($4, $5) as n (company, creator)
              join ${schema}.creations using (company, creator)`
          )},
          ${once(
            "commands",
            `select company, ${Commands.jsonColumns} from unnest($6, $7) as n (company, id)
              join ${schema}.commands using (company, id) where source = ${sourceNumber("tasks")}`
          )}
        from unnest($1) with ordinality as asked (company, place)
          left join ${schema}.contexts c on c.company = asked.company and c.name = 'tasks' order by place`,
      [
        Param.smallInts(asked.map(({ db: own }) => own.number)),
        tasks.companies,
        Param.ids(tasks.ids),
        creators.companies,
        Param.texts(creators.ids),
        commands.companies,
        Param.texts(commands.ids)
      ]
    ),
    (rows) => {
      const [first] = rows
      const by = (json: string | null | undefined) =>
        Map.groupBy(JSON.parse(json ?? "[]") as ReadonlyArray<{ readonly company: number }>, ({ company }) => company)
      const [found, counts, recorded] = [by(first?.tasks), by(first?.creations), by(first?.commands)]
      return rows.map((row): Found => ({
        row: row.state === null ? undefined : row,
        tasks: found.get(row.company) ?? [],
        creations: counts.get(row.company) ?? [],
        commands: recorded.get(row.company) ?? []
      }))
    }
  )
}

const looking: Question<Asked, Found> = { one: (_, asked) => lookAlone(asked), many: lookTogether }

/** What a commit of one company writes, where the head is still the one that was seen. */
interface Written {
  readonly db: CompanyDatabase
  readonly changes: TaskChanges
  readonly head: ReturnType<typeof Contexts.rowAt>
  readonly seen: Seen.Seen
}

const writeAlone = ({ changes, db, head, seen }: Written) =>
  db.writeIf(Seen.move(db, "tasks", head, seen), [
    ...(changes.events.length > 0 ? [Events.insert(db, "tasks", changes.events)] : []),
    ...writes(db, changes),
    ...(changes.commands.length > 0 ? [Commands.insert(db, "tasks", changes.commands, changes.head.at)] : [])
  ])

/** Rows of some companies side by side as lists, each with its company. */
const rowsOf = <Row>(written: ReadonlyArray<Written>, of: (written: Written) => ReadonlyArray<Row>) => {
  const companies: Array<number> = []
  const rows: Array<Row> = []
  for (const each of written) {
    for (const row of of(each)) {
      companies.push(each.db.number)
      rows.push(row)
    }
  }
  return { companies: Param.smallInts(companies), rows }
}

/** Inserts rows of those companies whose heads have moved, from lists; nothing where there are none. */
const inserting = <Row>(
  name: string,
  { companies, rows }: { readonly companies: Param.Param; readonly rows: ReadonlyArray<Row> },
  into: string,
  columns: ReadonlyArray<readonly [name: string, list: (rows: ReadonlyArray<Row>) => Param.Param]>,
  onConflict = ""
): ReadonlyArray<readonly [string, Statement]> => {
  if (rows.length === 0) return []
  const list = columns.map(([column]) => column).join(", ")
  const places = columns.map((_, index) => `$${index + 2}`).join(", ")
  const sql = `insert into ${into} (company, ${list})
    select company, ${list} from unnest($1, ${places}) as n (company, ${list}) join moved using (company) ${onConflict}`
  return [[name, statement(sql, [companies, ...columns.map(([, listOf]) => listOf(rows))])]]
}

/** The heads that nobody has moved since they were seen, and nobody holds now, moved. */
const moving = ({ schema }: Asking, written: ReadonlyArray<Written>): ReadonlyArray<readonly [string, Statement]> => [
  [
    "free",
    statement(
      `select company from unnest($1, $2, $3, $4) as n (company, version, seen, latest)
        join ${schema}.contexts c using (company)
        where c.name = 'tasks' and c.xmin = n.version::xid and c.digest = n.seen and ${serverMillis} <= n.latest
        for update of c skip locked`,
      [
        Param.smallInts(written.map(({ db }) => db.number)),
        Param.texts(written.map(({ seen }) => seen.version)),
        Param.digests(written.map(({ seen }) => seen.digest)),
        Param.ints(written.map(({ db, seen }) => Seen.untilWhen(db, seen)))
      ]
    )
  ],
  [
    "moved",
    statement(
      `update ${schema}.contexts c
        set number = n.number, at_ms = n.at_ms, digest = n.digest, state = n.state::json, due_ms = n.due_ms
        from unnest($1, $2, $3, $4, $5, $6) as n (company, number, at_ms, digest, state, due_ms) join free using (company)
        where c.company = n.company and c.name = 'tasks' returning c.company`,
      [
        Param.smallInts(written.map(({ db }) => db.number)),
        Param.ints(written.map(({ head }) => head.number)),
        Param.ints(written.map(({ head }) => head.at)),
        Param.digests(written.map(({ head }) => head.digest)),
        Param.texts(written.map(({ head }) => head.state)),
        Param.ints(written.map(({ head }) => head.due))
      ]
    )
  ]
]

const tasksOf = ({ changes }: Written) => lastOf(changes.tasks, ({ id }) => id)
const isNew = ({ changes }: Written, { id }: Task.Task) => changes.created?.has(id) === true

const writeTogether = (db: Asking, written: ReadonlyArray<Written>) => {
  const { schema } = db
  const tasks = (name: string, are: (written: Written, task: Task.Task) => boolean, onConflict?: string) =>
    inserting(
      name,
      rowsOf(written, (each) => tasksOf(each).filter((task) => are(each, task))),
      `${schema}.tasks`,
      taskColumns,
      onConflict
    )
  const { params, sql } = chained(
    [
      ...moving(db, written),
      ...inserting(
        "events",
        rowsOf(written, ({ changes }) => changes.events),
        `${schema}.events`,
        Events.columns
      ),
      ...tasks("created", isNew),
      ...tasks("changed", (each, task) => !isNew(each, task), replacing),
      ...inserting(
        "counted",
        rowsOf(written, ({ changes }) => lastOf(changes.creations, ({ creator }) => creator)),
        `${schema}.creations`,
        creationColumns,
        replacingCreations
      ),
      ...inserting(
        "recorded",
        rowsOf(written, ({ changes, head }) => changes.commands.map((command) => ({ ...command, at: head.at }))),
        `${schema}.commands`,
        Commands.columns("tasks")
      )
    ],
    "select company from moved"
  )
  return Effect.map(db.send<{ readonly company: number }>(sql, params), (rows) => {
    const found = new Set(rows.map(({ company }) => company))
    return written.map((each) => found.has(each.db.number))
  })
}

const writing: Question<Written, boolean> = {
  one: (_, written) => writeAlone(written),
  many: writeTogether,
  keyOf: ({ db }) => db.number,
  isWrite: true
}

/** How the tasks of a company are read and written without a lock. */
export const besideOf = (
  db: CompanyDatabase,
  codec: Contexts.HeadCodec<TaskHead>
): Beside<TaskHead, TaskQuery, Omit<TaskLoad, "commands">, TaskChanges> => ({
  look: (query) =>
    isSmall(query)
      ? Effect.gen(function* () {
          const { commands, creations, row, tasks } = yield* db.gathered.ask(looking, { db, query })
          return {
            seen: yield* Seen.seen(db, codec, row),
            loaded: {
              tasks: tasks.map((task) => read(ofJson(task))),
              members: [],
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
  writeIf: (changes, seen) =>
    Effect.suspend(() => {
      const head = Contexts.rowAt(codec, changes.head, db.opened.get(codec.name)!)
      const written = { db, changes, head, seen }
      // The copy of the users moves once in a while.
      const isWritten = changes.members.length > 0 ? writeAlone(written) : db.gathered.ask(writing, written)
      return Effect.map(isWritten, (done) => (done ? { head: changes.head, mark: head.mark } : undefined))
    })
})
