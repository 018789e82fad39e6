/**
 * `UserStore` in memory.
 */
import { Head, type UserChanges, type UserQuery, UserStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import * as Stream from "./Stream.ts"
import { transact } from "./transact.ts"

export const make = (connection: Connection): UserStore["Service"] => {
  const { stream, table } = connection.disk.users
  return UserStore.of({
    open: (company) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => Stream.open(stream, company, () => Head.initial(now)))
      ),
    forgetCommands: (age, limit) => connection.call(() => Stream.forgetCommands(stream, age, limit)),
    transact: transact({
      connection,
      stream,
      load: ({ commands, users }: UserQuery) => ({
        users: table.get(users),
        commands: Stream.recorded(stream, commands)
      }),
      stage: (changes: UserChanges, head) => {
        const write = Stream.stage(stream, head, changes)
        if (typeof write !== "function") return write
        return () => {
          write()
          for (const user of changes.users) table.put(user)
        }
      }
    }),
    get: (ids) => connection.read(() => table.get(ids)),
    list: (filter, paging) => connection.read(() => table.list(filter, paging))
  })
}
