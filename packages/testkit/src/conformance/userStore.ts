/**
 * The promises of `UserStore`.
 */
import { type User, type UserChanges, type UserFilter, UserStore, type UserTransaction } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ahead } from "./ahead.ts"
import { commands } from "./commands.ts"
import * as data from "./data.ts"
import { same, sameSet } from "./expect.ts"
import { heads } from "./heads.ts"
import { type Kit, open } from "./Kit.ts"
import { opening } from "./opening.ts"
import * as Suite from "./Suite.ts"
import { transactions } from "./transactions.ts"

export const kit: Kit<UserTransaction, UserChanges, UserStore> = {
  source: "users",
  open: (identity) => Effect.flatMap(UserStore, (store) => store.open(identity)),
  adopt: (identity) => Effect.flatMap(UserStore, (store) => store.adopt(identity)),
  transact: (body) => Effect.flatMap(UserStore, (store) => store.transact(body)),
  changes: (tx, names) => ({
    ...data.follow("users", tx.head, tx.now, names),
    users: names.map((name) => data.user(name)),
    commands: names.map((name) => data.recorded(name))
  }),
  load: (tx, name) =>
    Effect.map(tx.load({ users: [data.userId(name)], commands: [data.commandId(name)] }), ({ commands, users }) => ({
      row: users.length > 0,
      command: commands.get(data.commandId(name))
    })),
  forget: (age, limit) => Effect.flatMap(UserStore, (store) => store.forgetCommands(Duration.millis(age), limit)),
  has: (name) =>
    Effect.flatMap(UserStore, (store) => Effect.map(store.get([data.userId(name)]), (users) => users.length > 0))
}

const byId = (user: User.User) => user.id

/** Ids in byte order, which is neither the order of letters nor of numbers. */
const ids = ["10", "9", "A", "Z", "a", "a-1", "a.1", "a_1", "b", "z"]

const population = ids.map((id, index) =>
  data.user(id, {
    roles: index % 2 === 0 ? ["worker"] : ["worker", "manager"],
    status: index % 3 === 0 ? "deactivated" : "active"
  })
)

const populated = Effect.gen(function* () {
  yield* open(kit)
  // Out of order, and in two commits.
  const shuffled = population.toReversed()
  for (const users of [shuffled.slice(0, 4), shuffled.slice(4)]) {
    yield* kit.transact((tx) =>
      tx.save({ ...kit.changes(tx, []), ...data.follow("users", tx.head, tx.now, ["some"]), users })
    )
  }
  return yield* UserStore
})

export const userStore = Suite.make("UserStore", {
  ...transactions(kit),
  ...heads(kit),
  ...opening(kit),
  ...commands(kit),
  ...ahead(kit),

  "gets those of the users that exist, as they were saved": Effect.gen(function* () {
    const store = yield* populated
    sameSet(yield* store.get(["z", "nobody", "10"].map(data.userId)), [population[0], population.at(-1)], "the users")
    same(yield* store.get([]), [], "no users")
  }),

  "loads those of the users that exist, each once, as they were saved": Effect.gen(function* () {
    const store = yield* populated
    const ids = ["z", "nobody", "10", "z"].map(data.userId)
    const { users } = yield* kit.transact((tx) => tx.load({ users: ids, commands: [] }))
    sameSet(users, [population[0], population.at(-1)], "the users loaded")
    sameSet(yield* store.get(ids), users, "the users got")
  }),

  "a user saved again is replaced whole": Effect.gen(function* () {
    const store = yield* populated
    const changed = data.user("a", { name: "Another", roles: ["admin"], status: "deactivated" })
    yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: [changed] }))
    same(yield* store.get([data.userId("a")]), [changed], "the user")
    same((yield* store.list({}, { limit: 100 })).rows.length, population.length, "the number of users")
  }),

  "lists users by id in byte order, in pages without gaps or doubles": Effect.gen(function* () {
    const store = yield* populated
    for (const limit of [1, 3, population.length, 100]) {
      same(yield* data.allPages(byId, limit, (paging) => store.list({}, paging)), population, `pages of ${limit}`)
    }
  }),

  "lists exactly the users of a status and a role": Effect.gen(function* () {
    const store = yield* populated
    for (const status of ["active", "deactivated", undefined] as const) {
      for (const role of ["worker", "manager", "admin", undefined]) {
        const filter: UserFilter = { ...(status && { status }), ...(role && { role }) }
        same(
          yield* data.allPages(byId, 2, (paging) => store.list(filter, paging)),
          population.filter(
            (user) => (status ?? user.status) === user.status && (role === undefined || user.roles.includes(role))
          ),
          JSON.stringify(filter)
        )
      }
    }
  })
})
