/** Contexts apart, one of which has a wrong clock: no cent is booked to another day than its event's. */
import { assert, describe, it } from "@effect/vitest"
import {
  Actor,
  Books,
  Company,
  Consumers,
  Directory,
  EventLog,
  IdentityDirectory,
  Ids,
  Lease,
  Notifier,
  Payouts,
  Popug,
  Prices,
  Reports,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Bell } from "../../src/bell/Bell.ts"
import { type Offer, Offers } from "../../src/server/services/Offers.ts"
import type { Peer } from "../../src/services/Peer.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as Remote from "../../src/services/Remote.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { address, keyOf, layerService, peerAt } from "../support/services.ts"

type Name = "users" | "tasks" | "billing" | "reports"
const hour = 3_600_000
const day = 24 * hour

/** A clock on the wall of each process; all count time alike. */
const walls = Effect.map(Clock.Clock, (live) => {
  const wrongBy: Record<Name, number> = { users: 0, tasks: 0, billing: 0, reports: 0 }
  const state = { wrongBy, truth: Date.parse("2026-11-23T23:30:00Z") - live.currentTimeMillisUnsafe() }
  const of = (name: Name): Clock.Clock => {
    const now = () => live.currentTimeMillisUnsafe() + state.truth + wrongBy[name]
    return Object.assign(Object.create(live), { currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) })
  }
  return { state, on: (name: Name) => Effect.provideService(Clock.Clock, of(name)) }
})

const surroundings = (peers: { readonly users?: Peer; readonly tasks?: Peer; readonly billing?: Peer }) =>
  PollingBus.layer.pipe(
    Layer.provideMerge(Polls.layer({ peers })),
    Layer.provideMerge(Bell.layer),
    Layer.provideMerge(RemoteEventLog.layer(peers)),
    Layer.provideMerge(Layer.fresh(Memory.layer)),
    Layer.provideMerge(Layer.orDie(Company.layer({ id: "acme", secret: "tests", timeZone: "UTC", cutoff: "00:00" }))),
    Layer.provideMerge(Ids.layer)
  )

const serving = (context: Context.Context<EventLog | Bell>, offer: Offer) =>
  Effect.gen(function* () {
    const layer = layerService().pipe(
      Layer.provide([Offers.one("acme", offer), Layer.succeed(Bell, Context.get(context, Bell))]),
      Layer.fresh
    )
    return yield* Effect.provideContext(address, yield* Layer.build(layer))
  })

const logOf = (context: Context.Context<EventLog>) => Context.get(context, EventLog)

/** Four contexts that know one another by HTTP alone, each with a clock of its own. */
const company = Effect.gen(function* () {
  const { on, state } = yield* walls
  const as = (service: Name, url: string, name: Name) => peerAt(url, { name, key: keyOf(service) })
  const leased = (peer: Peer) => Lease.layer(Remote.layerDirectory(peer))

  const users = yield* on("users")(Layer.build(Popug.users.pipe(Layer.provideMerge(surroundings({})))))
  const usersUrl = yield* serving(users, {
    log: { service: logOf(users), sources: ["users"] },
    directory: Context.get(users, Directory),
    identities: Context.get(users, IdentityDirectory)
  })
  const usersOfTasks = yield* as("tasks", usersUrl, "users")
  const noPrices = Layer.succeed(Prices, { fees: () => Effect.succeed([]) })
  const tasks = yield* Popug.tasks.pipe(
    Layer.provide([leased(usersOfTasks), noPrices]),
    Layer.provideMerge(surroundings({ users: usersOfTasks })),
    Layer.build,
    on("tasks")
  )
  const tasksUrl = yield* serving(tasks, { log: { service: logOf(tasks), sources: ["tasks"] } })
  const usersOfBilling = yield* as("billing", usersUrl, "users")
  const billing = yield* Popug.billing.pipe(
    Layer.provide(leased(usersOfBilling)),
    Layer.provideMerge(surroundings({ users: usersOfBilling, tasks: yield* as("billing", tasksUrl, "tasks") })),
    Layer.build,
    on("billing")
  )
  const billingUrl = yield* serving(billing, {
    log: { service: logOf(billing), sources: ["billing"] },
    payouts: Context.get(billing, Payouts)
  })
  const billingOfReports = yield* as("reports", billingUrl, "billing")
  const reports = yield* Popug.reports.pipe(
    Layer.provide([
      leased(yield* as("reports", usersUrl, "users")),
      Remote.layerPayouts(billingOfReports),
      Notifier.layerLog
    ]),
    Layer.provideMerge(surroundings({ billing: billingOfReports })),
    Layer.build,
    on("reports")
  )
  return { billing, on, reports, state, tasks, users }
})

const ann = Actor.user("ann")

/** Two days of work around midnight; `then` is what becomes of the clocks in the middle of it. */
const work = Effect.fnUntraced(function* (wrong: Partial<Record<Name, number>>, then: Partial<Record<Name, number>>) {
  const { billing, on, reports, state, tasks, users } = yield* company
  Object.assign(state.wrongBy, wrong)
  const people = yield* Context.get(users, Users)
    .create(Actor.system, [
      { id: "ann", name: "Ann", roles: ["admin"] },
      ...["will", "olga", "zoe"].map((id) => ({ id, name: id, roles: ["worker"] }))
    ])
    .pipe(on("users"))
  yield* on("tasks")(Context.get(tasks, Consumers).awaitApplied("tasks", people.number))
  const board = Context.get(tasks, Tasks)
  const create = (name: string) =>
    on("tasks")(
      board.create(
        ann,
        Array.from({ length: 6 }, (_, index) => ({ id: `${name}${index}`, title: `${name} ${index}` }))
      )
    )
  const complete = (...ids: ReadonlyArray<string>) =>
    on("tasks")(Effect.forEach(ids, (id) => board.complete(ann, id), { discard: true }))
  const end = on("tasks")(board.endRegistration(Actor.system))
  const booked = Effect.gen(function* () {
    yield* on("billing")(Context.get(billing, Consumers).awaitApplied("billing", yield* logOf(tasks).last("tasks")))
    yield* on("reports")(Context.get(reports, Consumers).awaitApplied("reports", yield* logOf(billing).last("billing")))
  })

  yield* create("a")
  yield* complete("a0", "a1")
  yield* booked
  Object.assign(state.wrongBy, then)
  yield* complete("a2")
  state.truth += hour
  yield* create("b")
  yield* complete("a3", "b0")
  yield* end
  yield* booked
  state.truth += day
  yield* create("c")
  yield* complete("b1", "c0")
  yield* booked
  state.truth += 3 * day
  yield* end
  yield* booked

  const events = yield* logOf(tasks).read("tasks", 0, 1_000)
  const books = Context.get(billing, Books)
  const { rows: transfers } = yield* on("billing")(books.transfers(ann, {}, { limit: 1_000 }))
  const verified = yield* on("billing")(books.verify(Actor.system))
  const { rows: daily } = yield* on("reports")(Context.get(reports, Reports).daily(ann, {}))
  return { daily, events, transfers, verified }
})

type Worked = Effect.Success<ReturnType<typeof work>>

const periodOf = ({ data }: { readonly data: unknown }) => (data as { readonly period: string }).period

/** Each cent is booked to the day of its event, each day is closed once, and reported as it was booked. */
const holds = ({ daily, events, transfers, verified }: Worked) => {
  assert.strictEqual(verified.difference, null)
  let booked = 0
  for (const { cause, period } of transfers) {
    if (cause._tag !== "Assigned" && cause._tag !== "Done") continue
    booked += 1
    assert.strictEqual(period as string, periodOf(events[cause.event - 1]!), `event ${cause.event}`)
  }
  assert.strictEqual(booked, 18 + 7)
  const periods = events.map(periodOf)
  assert.deepStrictEqual(periods, periods.toSorted())
  const ended = events.filter(({ type }) => type === "task.registration-ended").map(periodOf)
  assert.deepStrictEqual(ended, [...new Set(ended)])
  assert.deepStrictEqual(daily.map(({ period }) => period as string).toSorted(), ended.toSorted())
  for (const { period, totals } of daily) {
    const sum = (kind: string) =>
      transfers.reduce((all, row) => (row.period === period && row.kind === kind ? all + row.amount : all), 0n)
    assert.deepStrictEqual([totals.fees, totals.awards], [sum("fee"), sum("award")])
  }
}

/** What was booked, but for when that was. */
const booksOf = ({ daily, transfers }: Worked) => ({
  transfers: transfers.map(({ amount, kind, number, owner, period }) => ({ amount, kind, number, owner, period })),
  earnings: daily.map(({ earnings, period }) => ({ earnings, period }))
})

describe("a wrong clock", () => {
  it.live("of those who follow changes nothing in the books", () =>
    Effect.gen(function* () {
      const right = yield* Effect.scoped(work({}, {}))
      holds(right)
      assert.deepStrictEqual([...new Set(right.events.map(periodOf))].slice(0, 3), [
        "2026-11-23",
        "2026-11-24",
        "2026-11-25"
      ])
      for (const name of ["users", "billing", "reports"] as const) {
        for (const [by, then] of [
          [hour, -hour],
          [day, -day]
        ] as const) {
          const wrong = yield* Effect.scoped(work({ [name]: by }, { [name]: then }))
          holds(wrong)
          const ahead = wrong.transfers[0]!.recordedAt.epochMilliseconds - wrong.events[0]!.time.epochMilliseconds
          assert.closeTo(ahead, name === "billing" ? by : 0, hour / 2)
          assert.deepStrictEqual(booksOf(wrong), booksOf(right), `${name} by ${by}`)
        }
      }
    })
  )

  for (const [what, by, then] of [
    ["an hour ahead", hour, hour],
    ["an hour behind", -hour, -hour],
    ["a day ahead, and then right", day, 0],
    ["a day behind, and then right", -day, 0],
    ["right, and then a day behind", 0, -day],
    ["a day ahead, and then a day behind", day, -day]
  ] as const) {
    it.live(`of the tasks, ${what}, moves days and no cent between them`, () =>
      Effect.map(Effect.scoped(work({ tasks: by }, { tasks: then })), holds)
    )
  }
})
