/** Four contexts of a company, each with stores of its own, that know one another by HTTP alone. */
import { assert, it } from "@effect/vitest"
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
  Shuffling,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { Bell } from "../../src/bell/Bell.ts"
import { type Offer, Offers } from "../../src/server/services/Offers.ts"
import type { Peer } from "../../src/services/Peer.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as Remote from "../../src/services/Remote.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { keyOf, layerService, peerAt, address } from "../support/services.ts"

const id = "acme"
type Peers = { readonly users?: Peer; readonly tasks?: Peer; readonly billing?: Peer }

/** What a context's process has besides the context: the logs it follows, its bus, and what it answers. */
const surroundings = (peers: Peers, disk = Memory.disk()) =>
  PollingBus.layer.pipe(
    Layer.provideMerge(Polls.layer({ peers })),
    Layer.provideMerge(Bell.layer),
    Layer.provideMerge(RemoteEventLog.layer(peers)),
    Layer.provideMerge(Layer.fresh(Memory.layerOn(disk))),
    Layer.provideMerge(Layer.orDie(Company.layer({ id, secret: "tests" }))),
    Layer.provideMerge(Ids.layer)
  )

/** Serves a context on a free port, or on the one given, with what it offers of its services. */
const serving = (context: Context.Context<EventLog | Bell>, offer: Offer, port?: number) =>
  Effect.gen(function* () {
    const offers = Offers.one(id, offer)
    const layer = layerService(port === undefined ? {} : { port }).pipe(
      Layer.provide([offers, Layer.succeed(Bell, Context.get(context, Bell))]),
      Layer.fresh
    )
    return yield* Effect.provideContext(address, yield* Layer.build(layer))
  })

const logOf = (context: Context.Context<EventLog>) => Context.get(context, EventLog)

/** The users' process. */
const startUsers = Effect.fnUntraced(function* (disk: ReturnType<typeof Memory.disk>, port?: number) {
  const context = yield* Layer.build(Popug.users.pipe(Layer.provideMerge(surroundings({}, disk))))
  const url = yield* serving(
    context,
    {
      log: { service: logOf(context), sources: ["users"] },
      directory: Context.get(context, Directory),
      identities: Context.get(context, IdentityDirectory)
    },
    port
  )
  return { context, url }
})

it.live("a day is closed and reported, and who was away is caught up with", () =>
  Effect.gen(function* () {
    const live = yield* Clock.Clock
    let passed = 0
    const now = () => live.currentTimeMillisUnsafe() + passed
    const clock: Clock.Clock = Object.assign(Object.create(live), {
      currentTimeMillisUnsafe: now,
      currentTimeMillis: Effect.sync(now)
    })
    yield* Effect.gen(function* () {
      const as = (service: string, url: string, name: string) =>
        peerAt(url, { name, key: keyOf(service), timeout: "2 seconds" })

      const disk = Memory.disk()
      const life = yield* Scope.make()
      const users = yield* Scope.provide(startUsers(disk), life)

      const usersForBilling = yield* as("billing", users.url, "users")
      const usersForTasks = yield* as("tasks", users.url, "users")
      const leased = (peer: Peer) => Lease.layer(Remote.layerDirectory(peer), { lease: "2 seconds" })

      // Tasks ask billing for prices, and billing follows tasks: where billing is, is known once it is there.
      let billingUrl = ""
      const prices = Layer.succeed(Prices, {
        fees: (asked) =>
          Effect.flatMap(as("tasks", billingUrl, "billing"), (peer) => Remote.prices(peer, id).fees(asked))
      })
      const tasks = yield* Layer.build(
        Popug.tasks.pipe(
          Layer.provide([leased(usersForTasks), prices]),
          Layer.provideMerge(surroundings({ users: usersForTasks }))
        )
      )
      const tasksUrl = yield* serving(tasks, { log: { service: logOf(tasks), sources: ["tasks"] } })

      const billing = yield* Layer.build(
        Popug.billing.pipe(
          Layer.provide(leased(usersForBilling)),
          Layer.provideMerge(surroundings({ users: usersForBilling, tasks: yield* as("billing", tasksUrl, "tasks") }))
        )
      )
      billingUrl = yield* serving(billing, {
        log: { service: logOf(billing), sources: ["billing"] },
        prices: Context.get(billing, Prices),
        payouts: Context.get(billing, Payouts)
      })

      const billingForReports = yield* as("reports", billingUrl, "billing")
      const reports = yield* Layer.build(
        Popug.reports.pipe(
          Layer.provide([
            leased(yield* as("reports", users.url, "users")),
            Remote.layerPayouts(billingForReports),
            Notifier.layerLog
          ]),
          Layer.provideMerge(surroundings({ billing: billingForReports }))
        )
      )

      const applied = (context: Context.Context<Consumers>, consumer: string, number: number) =>
        Context.get(context, Consumers).awaitApplied(consumer, number)

      const people = yield* Context.get(users.context, Users).create(Actor.system, [
        { id: "ann", name: "Ann", roles: ["admin"] },
        { id: "olga", name: "Olga", roles: ["worker"] },
        { id: "will", name: "Will", roles: ["worker"] }
      ])
      yield* applied(tasks, "tasks", people.number)
      const ann = Actor.user("ann")
      const work = Context.get(tasks, Tasks)
      const made = yield* work.create(
        ann,
        Array.from({ length: 20 }, (_, index) => ({ title: `task ${index}` }))
      )
      yield* applied(billing, "billing", made.number)
      assert.deepInclude(yield* Context.get(tasks, Shuffling).preview(ann), { open: 20, unpriced: 0 })

      // The users go away. Who acts can't be told any more, and what is known of it does not hold for long.
      yield* Scope.close(life, Effect.runSync(Effect.exit(Effect.void)))
      yield* Effect.sleep("2100 millis")
      const refused = yield* Effect.flip(work.complete(ann, made.answer[0]!.id))
      assert.deepInclude(refused, { _tag: "StoreError", reason: "Unavailable", retryable: true })

      // They come back, with somebody who was deactivated meanwhile.
      const again = yield* startUsers(disk, Number(new URL(users.url).port))
      const change = yield* Context.get(again.context, Users).update(Actor.system, {
        id: "will",
        status: "deactivated"
      })
      yield* applied(tasks, "tasks", change.number)
      for (const { id: task } of made.answer) yield* work.complete(ann, task)
      passed += 86_400_000
      const over = yield* work.endRegistration(Actor.system)
      yield* applied(billing, "billing", over.number)
      const closed = yield* logOf(billing).last("billing")
      yield* applied(reports, "reports", closed)

      const { rows } = yield* Context.get(reports, Reports).daily(ann, {})
      const [report] = rows
      assert.strictEqual(report!.period, over.answer.ended[0]!)
      assert.strictEqual(report!.totals.fees - report!.totals.awards, report!.earnings)
      assert.strictEqual((yield* Context.get(billing, Books).trialBalance(ann)).total, 0n)
    }).pipe(Effect.provideService(Clock.Clock, clock))
  })
)
