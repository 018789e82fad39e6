/**
 * The promises of `UserStore`.
 */
import { type User, type UserChanges, type UserFilter, UserStore, type UserTransaction } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ahead } from "./ahead.ts"
import { commands } from "./commands.ts"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
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
    ...Data.follow("users", tx.head, tx.now, names),
    users: names.map((name) => Data.user(name)),
    commands: names.map((name) => Data.recorded(name))
  }),
  load: (tx, name) =>
    Effect.map(tx.load({ users: [Data.userId(name)], commands: [Data.commandId(name)] }), ({ commands, users }) => ({
      row: users.length > 0,
      command: commands.get(Data.commandId(name))
    })),
  forget: (age, limit) => Effect.flatMap(UserStore, (store) => store.forgetCommands(Duration.millis(age), limit)),
  has: (name) =>
    Effect.flatMap(UserStore, (store) => Effect.map(store.get([Data.userId(name)]), (users) => users.length > 0))
}

const byId = (user: User.User) => user.id

/** Ids in byte order, which is neither the order of letters nor of numbers. */
const ids = ["10", "9", "A", "Z", "a", "a-1", "a.1", "a_1", "b", "z"]

const population = ids.map((id, index) =>
  Data.user(id, {
    roles: index % 2 === 0 ? ["worker"] : ["worker", "manager"],
    status: index % 3 === 0 ? "deactivated" : "active"
  })
)

/** The identities of a user. */
const of = ({ identities = [] }: User.User) => identities

/** Two users with identities that look alike. */
const identified = [
  Data.user("a", {
    identities: [
      { issuer: "https://id.example", subject: "_a|x=" },
      { issuer: "https://id.example", subject: "\u00e9" }
    ]
  }),
  Data.user("b", {
    identities: [
      { issuer: "https://id.example/", subject: "_a|x=" },
      { issuer: "https://id.example", subject: "_a|X=" },
      { issuer: "https://id.example", subject: "用户@example" }
    ]
  })
] as const

const populated = Effect.gen(function* () {
  yield* open(kit)
  // Out of order, and in two commits.
  const shuffled = population.toReversed()
  for (const users of [shuffled.slice(0, 4), shuffled.slice(4)]) {
    yield* kit.transact((tx) =>
      tx.save({ ...kit.changes(tx, []), ...Data.follow("users", tx.head, tx.now, ["some"]), users })
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

  "tells the head as it was committed": Effect.gen(function* () {
    const store = yield* populated
    const head = yield* store.head
    same(head.number, 2, "the number of the last event")
    same(yield* store.transact((tx) => Effect.succeed(tx.head)), head, "the head of the next transaction")
  }),

  "gets those of the users that exist, as they were saved": Effect.gen(function* () {
    const store = yield* populated
    sameSet(yield* store.get(["z", "nobody", "10"].map(Data.userId)), [population[0], population.at(-1)], "the users")
    same(yield* store.get([]), [], "no users")
  }),

  "loads those of the users that exist, each once, as they were saved": Effect.gen(function* () {
    const store = yield* populated
    const ids = ["z", "nobody", "10", "z"].map(Data.userId)
    const { users } = yield* kit.transact((tx) => tx.load({ users: ids, commands: [] }))
    sameSet(users, [population[0], population.at(-1)], "the users loaded")
    sameSet(yield* store.get(ids), users, "the users got")
  }),

  "a user saved again is replaced whole": Effect.gen(function* () {
    const store = yield* populated
    const changed = Data.user("a", { name: "Another", roles: ["admin"], status: "deactivated" })
    yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: [changed] }))
    same(yield* store.get([Data.userId("a")]), [changed], "the user")
    same((yield* store.list({}, { limit: 100 })).rows.length, population.length, "the number of users")
  }),

  "finds users by identity, each once and to the letter, and returns their identities as they were saved": Effect.gen(
    function* () {
      const store = yield* populated
      const [a, b] = identified
      yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: identified }))
      const asked = [...of(a), ...of(b)]
      sameSet(yield* store.byIdentity(asked), identified, "the users of all the identities")
      for (const user of identified) {
        for (const identity of of(user)) same(yield* store.byIdentity([identity]), [user], JSON.stringify(identity))
        const query = { users: [user.id], identities: of(user), commands: [] }
        same((yield* kit.transact((tx) => tx.load(query))).users, [user], "the user loaded by id and by identity")
      }
      const query = { users: [], identities: asked, commands: [] }
      sameSet((yield* kit.transact((tx) => tx.load(query))).users, identified, "the users loaded by identity")
      sameSet(yield* store.get([a.id, b.id]), identified, "the users got")
      for (const near of [
        { ...of(a)[0]!, issuer: "https://else.example" },
        { ...of(a)[0]!, subject: "_A|x=" },
        { ...of(a)[1]!, subject: "e\u0301" }
      ]) {
        same(yield* store.byIdentity([near]), [], `nobody is ${JSON.stringify(near)}`)
      }
      same(yield* store.byIdentity([]), [], "nobody is asked for")
    }
  ),

  "an identity is of one user alone, and goes from one to another in one commit": Effect.gen(function* () {
    const store = yield* populated
    const [a, b] = identified
    const shared = [of(a)[0]!]
    yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: [a] }))
    for (const users of [
      [Data.user("b", { identities: [...of(b), ...shared] })],
      [b, Data.user("z", { identities: of(b).slice(1) })],
      [Data.user("b", { identities: [...of(b), of(b)[0]!] })]
    ]) {
      yield* refused(
        kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users })),
        "an identity of two users, or of one twice"
      )
    }
    same(yield* store.byIdentity(shared), [a], "whose it still is")
    const without = Data.user("a")
    const taker = Data.user("b", { identities: shared })
    yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: [taker, without] }))
    same(yield* store.byIdentity(shared), [taker], "whose it is now")
    same(yield* store.byIdentity([of(a)[1]!]), [], "nobody's any more")
    same(yield* store.get([without.id]), [without], "the user without identities")
    yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, []), users: [Data.user("b"), a] }))
    same(yield* store.byIdentity(shared), [a], "whose it is again")
  }),

  "lists users by id in byte order, in pages without gaps or doubles": Effect.gen(function* () {
    const store = yield* populated
    for (const limit of [1, 3, population.length, 100]) {
      same(yield* Data.allPages(byId, limit, (paging) => store.list({}, paging)), population, `pages of ${limit}`)
    }
  }),

  "lists exactly the users of a status and a role": Effect.gen(function* () {
    const store = yield* populated
    for (const status of ["active", "deactivated", undefined] as const) {
      for (const role of ["worker", "manager", "admin", undefined]) {
        const filter: UserFilter = { ...(status && { status }), ...(role && { role }) }
        same(
          yield* Data.allPages(byId, 2, (paging) => store.list(filter, paging)),
          population.filter(
            (user) => (status ?? user.status) === user.status && (role === undefined || user.roles.includes(role))
          ),
          JSON.stringify(filter)
        )
      }
    }
  })
})
