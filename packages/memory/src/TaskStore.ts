/**
 * `TaskStore` in memory.
 */
import {
  type Identity,
  initialTaskHead,
  TaskRows,
  type Period,
  type TaskChanges,
  type TaskQuery,
  TaskStore
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict, notOpened } from "./errors.ts"
import { adopt, open } from "./opening.ts"
import * as Stream from "./Stream.ts"
import { transact } from "./transact.ts"

export const make = (connection: Connection): TaskStore["Service"] => {
  const { stream, table } = connection.disk.tasks
  const create = (identity: Identity, now: DateTime.Utc, first: (now: DateTime.Utc) => Period) => () => {
    stream.opened = { identity, head: initialTaskHead(now, first(now)) }
  }
  return TaskStore.of({
    open: (company, first) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => open(connection, "tasks", company, create(company, now, first)))
      ),
    adopt: (company, first) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) =>
          adopt(connection, "tasks", company, create(company, now, first), (head) => ({ ...head, period: first(now) }))
        )
      ),
    forgetCommands: (age, limit) => connection.call(() => Stream.forgetCommands(stream, age, limit)),
    transact: transact({
      connection,
      stream,
      load: ({ commands, creators, heldBy, members, open, tasks }: TaskQuery) => ({
        tasks: table.select(tasks, open, heldBy),
        members: members ? table.members() : [],
        creations: table.creations(creators),
        commands: Stream.recorded(stream, commands)
      }),
      stage: (changes: TaskChanges, head) => {
        const write = Stream.stage(stream, head, changes)
        if (typeof write !== "function") return write
        const refusal = TaskRows.follows(head, changes)
        if (refusal !== undefined) return conflict(refusal)
        return () => {
          write()
          for (const task of changes.tasks) table.put(task)
          for (const member of changes.members) table.putMember(member)
          for (const row of changes.creations) table.putCreations(row)
        }
      }
    }),
    head: connection.call(() => Stream.head(stream)),
    now: connection.call(() => (stream.opened === undefined ? Effect.fail(notOpened()) : DateTime.now)),
    get: (ids) => connection.read(() => table.get(ids)),
    list: (filter, paging) => connection.read(() => table.list(filter, paging)),
    members: (paging) => connection.read(() => table.listMembers(paging)),
    count: (filter, most) => connection.read(() => table.count(filter, most))
  })
}
