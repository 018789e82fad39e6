/**
 * What the suites of `TaskStore` are written with: its kit, and what a load asks for when it asks for nothing.
 */
import { TaskCounts, type TaskChanges, type TaskQuery, TaskStore, type TaskTransaction } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import type { Kit } from "./Kit.ts"

export const emptyQuery: TaskQuery = { tasks: [], open: false, heldBy: [], members: false, creators: [], commands: [] }

export const kit: Kit<TaskTransaction, TaskChanges, TaskStore> = {
  source: "tasks",
  open: (identity) => Effect.flatMap(TaskStore, (store) => store.open(identity, Data.periodAt)),
  adopt: (identity) => Effect.flatMap(TaskStore, (store) => store.adopt(identity, Data.periodAt)),
  transact: (body) => Effect.flatMap(TaskStore, (store) => store.transact(body)),
  changes: (tx, names) => {
    const { events, head } = Data.follow("tasks", tx.head, tx.now, names)
    const tasks = names.map((name) => Data.task(name))
    const counts = tasks.reduce((counted, task) => TaskCounts.moved(counted, undefined, task), head.counts)
    return {
      events,
      head: { ...head, counts },
      tasks,
      members: [],
      creations: [],
      commands: names.map((name) => Data.recorded(name))
    }
  },
  load: (tx, name) =>
    Effect.map(
      tx.load({ ...emptyQuery, tasks: [Data.taskId(name)], commands: [Data.commandId(name)] }),
      ({ commands, tasks }) => ({ row: tasks.length > 0, command: commands.get(Data.commandId(name)) })
    ),
  forget: (age, limit) => Effect.flatMap(TaskStore, (store) => store.forgetCommands(Duration.millis(age), limit)),
  has: (name) =>
    Effect.flatMap(TaskStore, (store) => Effect.map(store.get([Data.taskId(name)]), (tasks) => tasks.length > 0))
}
