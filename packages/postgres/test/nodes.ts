/**
 * Nodes over one schema that create tasks commit by commit, and let something happen between what each reads and what
 * it writes.
 */
import { hash } from "node:crypto"
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Catalog,
  type CommandId,
  EventLog,
  Head,
  type Identity,
  type Task,
  TaskCounts,
  type TaskId,
  TaskStore,
  type TaskTransaction
} from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { fresh, freshSchema } from "./support.ts"
import { identity } from "./users.ts"

export type Store = TaskStore["Service"]

const company: Identity = { ...identity, rules: { secret: "one" } }
export const monday = "2026-11-23" as never
export const emptyQuery = { tasks: [], open: false, heldBy: [], members: false, creators: [], commands: [] }

const task = (id: string): Task.Task => ({
  id: id as TaskId,
  title: id,
  description: "",
  jiraId: null,
  status: "in progress",
  assignee: null,
  assignment: 0
})

/** What saves a new task, and the record of the command that made it. */
export const changes = (tx: TaskTransaction, id: string, command = `c-${id}`) => {
  const stream = new Head.Growing((text) => hash("sha256", text, "hex"), "tasks", tx.head, tx.now)
  const { jiraId, title } = task(id)
  const data = { id, title, jiraId, assign: null, isDone: false, change: "created", assignment: 0, period: monday }
  Catalog.publish(stream, "task.updated", "system", data as never)
  return {
    head: { ...tx.head, ...stream.head, counts: TaskCounts.moved(tx.head.counts, undefined, task(id)) },
    events: stream.events,
    tasks: [task(id)],
    created: new Set([id as TaskId]),
    members: [],
    creations: [],
    commands: [{ commandId: command as CommandId, digest: "ab".repeat(32), answer: { made: id } }]
  }
}

/** What a body found, each time that it was run. */
interface Found {
  readonly number: number
  readonly tasks: ReadonlyArray<string>
  readonly commands: ReadonlyArray<string>
}

/** Creates a task as a commit does: loads, lets something happen, saves. Returns what each run of its body found. */
export const create = (
  store: Store,
  id: string,
  between: (run: number) => Effect.Effect<unknown> = () => Effect.void,
  besides: ReadonlyArray<string> = ["other"]
) =>
  Effect.gen(function* () {
    const runs: Array<Found> = []
    yield* store.transact((tx) =>
      Effect.gen(function* () {
        const ids = [id, ...besides]
        const loaded = yield* tx.load({
          ...emptyQuery,
          tasks: ids.map((each) => each as TaskId),
          commands: ids.map((each) => `c-${each}` as CommandId)
        })
        runs.push({
          number: tx.head.number,
          tasks: loaded.tasks.map((each) => each.id),
          commands: [...loaded.commands.keys()]
        })
        yield* between(runs.length)
        yield* tx.save(changes(tx, id))
      })
    )
    return runs
  })

const opening = (options: Parameters<typeof fresh>[0]) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(fresh(options))
    const store = Context.get(context, TaskStore)
    yield* store.open(company, () => monday)
    return { store, client: Context.get(context, PgClient), log: Context.get(context, EventLog) }
  })

/** Two nodes over one schema; the first has committed a task, and found the head as it had left it. */
export const nodes = Effect.fnUntraced(function* (options: Parameters<typeof fresh>[0] = {}) {
  const schema = freshSchema()
  const one = yield* opening({ schema, ...options })
  const other = yield* opening({ schema })
  yield* create(one.store, "first")
  /** The numbers of the events, the tasks that are there, and the recorded commands. */
  const stored = Effect.gen(function* () {
    const events = yield* one.log.read("tasks", 0, 100)
    const { rows } = yield* one.store.list({}, { limit: 100 })
    const commands = yield* one.client.unsafe<{ id: string }>(`select id from ${schema}.commands order by id`)
    return {
      numbers: events.map(({ number }) => number),
      follow: events.every((event, index) => index === 0 || event.previous !== events[index - 1]!.previous),
      tasks: rows.map(({ id }) => id),
      commands: commands.map(({ id }) => id)
    }
  })
  return { schema, one, other, stored }
})

export const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

/** Returns once a session waits for a lock on the head. */
export const untilSomebodyWaits = Effect.fnUntraced(function* ({ unsafe }: PgClient, schema: string) {
  const waiting = unsafe("select pid from pg_stat_activity where wait_event_type = 'Lock' and query like $1", [
    `%${schema}%contexts%`
  ])
  for (;;) {
    const [row] = yield* waiting
    if (row !== undefined) return Number((row as { pid: number }).pid)
  }
})
