import { assert, describe, it } from "@effect/vitest"
import {
  Actor,
  Company,
  Consumers,
  Directory,
  type DirectoryEntry,
  EventLog,
  Ids,
  Lease,
  Notifier,
  Payouts,
  PollInterval,
  Popug,
  Prices,
  Reports,
  ReportStore,
  StoreError,
  Streams,
  Tasks,
  TaskStore,
  Users,
  Verification
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { userId } from "../support/given.ts"
import { accountant, layer, settle, staff, tagOf, toDay } from "./support.ts"

const away = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "users are away" })

/** The users as another process tells of them. */
class Elsewhere {
  readonly entries = new Map<string, DirectoryEntry>()
  isAway = false
  asked = 0

  put(id: string, status: DirectoryEntry["status"] = "active"): void {
    this.entries.set(id, { id: userId(id), roles: ["admin"], status })
  }

  readonly directory: Directory["Service"] = {
    lookup: (ids) =>
      Effect.suspend(() => {
        this.asked += 1
        return this.isAway ? Effect.fail(away) : Effect.succeed(ids.flatMap((id) => this.entries.get(id) ?? []))
      })
  }
}

const around = Layer.mergeAll(
  Company.layer({ secret: "tests" }),
  Ids.layer,
  Notifier.layerLog,
  Layer.succeed(PollInterval, null),
  Layer.effectDiscard(toDay(0))
)

/** The tasks context alone. `held` is for how long each of its commits waits for the head. */
const tasksAlone = (
  users: Elsewhere,
  held: () => number = () => 0,
  logs: (own: EventLog["Service"]) => EventLog["Service"] = (own) => own
) =>
  Popug.tasks.pipe(
    Layer.provideMerge(
      Layer.effect(
        TaskStore,
        Effect.map(TaskStore, (store) => ({
          ...store,
          transact: (body) => Effect.delay(store.transact(body), held())
        })) satisfies Effect.Effect<TaskStore["Service"], never, TaskStore>
      )
    ),
    Layer.provide([
      Lease.layer(Layer.succeed(Directory, users.directory)),
      Layer.succeed(Prices, { fees: () => Effect.succeed([]) }),
      Layer.effect(EventLog, Effect.map(EventLog, logs))
    ]),
    Layer.provideMerge(Memory.layer),
    Layer.provide(around)
  )

const create = (id: string, title = "Mend the roof") =>
  Effect.flatMap(Tasks, (tasks) => tasks.create(Actor.user(id), [{ title }]))

/** What becomes of an effect while so much time goes by. */
const within = Effect.fnUntraced(function* <A, E, R>(millis: number, effect: Effect.Effect<A, E, R>) {
  const running = yield* Effect.forkChild(Effect.exit(effect))
  yield* TestClock.adjust(millis)
  return yield* yield* Fiber.join(running)
})

describe("who acts, apart from the users", () => {
  it.effect("is asked once for the commands of half a lease", () => {
    const users = new Elsewhere()
    users.put("ann")
    return Effect.gen(function* () {
      for (let index = 0; index < 10; index++) yield* create("ann")
      assert.strictEqual(users.asked, 1)
    }).pipe(Effect.provide(tasksAlone(users)))
  })

  it.effect("is out when the lease is over, and not before", () => {
    const users = new Elsewhere()
    users.put("ann")
    return Effect.gen(function* () {
      yield* create("ann")
      users.put("ann", "deactivated")
      yield* TestClock.adjust(2_000)
      yield* create("ann")
      yield* TestClock.adjust(3_000)
      assert.strictEqual(yield* tagOf(create("ann")), "DeactivatedActor")
    }).pipe(Effect.provide(tasksAlone(users)))
  })

  it.effect("is looked up again when the head was waited for until the lease was over", () => {
    const users = new Elsewhere()
    users.put("ann")
    let wait = 0
    return Effect.gen(function* () {
      yield* create("ann")
      wait = 6_000
      const creating = yield* Effect.forkChild(tagOf(create("ann")))
      yield* TestClock.adjust(100)
      users.put("ann", "deactivated")
      wait = 0
      yield* TestClock.adjust(10_000)
      assert.strictEqual(yield* Fiber.join(creating), "DeactivatedActor")
    }).pipe(Effect.provide(tasksAlone(users, () => wait)))
  })

  it.effect("is unavailable, to be retried, once the lease is over and users are away; the system goes on", () => {
    const users = new Elsewhere()
    users.put("ann")
    return Effect.gen(function* () {
      yield* create("ann")
      users.isAway = true
      yield* TestClock.adjust(4_999)
      yield* create("ann")
      yield* TestClock.adjust(1)
      const error = yield* Effect.flip(within(5_000, create("ann")))
      assert.deepStrictEqual(error, away)
      const tasks = yield* Tasks
      yield* tasks.create(Actor.system, [{ title: "Feed the fish" }])
      users.isAway = false
      yield* create("ann")
    }).pipe(Effect.provide(tasksAlone(users)))
  })

  it.effect("holds up nobody of the same batch who is known", () => {
    const users = new Elsewhere()
    users.put("ann")
    users.put("bob")
    let wait = 0
    return Effect.gen(function* () {
      yield* create("ann")
      yield* TestClock.adjust(2_000)
      yield* create("bob")
      // The next batch is cut only when this one is done: ann's lease is over by then.
      wait = 3_500
      const first = yield* Effect.forkChild(create("bob"))
      yield* TestClock.adjust(100)
      users.isAway = true
      const both = yield* Effect.forkChild(
        Effect.all([Effect.exit(create("ann")), Effect.exit(create("bob"))], { concurrency: 2 })
      )
      yield* TestClock.adjust(10)
      wait = 0
      yield* TestClock.adjust(3_500)
      yield* Fiber.join(first)
      const [ann, bob] = yield* Fiber.join(both)
      assert.strictEqual(bob._tag, "Success")
      assert.strictEqual(ann._tag, "Failure")
    }).pipe(Effect.provide(tasksAlone(users, () => wait)))
  })
})

it.effect("of two admins who deactivate one another at once, one is out before their turn", () =>
  Effect.gen(function* () {
    const users = yield* Users
    const people = ["ada", "eve"].map((id) => ({ id: userId(id), name: id, roles: ["admin"] }))
    yield* users.create(Actor.system, people)
    const out = (by: string, id: string) => Effect.exit(users.update(Actor.user(by), { id, status: "deactivated" }))
    const exits = yield* Effect.all([out("ada", "eve"), out("eve", "ada")], { concurrency: 2 })
    assert.deepStrictEqual(exits.map(({ _tag }) => _tag).sort(), ["Failure", "Success"])
  }).pipe(Effect.provide(layer()))
)

describe("a context alone", () => {
  it.effect("resumes its own consumers and proves its own rows", () => {
    const users = new Elsewhere()
    users.put("ann")
    return Effect.gen(function* () {
      yield* create("ann")
      const streams = yield* Streams
      const resume = (consumer: string) => tagOf(streams.resume(Actor.system, consumer))
      assert.strictEqual(yield* resume("tasks"), "StreamNotStopped")
      assert.strictEqual(yield* resume("billing"), "UnknownConsumer")
      const verdict = yield* (yield* Verification).run(Actor.system)
      assert.deepStrictEqual(
        verdict.contexts.map(({ context, difference }) => [context, difference]),
        [
          ["tasks", null],
          ["consumers", null]
        ]
      )
    }).pipe(Effect.provide(tasksAlone(users)))
  })

  it.effect("tells where its consumers stand though the producer is away", () => {
    const users = new Elsewhere()
    return Effect.gen(function* () {
      const [status] = yield* (yield* Consumers).status
      assert.strictEqual(status!.number, 0)
      assert.strictEqual(status!.behind, 0)
      assert.match(status!.failing!.message, /not read in this process/)
    }).pipe(
      Effect.provide(
        tasksAlone(
          users,
          () => 0,
          (own) => EventLog.combined({ tasks: own })
        )
      )
    )
  })

  it.effect("refuses to read a log that nobody follows there", () =>
    Effect.gen(function* () {
      const log = EventLog.combined({})
      const error = yield* Effect.flip(log.read("billing", 0, 1))
      assert.deepStrictEqual([error.reason, error.retryable], ["Unavailable", false])
    })
  )
})

it.effect("reports ask who was paid before they take their cursor", () => {
  let held = 0
  const asked: Array<number> = []
  const ports = Layer.effect(
    ReportStore,
    Effect.map(ReportStore, (store): ReportStore["Service"] => ({
      ...store,
      transact: (body) =>
        store.transact((tx) =>
          Effect.acquireUseRelease(
            Effect.sync(() => void (held += 1)),
            () => body(tx),
            () => Effect.sync(() => void (held -= 1))
          )
        )
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return Effect.gen(function* () {
    const whole = yield* Effect.context<Payouts | EventLog>()
    const payouts = Context.get(whole, Payouts)
    const noting: Payouts["Service"] = {
      of: (period, paging) => Effect.suspend(() => (asked.push(held), payouts.of(period, paging)))
    }
    yield* staff
    yield* (yield* Tasks).create(Actor.system, [{ title: "Mend the roof" }])
    yield* toDay(1)
    yield* (yield* Tasks).endRegistration(accountant)
    yield* settle
    const alone = Popug.reports.pipe(
      Layer.provide([
        Layer.succeed(Payouts, noting),
        Layer.succeed(EventLog, Context.get(whole, EventLog)),
        Layer.succeed(Directory, new Elsewhere().directory)
      ]),
      Layer.provide(ports),
      Layer.provide(around)
    )
    yield* Effect.gen(function* () {
      yield* settle
      const { rows } = yield* (yield* Reports).daily(Actor.system, {})
      assert.strictEqual(rows.length, 1)
    }).pipe(Effect.provide(Layer.fresh(alone)))
    assert.isAbove(asked.length, 0)
    assert.isTrue(asked.every((heads) => heads === 0))
  }).pipe(Effect.provide(layer()))
})
