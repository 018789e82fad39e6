/**
 * What the stores promise together, on one database: each keeps its own heads, numbers, commands and ids.
 */
import { BillingStore, type CommandId, CursorStore, EventLog, ReportStore, TaskStore, UserStore } from "@popug/core"
import * as Effect from "effect/Effect"
import { elsewhere, mismatched, otherRules } from "./adopting.ts"
import { kit as billing, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"
import * as Suite from "./Suite.ts"
import { kit as tasks } from "./taskKit.ts"
import { kit as users } from "./userStore.ts"

const openReports = Effect.flatMap(ReportStore, (store) => store.open(Data.identity))
const opened = Effect.all([open(users), open(tasks), open(billing), openReports], { discard: true })

/** Moves the cursors of reports and of a host's consumer. */
const moveCursors = Effect.gen(function* () {
  const reports = yield* ReportStore
  yield* reports.transact((tx) =>
    tx.save({ cursor: { ...tx.cursor, number: tx.cursor.number + 1 }, reports: [], notices: [] })
  )
  const cursors = yield* CursorStore
  yield* cursors.transact("host", "users", (cursor) =>
    Effect.succeed([null, { ...cursor, number: cursor.number + 1 }] as const)
  )
})

/** Everything commits while a transaction of one store is under way, which then commits too. */
const goesOnBeside = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) =>
  Effect.gen(function* () {
    yield* opened
    const others: ReadonlyArray<readonly [string, Effect.Effect<void, unknown, UserStore | TaskStore | BillingStore>]> =
      [
        ["users", save(users, "beside")],
        ["tasks", save(tasks, "beside")],
        ["billing", save(billing, "beside")]
      ]
    const context = yield* Effect.context<UserStore | TaskStore | BillingStore | ReportStore | CursorStore>()
    const beside = Effect.gen(function* () {
      for (const [name, other] of others) {
        if (name !== kit.source) yield* Suite.waitingFor(() => `${name} waits for ${kit.source}`, other)
      }
      yield* Suite.waitingFor(() => `reports and cursors wait for ${kit.source}`, moveCursors)
    }).pipe(Effect.provideContext(context))
    yield* kit.transact((tx) => Effect.andThen(beside, tx.save(kit.changes(tx, ["held"]))))
    same((yield* look(kit, "held")).number, 1, `the number of ${kit.source}`)
  })

const hour = 3_600_000

/** Records a command under an id, in each of the contexts. */
const record = Effect.fnUntraced(function* (id: string) {
  const commands = (context: string) => [Data.recorded(id, context)]
  yield* users.transact((tx) => tx.save({ ...users.changes(tx, []), commands: commands("users") }))
  yield* tasks.transact((tx) => tx.save({ ...tasks.changes(tx, []), commands: commands("tasks") }))
  yield* billing.transact((tx) => tx.save({ ...billing.changes(tx, []), commands: commands("billing") }))
})

/** The answers that are recorded under an id; null where there is none. */
const answers = (id: string) =>
  Effect.gen(function* () {
    const of = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) =>
      kit.transact((tx) => Effect.map(kit.load(tx, id), ({ command }) => command?.answer ?? null))
    return [yield* of(users), yield* of(tasks), yield* of(billing)]
  })

const forgets = (name: string, index: number, kit: Pick<typeof users | typeof tasks | typeof billing, "forget">) =>
  Data.withClock((set) =>
    Effect.gen(function* () {
      const noon = Date.UTC(2031, 4, 5, 12)
      set(noon)
      yield* opened
      yield* record("old")
      set(noon + 2 * hour)
      yield* record("new")
      const forget = kit.forget(hour, 10) as Effect.Effect<number, unknown, UserStore | TaskStore | BillingStore>
      same(yield* forget, 1, `commands forgotten by ${name}`)
      const left = ["users", "tasks", "billing"].map((context, at) => (at === index ? null : context))
      same(yield* answers("old"), left, `what is recorded after ${name} forgot`)
      same(yield* answers("new"), ["users", "tasks", "billing"], "what is recorded of younger commands")
    })
  )

export const allStores = Suite.make("All stores", {
  "each context is opened by itself": Effect.gen(function* () {
    yield* open(users)
    yield* refused(save(tasks, "early"), "a transaction of tasks", { reason: "Corrupt" })
    yield* open(tasks)
    yield* refused(save(billing, "early"), "a transaction of billing", { reason: "Corrupt" })
    yield* refused(moveCursors, "a transaction of reports", { reason: "Corrupt" })
    yield* openReports
    yield* open(billing)
    yield* save(billing, "late")
  }),

  "the contexts of one database are opened for one company, whichever is the first": Effect.gen(function* () {
    const other = { ...Data.identity, timeZone: "UTC" }
    yield* openReports
    yield* mismatched("timeZone", users.open(other))
    yield* mismatched("timeZone", tasks.open(other))
    yield* mismatched("secret", billing.open(otherRules))
    yield* open(users)
    // The rules of another context's policies are not compared.
    yield* billing.open({ ...Data.identity, rules: { ...Data.identity.rules, pricing: "1" } })
    yield* tasks.open({ ...Data.identity, rules: { ...Data.identity.rules, eligibility: "2" } })
    yield* save(tasks, "one")
  }),

  "what one context adopts is the company's in all of them": Effect.gen(function* () {
    yield* opened
    yield* save(users, "before")
    yield* mismatched("timeZone", billing.adopt(elsewhere))
    yield* tasks.adopt(elsewhere)
    yield* refused(save(users, "late"), "a commit for the settings before", { reason: "Mismatch" })
    yield* mismatched("timeZone", open(users))
    yield* users.open(elsewhere)
    yield* billing.adopt({ ...elsewhere, rules: otherRules.rules })
    yield* mismatched("secret", users.open(elsewhere))
    yield* tasks.open({ ...elsewhere, rules: otherRules.rules })
    yield* save(tasks, "after")
    yield* mismatched("currency", tasks.adopt({ ...elsewhere, currency: Data.identity.currency }))
  }),

  "nobody waits for a transaction of users, and nobody makes it stale": goesOnBeside(users),
  "nobody waits for a transaction of tasks, and nobody makes it stale": goesOnBeside(tasks),
  "nobody waits for a transaction of billing, and nobody makes it stale": goesOnBeside(billing),

  "one command id in three contexts is three commands": Effect.gen(function* () {
    yield* opened
    yield* record("same")
    same(yield* answers("same"), ["users", "tasks", "billing"], "the answers")
    same(yield* answers("another" satisfies string as CommandId), [null, null, null], "answers to nothing")
  }),

  "users' forgetting leaves the commands of others": forgets("users", 0, users),
  "tasks' forgetting leaves the commands of others": forgets("tasks", 1, tasks),
  "billing's forgetting leaves the commands of others": forgets("billing", 2, billing),

  "one id in all contexts names a thing in each": Effect.gen(function* () {
    yield* opened
    const id = "x"
    const member = { id: Data.userId(id), roles: ["manager"], status: "deactivated" } as const
    const holder = { id: Data.userId(id), name: "Another", status: "deactivated" } as const
    yield* save(users, id)
    yield* save(tasks, id)
    yield* tasks.transact((tx) =>
      tx.save({
        ...tasks.changes(tx, []),
        head: { ...tx.head, at: tx.now, cursor: { ...tx.head.cursor, number: 1 } },
        members: [member]
      })
    )
    yield* save(billing, id)
    yield* put(() => ({ holders: [holder] }))
    same(yield* (yield* UserStore).get([Data.userId(id)]), [Data.user(id)], "the user")
    same(yield* (yield* TaskStore).get([Data.taskId(id)]), [Data.task(id)], "the task")
    const { members } = yield* tasks.transact((tx) =>
      tx.load({ tasks: [], open: false, heldBy: [], members: true, creators: [], commands: [] })
    )
    same(members, [member], "the tasks context's copy of the user")
    same(yield* (yield* BillingStore).holders([Data.userId(id)]), [holder], "billing's copy of the user")
  }),

  "each context has a stream of its own, from number 1": Effect.gen(function* () {
    yield* opened
    yield* save(users, "a", "b", "c")
    yield* save(billing, "a")
    yield* save(tasks, "a", "b")
    const log = yield* EventLog
    const read = yield* Effect.forEach(["users", "tasks", "billing"] as const, (source) => log.read(source, 0, 10))
    same(
      read.map((events) => events.map(({ number }) => number)),
      [[1, 2, 3], [1, 2], [1]],
      "the numbers of the streams"
    )
  })
})
