/**
 * `UserStore` in memory.
 */
import { Head, type Identity, type UserChanges, type UserQuery, UserStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict } from "./errors.ts"
import { adopt, open } from "./opening.ts"
import * as Stream from "./Stream.ts"
import { transact } from "./transact.ts"

export const make = (connection: Connection): UserStore["Service"] => {
  const { stream, table } = connection.disk.users
  const create = (identity: Identity, now: DateTime.Utc) => () => {
    stream.opened = { identity, head: Head.initial(now) }
  }
  return UserStore.of({
    open: (company) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => open(connection, "users", company, create(company, now)))
      ),
    adopt: (company) =>
      connection.call(() =>
        Effect.flatMap(DateTime.now, (now) => adopt(connection, "users", company, create(company, now)))
      ),
    forgetCommands: (age, limit) => connection.call(() => Stream.forgetCommands(stream, age, limit)),
    transact: transact({
      connection,
      stream,
      load: ({ commands, identities = [], users }: UserQuery) => ({
        users: [...new Set([...table.get(users), ...table.byIdentity(identities)])],
        commands: Stream.recorded(stream, commands)
      }),
      stage: (changes: UserChanges, head) => {
        const write = Stream.stage(stream, head, changes)
        if (typeof write !== "function") return write
        const taken = table.taken(changes.users)
        if (taken !== undefined)
          return conflict(`subject ${taken.subject} of ${taken.issuer} is of two users, or of one twice`)
        return () => {
          write()
          table.put(changes.users)
        }
      }
    }),
    byIdentity: (identities) => connection.read(() => table.byIdentity(identities)),
    head: connection.call(() => Stream.head(stream)),
    get: (ids) => connection.read(() => table.get(ids)),
    list: (filter, paging) => connection.read(() => table.list(filter, paging))
  })
}
