/**
 * Two companies in one schema, whose rows have the same ids. One does all that ports can do; it gets the answers that
 * it gets where it is alone, and leaves the other's rows as they are.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Account,
  Actor,
  Billing,
  BillingStore,
  Company,
  Consumers,
  CursorStore,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  type Ports,
  Reports,
  ReportStore,
  startConsumer,
  Tasks,
  TaskStore,
  Users,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import * as Neighbours from "./neighbours.ts"
import { client, freshSchema } from "./support.ts"
import { identity } from "./users.ts"

const day = 86_400_000
const morning = Date.parse("2026-11-23T09:00:00Z")
let millis = morning
const live = Clock.Clock.defaultValue()
const clock: Clock.Clock = {
  currentTimeMillisUnsafe: () => millis,
  currentTimeMillis: Effect.sync(() => millis),
  currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
  currentTimeNanos: Effect.sync(() => BigInt(millis) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: live.monotonicTimeNanos,
  sleep: (duration) => live.sleep(duration)
}

const own = { ...identity, id: "second", rules: {} }
const page = { limit: 100 }
const olga = "olga" as never
const roof = "roof" as never
const command = "the-roof" as never
const [monday, tuesday] = ["2026-11-23" as never, "2026-11-24" as never]

/** For each member of a port what is asked of it; a new member is missing here, and does not compile. */
type Asked<S> = { readonly [Member in keyof S]-?: (port: S) => Effect.Effect<unknown, unknown, Scope.Scope> }

const users: Asked<UserStore["Service"]> = {
  open: (store) => store.open(own),
  head: (store) => store.head,
  get: (store) => store.get([olga]),
  byIdentity: (store) => store.byIdentity([{ issuer: "https://id.example", subject: "olga|1" }]),
  list: (store) =>
    Effect.all([
      store.list({}, page),
      store.list({ status: "active" }, page),
      store.list({ role: "worker" }, page),
      store.list({ role: "worker", status: "active" }, page)
    ]),
  transact: (store) =>
    store.transact((tx) =>
      tx.load({ users: [olga], identities: [{ issuer: "https://id.example", subject: "olga|1" }], commands: [command] })
    ),
  forgetCommands: (store) => store.forgetCommands(Duration.zero, 1_000),
  adopt: (store) => store.adopt(own)
}

const tasks: Asked<TaskStore["Service"]> = {
  open: (store) => store.open(own, () => monday),
  head: (store) => store.head,
  now: (store) => store.now,
  get: (store) => store.get([roof]),
  list: (store) =>
    Effect.all([
      store.list({}, page),
      store.list({ status: "done" }, page),
      store.list({ assignee: olga }, page),
      store.list({ assignee: olga, status: "done" }, page),
      store.list({ assignee: olga }, { ...page, order: "newest" })
    ]),
  count: (store) =>
    Effect.all([store.count({}, 9), store.count({ assignee: olga }, 9), store.count({ status: "done" }, 9)]),
  members: (store) => store.members(page),
  transact: (store) =>
    Effect.all([
      store.transact((tx) =>
        Effect.all([
          tx.load({ tasks: [roof], open: true, heldBy: [], members: true, creators: [olga], commands: [command] }),
          tx.load({ tasks: [], open: false, heldBy: [olga, null], members: false, creators: [], commands: [] })
        ])
      ),
      // So little that it is read together with the head.
      store.transact((tx) =>
        tx.load({ tasks: [roof], open: false, heldBy: [], members: false, creators: [olga], commands: [command] })
      )
    ]),
  forgetCommands: (store) => store.forgetCommands(Duration.zero, 1_000),
  adopt: (store) => store.adopt(own, () => monday)
}

const causes = ["fee/roof/1", "award/roof", `payout/${monday}/popug:olga/company:cash`, "correction/1/1"]
const accounts = [Account.popug("olga"), Account.fees, Account.cash]

const books: Asked<BillingStore["Service"]> = {
  open: (store) => store.open(own),
  head: (store) => store.head,
  accounts: (store) =>
    Effect.all([
      store.accounts({}, page),
      store.accounts({ ids: accounts }, page),
      store.accounts({ inTheRed: true }, page)
    ]),
  sums: (store) => store.sums,
  balances: (store) => store.balances(monday, page),
  balancesOf: (store) =>
    Effect.all(accounts.map((account) => store.balancesOf(account, { from: monday, to: tuesday }, page))),
  balancesUpTo: (store) => store.balancesUpTo(accounts, tuesday),
  transfers: (store) =>
    Effect.all([
      store.transfers({}, page),
      store.transfers({ from: monday, to: monday }, page),
      store.transfers({ from: monday }, { ...page, order: "newest" }),
      ...[...accounts, Account.awards].map((account) => store.transfers({ account }, page))
    ]),
  prices: (store) => Effect.all([store.prices({}, page), store.prices({ tasks: [roof] }, page)]),
  rows: (store) => store.rows,
  holders: (store) => store.holders([olga]),
  closed: (store) => store.closed({}, page),
  shuffles: (store) => Effect.all([store.shuffles({}, page), store.shuffles({ from: monday, to: tuesday }, page)]),
  transact: (store) =>
    store.transact((tx) =>
      Effect.all([
        tx.load({ prices: [roof], causes, accounts, moved: true, transfers: [1, 2], commands: [command] }),
        tx.load({ prices: [], causes: [], accounts, moved: false, transfers: [], commands: [] }),
        tx.moves(0)
      ])
    ),
  forgetCommands: (store) => store.forgetCommands(Duration.zero, 1_000),
  adopt: (store) => store.adopt(own)
}

const reports: Asked<ReportStore["Service"]> = {
  open: (store) => store.open(own),
  cursor: (store) => store.cursor,
  reports: (store) => store.reports({}, page),
  notices: (store) =>
    Effect.all([
      store.notices({}, page),
      store.notices({ status: "pending" }, page),
      store.notices({ failed: true }, page)
    ]),
  transact: (store) => store.transact((tx) => Effect.succeed(tx.cursor)),
  due: (store) => store.due(100),
  settle: (store) =>
    Effect.flatMap(store.notices({}, page), ({ rows }) =>
      store.settle(
        ["audit.2026-11-23", ...rows.map(({ notice }) => notice.id)].map((id) => ({
          id,
          status: "sent" as const,
          attempts: 3,
          waitMillis: 1,
          lastError: null
        }))
      )
    ),
  adopt: (store) => store.adopt(own)
}

const cursors: Asked<CursorStore["Service"]> = {
  list: (store) => store.list,
  transact: (store) => store.transact("host", "tasks", (cursor) => Effect.succeed([cursor, { ...cursor, number: 0 }]))
}

const log: Asked<EventLog["Service"]> = {
  read: (events) =>
    Effect.all([events.read("users", 0, 100), events.read("tasks", 0, 100), events.read("billing", 0, 100)]),
  last: (events) => Effect.all([events.last("users"), events.last("tasks"), events.last("billing")])
}

const bus: Asked<EventBus["Service"]> = {
  looks: (port) => Effect.succeed(port.looks),
  trouble: (port) => port.trouble.over,
  publish: (port) => port.publish([]),
  subscribe: (port) =>
    Effect.gen(function* () {
      const { take } = yield* port.subscribe("mirror", "users")
      // Nothing comes to who has no events.
      const deliveries = yield* Effect.timeoutOption(take, "300 millis")
      yield* Effect.forEach(
        deliveries.pipe((some) => (some._tag === "Some" ? some.value : [])),
        ({ acknowledge }) => acknowledge
      )
      return deliveries.pipe((some) => (some._tag === "Some" ? some.value.map(({ event }) => event) : []))
    })
}

/** What is compared: dates, maps and big numbers as text. */
const plain = (answer: unknown) =>
  JSON.stringify(answer, (_, value) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Map ? [...value] : value
  )

const askOne = <S extends object>(name: string, port: S, asked: Asked<S>) =>
  Effect.forEach(Object.entries(asked), ([member, ask]) =>
    Effect.map(
      Effect.exit((ask as (port: S) => Effect.Effect<unknown, unknown, Scope.Scope>)(port)),
      (exit) => `${name}.${member}: ${exit._tag === "Success" ? plain(exit.value) : String(exit.cause)}`
    )
  )

/** Asks every member of every port. */
const askAll = Effect.gen(function* () {
  const ports = [
    yield* askOne("users", yield* UserStore, users),
    yield* askOne("tasks", yield* TaskStore, tasks),
    yield* askOne("billing", yield* BillingStore, books),
    yield* askOne("reports", yield* ReportStore, reports),
    yield* askOne("cursors", yield* CursorStore, cursors),
    yield* askOne("log", yield* EventLog, log),
    yield* askOne("bus", yield* EventBus, bus)
  ]
  return ports.flat()
}).pipe(Effect.scoped)

const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** Two days and the beginning of a third, in which everything is written that a company writes. */
const life = Effect.gen(function* () {
  const board = yield* Tasks
  millis = morning
  yield* (yield* Users).create(Actor.system, [
    { id: "acc", name: "Ann", roles: ["accountant", "manager"] },
    { id: "olga", name: "Olga", roles: ["worker"], identities: [{ issuer: "https://id.example", subject: "olga|1" }] }
  ])
  yield* settle
  yield* startConsumer({ name: "host", source: "tasks", apply: () => Effect.void })
  const two = ["door", "roof"].map((id) => ({ id, title: `Mend the ${id}` }))
  yield* board.create(Actor.system, two)
  yield* board.complete(Actor.user("olga"), "roof", { commandId: "the-roof" })
  yield* settle
  for (const id of ["wall", "moat"]) {
    millis += day
    yield* board.endRegistration(Actor.system)
    yield* settle
    yield* board.create(Actor.user("acc"), [{ id, title: `Look after the ${id}` }])
    yield* board.shuffle(Actor.user("acc"))
    yield* settle
  }
  yield* (yield* Billing).correct(Actor.user("acc"), { transfer: 1, reason: "not theirs" })
  yield* (yield* Reports).dispatch
}).pipe(Effect.scoped)

const database = (schema: string) => Postgres.layerDatabase({ ...client, schema, migrate: true, clock: "effect" })

const company = (id: string) =>
  Popug.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(Postgres.layerCompany, Ids.layer, Notifier.layerLog)),
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provideMerge(Company.layer({ id, secret: "s" }))
  )

/** All that a company is asked, before and after its life. */
const asked = Effect.gen(function* () {
  millis = morning
  // By a process that asks only: the company's own would see that its rules are others now.
  const before = yield* Effect.provide(askAll, ports("second"), { local: true })
  yield* Effect.provide(life, company("second"), { local: true })
  const after = yield* Effect.provide(askAll, ports("second"), { local: true })
  return [...before, ...after]
})

const ports = (id: string): Layer.Layer<Ports | CursorStore, unknown, Postgres.PopugDatabase> =>
  Postgres.layerCompany.pipe(
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provide(Company.layer({ id, secret: "s" }))
  )

const run = <A, E>(schema: string, effect: Effect.Effect<A, E, Postgres.PopugDatabase | PgClient>) =>
  Effect.runPromise(Effect.provideService(Effect.provide(effect, database(schema)), Clock.Clock, clock))

it("a company gets the same answers beside another as alone, and leaves its rows alone", async () => {
  const alone = await run(freshSchema(), asked)
  const schema = freshSchema()
  const { after, answers, before } = await run(
    schema,
    Effect.gen(function* () {
      millis = morning
      yield* Effect.provide(life, company("first"), { local: true })
      // Whoever works for it just now has a claim; one that stands for nobody will do.
      yield* (yield* PgClient).unsafe(`insert into ${schema}.claims select number, 4, 1 from ${schema}.companies`)
      const before = yield* Neighbours.fingerprint(schema, "of the first")
      const answers = yield* asked
      return { before, answers, after: yield* Neighbours.fingerprint(schema, "of the first") }
    })
  )
  expect(answers).toEqual(alone)
  // There was something to see, and to change.
  for (const line of before) expect(line, line).not.toMatch(/ 0 null$/)
  expect(after).toEqual(before)
  expect(answers.join("\n")).toMatch(/popug:olga/)
}, 120_000)
