import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Account,
  BillingStore,
  type CommandId,
  CursorStore,
  EventLog,
  type Ports,
  ReportStore,
  type TaskId,
  TaskStore,
  type UserId,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Filled from "./filled.ts"
import { cost, type Query, recording } from "./plans.ts"
import { client, freshSchema, of } from "./support.ts"
import { identity } from "./users.ts"

const schema = freshSchema()
const pool = ManagedRuntime.make(Postgres.layerClient(client))
let queries: Array<Query>
let stores: ManagedRuntime.ManagedRuntime<Ports | CursorStore, unknown>

beforeAll(async () => {
  await pool.runPromise(Postgres.migrate({ schema }))
  const recorded = await pool.runPromise(recording)
  queries = recorded.queries
  stores = ManagedRuntime.make(
    Postgres.layerOver({ schema, listen: false, limits: "connection" }).pipe(
      of(identity.id),
      Layer.provide(Layer.succeed(PgClient, recorded.client))
    )
  )
  await stores.runPromise(
    Effect.gen(function* () {
      yield* (yield* UserStore).open(identity)
      yield* (yield* TaskStore).open(identity, () => Filled.period(60))
      yield* (yield* BillingStore).open(identity)
      yield* (yield* ReportStore).open(identity)
    })
  )
  await pool.runPromise(Filled.fill(schema))
}, 60_000)

afterAll(async () => {
  await stores.dispose()
  await pool.dispose()
})

const some = <Id>(count: number, id: (index: number) => Id) =>
  Array.from({ length: count }, (_, index) => id(index * 7))
const user = (index: number) => Filled.popugId(index) as UserId
const task = (index: number) => Filled.taskId(index) as TaskId
const command = (index: number) => `c${index}` as CommandId
const [early, late] = [Filled.period(3), Filled.period(58)]

type Read = Effect.Effect<unknown, unknown, Ports | CursorStore>

const users = (read: (store: UserStore["Service"]) => Read): Read => Effect.flatMap(UserStore, read)
const tasks = (read: (store: TaskStore["Service"]) => Read): Read => Effect.flatMap(TaskStore, read)
const books = (read: (store: BillingStore["Service"]) => Read): Read => Effect.flatMap(BillingStore, read)
const reports = (read: (store: ReportStore["Service"]) => Read): Read => Effect.flatMap(ReportStore, read)
const log = (read: (log: EventLog["Service"]) => Read): Read => Effect.flatMap(EventLog, read)

const board = { tasks: [], open: false, heldBy: [], members: false, creators: [], commands: [] }
const post = { prices: [], causes: [], accounts: [], moved: false, transfers: [], commands: [] }
const page = { limit: 50 }

/** How many rows a read may look at, and the table that it means to read whole. */
type Looked = readonly [most: number, read: Read, whole?: string]

/** What pages, posts and closes read, and how many rows each may look at. */
const reads = {
  "users by id": [100, users((store) => store.get(some(100, user)))],
  "a page of users": [60, users((store) => store.list({}, { ...page, after: user(5_000) }))],
  "a page of users of a status": [60, users((store) => store.list({ status: "deactivated" }, page))],
  "users by identity": [10, users((store) => store.byIdentity([{ issuer: "https://id.example", subject: "7" }]))],
  "a page of users of a role": [60, users((store) => store.list({ role: "worker" }, page))],
  // One of fifty has the status: those of the role are gone through until the page is full.
  "a page of users of a role and a status": [
    2_700,
    users((store) => store.list({ role: "worker", status: "deactivated" }, page))
  ],
  "a commit of users": [
    400,
    users((store) =>
      store.transact((tx) => tx.load({ users: some(100, user), identities: [], commands: some(100, command) }))
    )
  ],
  "tasks by id": [100, tasks((store) => store.get(some(100, task)))],
  "the counts of creators": [
    10,
    tasks((store) => store.transact((tx) => tx.load({ ...board, creators: some(10, user) })))
  ],
  // Whoever shuffles, or reads the copy of the users, means all of them; of ten tasks one is open.
  "all open tasks": [10_100, tasks((store) => store.transact((tx) => tx.load({ ...board, open: true })))],
  "the copy of the users": [
    20_000,
    tasks((store) => store.transact((tx) => tx.load({ ...board, members: true }))),
    "members"
  ],
  "a commit of tasks": [
    400,
    tasks((store) =>
      store.transact((tx) => tx.load({ ...board, tasks: some(100, task), commands: some(100, command) }))
    )
  ],
  // The first finds out that nobody else writes.
  "a commit of tasks without a lock": [
    400,
    tasks((store) => {
      const look = { ...board, tasks: some(100, task), creators: some(10, user), commands: some(100, command) }
      const commit = store.transact((tx) => tx.load(look))
      return Effect.andThen(commit, commit)
    })
  ],
  "the open tasks of three, and those that wait": [
    400,
    tasks((store) => store.transact((tx) => tx.load({ ...board, heldBy: [null, user(10), user(20), user(30)] })))
  ],
  "a page of tasks": [60, tasks((store) => store.list({}, { ...page, after: task(50_000) }))],
  "a page of open tasks": [60, tasks((store) => store.list({ status: "in progress" }, { ...page, after: task(99) }))],
  "a page of somebody's tasks": [60, tasks((store) => store.list({ assignee: user(7) }, page))],
  "a page of somebody's done tasks": [
    60,
    tasks((store) => store.list({ assignee: user(7), status: "done" }, { ...page, after: task(70) }))
  ],
  "a page of tasks, the newest first": [60, tasks((store) => store.list({}, { ...page, order: "newest" }))],
  "a page of open tasks, the newest first": [
    60,
    tasks((store) => store.list({ status: "in progress" }, { ...page, order: "newest", after: task(99_000) }))
  ],
  "a page of somebody's tasks, the newest first": [
    60,
    tasks((store) => store.list({ assignee: user(7) }, { ...page, order: "newest" }))
  ],
  "a page of the copy of the users": [60, tasks((store) => store.members({ ...page, after: user(5_000) }))],
  "how many tasks somebody holds": [
    60,
    tasks((store) => store.count({ assignee: user(7), status: "in progress" }, 50))
  ],
  "how many tasks of somebody are done": [60, tasks((store) => store.count({ assignee: user(7), status: "done" }, 50))],
  "how many tasks are done, up to some": [60, tasks((store) => store.count({ status: "done" }, 50))],
  "forgetting commands, a hundred of them": [300, tasks((store) => store.forgetCommands(Duration.days(1), 100))],
  "events after a number": [150, log((events) => events.read("tasks", 50_000, 99))],
  "events after a number, together": [250, log((events) => events.read("tasks", 50_000, 200))],
  "the last event": [1, log((events) => events.last("tasks"))],
  "a post": [
    1_000,
    books((store) =>
      store.transact((tx) =>
        tx.load({
          ...post,
          prices: some(100, task),
          causes: some(100, (index) => `fee/${index + 1}/1`),
          accounts: some(100, Filled.account),
          commands: some(10, command)
        })
      )
    )
  ],
  "a correction": [10, books((store) => store.transact((tx) => tx.load({ ...post, transfers: [9_999] })))],
  "what moved in a day": [6_000, books((store) => store.transact((tx) => tx.load({ ...post, moved: true })))],
  // Two thousand transfers; the accounts that they are on, in a table as long as there are accounts.
  "what a day's close is proved with": [25_000, books((store) => store.transact((tx) => tx.moves(98_000)))],
  // Of a head by which no day is open: then the transfers are all there are.
  "what a close is proved with, at once": [
    150_000,
    books((store) => store.transact((tx) => tx.evidence ?? Effect.succeed(undefined))),
    "accounts"
  ],
  "prices by task": [110, books((store) => store.prices({ tasks: some(100, task) }, page))],
  "a page of prices": [60, books((store) => store.prices({}, { ...page, after: 50_000 }))],
  names: [100, books((store) => store.holders(some(100, user)))],
  // One row for each account, whatever its history.
  "the sums of all accounts": [20_006, books((store) => store.sums), "accounts"],
  "accounts by id": [100, books((store) => store.accounts({ ids: some(100, Filled.account) }, page))],
  "a page of accounts": [60, books((store) => store.accounts({}, { ...page, after: Filled.account(5_000) }))],
  "a page of those in the red": [60, books((store) => store.accounts({ inTheRed: true }, page))],
  "a page of a period's balances": [60, books((store) => store.balances(late, page))],
  "a page of an account's balances": [
    60,
    books((store) => store.balancesOf(Filled.account(7), { from: early, to: late }, page))
  ],
  "balances up to a period": [100, books((store) => store.balancesUpTo(some(100, Filled.account), late))],
  "a page of the journal": [110, books((store) => store.transfers({}, { ...page, after: 50_000 }))],
  // Half of these rows are accounts' ids; some are the periods of the journal, a small table that Postgres reads whole,
  // the neighbour's too, while it is.
  "a page of a period's transfers": [250, books((store) => store.transfers({ from: late, to: late }, page))],
  "a page of somebody's transfers": [
    200,
    books((store) => store.transfers({ account: Filled.account(7), from: early, to: late }, page))
  ],
  "a page of the journal, the newest first": [
    110,
    books((store) => store.transfers({}, { ...page, order: "newest", after: 50_000 }))
  ],
  "a page of a period's transfers, the newest first": [
    250,
    books((store) => store.transfers({ from: late, to: late }, { ...page, order: "newest" }))
  ],
  "a page of somebody's transfers, the newest first": [
    200,
    books((store) =>
      store.transfers(
        { account: Filled.account(7), from: early, to: late },
        { ...page, order: "newest", after: 99_000 }
      )
    )
  ],
  "a page of a hot account's transfers, the newest first": [
    250,
    books((store) => store.transfers({ account: Account.awards, from: early }, { ...page, order: "newest" }))
  ],
  "a task's transfers": [20, books((store) => store.transfers({ task: task(77_777) }, page))],
  "a task's transfers, by a UUID": [
    20,
    books((store) => store.transfers({ task: "019ab5c4-9e22-7b1a-8c40-6f1d2a3b4c5d" as TaskId }, page))
  ],
  "transfers by number": [210, books((store) => store.transfers({ numbers: some(100, (n) => n + 1) }, page))],
  "a page of a hot account's transfers of a period": [
    250,
    books((store) => store.transfers({ account: Account.fees, from: late }, page))
  ],
  "a page of closed periods": [130, books((store) => store.closed({ from: early, to: early }, page))],
  "a page of shuffles": [60, books((store) => store.shuffles({}, { ...page, after: 50_000 }))],
  "a page of a period's shuffles": [70, books((store) => store.shuffles({ from: late, to: late }, page))],
  "a page of reports": [130, reports((store) => store.reports({ from: late, to: late }, page))],
  "notices that are due": [200, reports((store) => store.due(50))],
  "a page of notices": [60, reports((store) => store.notices({ status: "sent" }, { ...page, after: "n050000" }))],
  "a page of notices that failed": [60, reports((store) => store.notices({ failed: true, status: "pending" }, page))],
  "the cursors of consumers": [10, Effect.flatMap(CursorStore, (store) => store.list)]
} satisfies Record<string, Looked>

/**
 * Where each member that reads is looked at; a new one is missing here, and does not compile. The others write, or read
 * the row of their context.
 */
type Members<S> = Readonly<
  Record<Exclude<keyof S, "open" | "adopt" | "head" | "now" | "cursor" | "settle">, ReadonlyArray<keyof typeof reads>>
>

const lookedAt: {
  readonly users: Members<UserStore["Service"]>
  readonly tasks: Members<TaskStore["Service"]>
  readonly billing: Members<Omit<BillingStore["Service"], "rows">>
  readonly reports: Members<ReportStore["Service"]>
  readonly others: Members<EventLog["Service"]> & Members<Omit<CursorStore["Service"], "transact">>
} = {
  users: {
    get: ["users by id"],
    byIdentity: ["users by identity"],
    list: [
      "a page of users",
      "a page of users of a status",
      "a page of users of a role",
      "a page of users of a role and a status"
    ],
    transact: ["a commit of users"],
    forgetCommands: ["forgetting commands, a hundred of them"]
  },
  tasks: {
    get: ["tasks by id"],
    list: [
      "a page of tasks",
      "a page of open tasks",
      "a page of somebody's tasks",
      "a page of somebody's done tasks",
      "a page of tasks, the newest first",
      "a page of open tasks, the newest first",
      "a page of somebody's tasks, the newest first"
    ],
    members: ["a page of the copy of the users"],
    count: [
      "how many tasks somebody holds",
      "how many tasks of somebody are done",
      "how many tasks are done, up to some"
    ],
    transact: [
      "a commit of tasks",
      "a commit of tasks without a lock",
      "the open tasks of three, and those that wait",
      "all open tasks",
      "the copy of the users",
      "the counts of creators"
    ],
    forgetCommands: ["forgetting commands, a hundred of them"]
  },
  billing: {
    transact: [
      "a post",
      "a correction",
      "what moved in a day",
      "what a day's close is proved with",
      "what a close is proved with, at once"
    ],
    forgetCommands: ["forgetting commands, a hundred of them"],
    accounts: ["accounts by id", "a page of accounts", "a page of those in the red"],
    sums: ["the sums of all accounts"],
    balances: ["a page of a period's balances"],
    balancesOf: ["a page of an account's balances"],
    balancesUpTo: ["balances up to a period"],
    transfers: [
      "a page of the journal",
      "a page of a period's transfers",
      "a page of somebody's transfers",
      "a task's transfers",
      "a task's transfers, by a UUID",
      "transfers by number",
      "a page of the journal, the newest first",
      "a page of a period's transfers, the newest first",
      "a page of somebody's transfers, the newest first",
      "a page of a hot account's transfers, the newest first",
      "a page of a hot account's transfers of a period"
    ],
    prices: ["prices by task", "a page of prices"],
    holders: ["names"],
    closed: ["a page of closed periods"],
    shuffles: ["a page of shuffles", "a page of a period's shuffles"]
  },
  reports: {
    transact: [],
    reports: ["a page of reports"],
    due: ["notices that are due"],
    notices: ["a page of notices", "a page of notices that failed"]
  },
  others: {
    read: ["events after a number", "events after a number, together"],
    last: ["the last event"],
    list: ["the cursors of consumers"]
  }
}

/** Tables that grow with history; small ones are read as Postgres likes. */
const growing = /^(events|commands|tasks|prices|transfers|shuffles|accounts|balances|notices|users|holders|members)$/

describe.each(["custom", "generic"] as const)("no query scans history with a %s plan", (kind) => {
  it.each(Object.entries<Looked>(reads))("%s", async (_, [most, read, whole]) => {
    queries.length = 0
    // What can't be decoded of rows that were made up does not matter here.
    await stores.runPromise(Effect.exit(read))
    const selects = queries.filter(({ sql }) => /^\s*(select|with)/.test(sql) && !/set_config/.test(sql))
    expect(selects.length).toBeGreaterThan(0)
    for (const query of selects) {
      const { rows, scans } = await pool.runPromise(cost(kind, query))
      expect(
        scans.filter((table) => growing.test(table) && table !== whole),
        query.sql
      ).toEqual([])
      expect(rows, query.sql).toBeLessThanOrEqual(most)
    }
  })
})

it("looks at a read of each member of each port", () => {
  const named = Object.values(lookedAt).flatMap((members) => Object.values<ReadonlyArray<string>>(members).flat())
  expect(Object.keys(reads).filter((read) => !named.includes(read))).toEqual([])
})
