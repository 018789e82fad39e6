import { assert, it } from "@effect/vitest"
import {
  Actor,
  Billing,
  Books,
  Consumers,
  CursorStore,
  Digest,
  type Envelope,
  EventLog,
  retryConsumer,
  startConsumer,
  StreamStopped,
  Tasks,
  Users
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  accountant,
  admin,
  createRoof,
  endDay,
  firstCandidate,
  layer,
  manager,
  predictable,
  settle,
  staff,
  statusOf,
  tampered,
  toDay,
  worker
} from "./support.ts"

type Rewrite = (events: ReadonlyArray<Envelope.Envelope>) => ReadonlyArray<Envelope.Envelope>

const company = (tampering: { rewrite: Rewrite } = { rewrite: (events) => events }) =>
  predictable(tampered((source, events) => (source === "tasks" ? tampering.rewrite(events) : events)))

const change =
  (number: number, how: (event: Envelope.Envelope) => Envelope.Envelope): Rewrite =>
  (events) =>
    events.map((event) => (event.number === number ? how(event) : event))
const lose =
  (number: number): Rewrite =>
  (events) =>
    events.filter((event) => event.number !== number)

const someTasks = Effect.gen(function* () {
  const tasks = yield* Tasks
  yield* createRoof
  yield* tasks.complete(Actor.user("olga"), "roof")
})

it.effect("an event that is missing from the log stops the stream with an alarm, and nothing is booked past it", () => {
  const tampering = { rewrite: lose(2) }
  return Effect.gen(function* () {
    yield* staff
    yield* someTasks
    yield* settle
    const books = yield* Books
    const status = yield* statusOf("billing")
    assert.deepStrictEqual(
      [status.number, status.behind, status.stopped?.reason, status.stopped?.number],
      [1, 2, "Gap", 2]
    )
    assert.strictEqual((yield* books.preview(accountant)).clear, false)
    const error = yield* Effect.flip(Effect.flatMap(Consumers, (consumers) => consumers.awaitApplied("billing", 3)))
    assert.instanceOf(error, StreamStopped)

    // The log is mended: an operator retries, and all is booked.
    tampering.rewrite = (events) => events
    const billing = yield* Billing
    yield* billing.resume(admin, "tasks")
    yield* settle
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, 2000n)
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("a log whose events were changed stops the stream", () => {
  const tampering = {
    rewrite: change(1, (event) => ({ ...event, data: { ...(event.data as object), title: "Something else" } }))
  }
  return Effect.gen(function* () {
    yield* staff
    yield* someTasks
    yield* settle
    const status = yield* statusOf("billing")
    assert.deepStrictEqual([status.number, status.stopped?.reason], [1, "BrokenDigest"] as never)
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("an event of an unknown version stops the stream before it, and all before it is booked", () => {
  const tampering = { rewrite: change(3, (event) => ({ ...event, version: 9 })) }
  return Effect.gen(function* () {
    yield* staff
    yield* someTasks
    yield* settle
    const status = yield* statusOf("billing")
    assert.deepStrictEqual([status.number, status.stopped?.reason], [2, "Poisoned"] as never)
    assert.match(status.stopped!.message, /version 9/)
    const books = yield* Books
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, -1000n)
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("an operator's skip is recorded as an event, and the books still prove themselves", () => {
  const tampering = { rewrite: lose(2) }
  return Effect.gen(function* () {
    yield* staff
    yield* someTasks
    yield* settle
    const billing = yield* Billing
    const books = yield* Books
    const refused = yield* Effect.flip(billing.resume(worker, "tasks"))
    assert.strictEqual(refused._tag, "NotAllowed")
    yield* billing.resume(admin, "tasks", { skip: { through: 2, reason: "lost in the fire" } })
    yield* settle
    // The assignment was passed over, the award was not.
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, 3000n)
    const log = yield* EventLog
    const [skipped] = yield* log.read("billing", 0, 10)
    assert.deepStrictEqual(skipped!.data, {
      consumer: "billing",
      source: "tasks",
      first: 2,
      last: 2,
      reason: "lost in the fire"
    })
    yield* toDay(1)
    yield* endDay
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
    const again = yield* Effect.flip(billing.resume(admin, "tasks"))
    assert.strictEqual(again._tag, "StreamNotStopped")
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("the end of a period can't be skipped", () => {
  const tampering = { rewrite: change(4, (event) => ({ ...event, version: 9 })) }
  return Effect.gen(function* () {
    yield* staff
    yield* someTasks
    yield* toDay(1)
    yield* endDay
    const billing = yield* Billing
    const error = yield* Effect.flip(billing.resume(admin, "tasks", { skip: { through: 4, reason: "no" } }))
    assert.strictEqual(error._tag, "NotSkippable")
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("what a consumer tries in vain shows in its status until it goes on", () => {
  const tampering: { rewrite: Rewrite } = { rewrite: (events) => events }
  return Effect.gen(function* () {
    yield* staff
    yield* settle
    tampering.rewrite = () => {
      throw new Error("no disk")
    }
    yield* someTasks
    yield* Effect.ignore(settle)
    yield* Effect.ignore(settle)
    const { failing, stopped } = yield* statusOf("billing")
    assert.strictEqual(stopped, null)
    assert.isAtLeast(failing!.attempts, 2)
    assert.strictEqual(failing!.message, "consumer billing failed on an event: Error: no disk")
    tampering.rewrite = (events) => events
    yield* settle
    assert.deepInclude(yield* statusOf("billing"), { behind: 0, failing: null })
  }).pipe(Effect.provide(company(tampering)))
})

it.effect("who waits for a number wakes when it is applied", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const consumers = yield* Consumers
    const { number } = yield* tasks.create(manager, [{ title: "Mend the roof" }])
    yield* consumers.awaitApplied("billing", number)
    assert.strictEqual((yield* statusOf("billing")).behind, 0)
    const error = yield* Effect.flip(consumers.awaitApplied("nobody", 1))
    assert.strictEqual(error._tag, "UnknownConsumer")
  }).pipe(Effect.provide(layer().pipe(Layer.provide(firstCandidate))))
)

it.effect("a host's own consumer sees every event once, in order, from the first", () =>
  Effect.gen(function* () {
    yield* staff
    yield* someTasks
    const seen: Array<string> = []
    yield* startConsumer({
      name: "mirror",
      source: "tasks",
      apply: (events) => Effect.sync(() => void seen.push(...events.map((event) => event.type)))
    })
    yield* settle
    yield* toDay(1)
    yield* endDay
    assert.deepStrictEqual(seen, ["task.updated", "task.updated", "task.updated", "task.registration-ended"])
  }).pipe(Effect.scoped, Effect.provide(layer().pipe(Layer.provide(firstCandidate))))
)

it.effect("a host's consumer that fails stops, and goes on where it stopped", () =>
  Effect.gen(function* () {
    yield* staff
    yield* someTasks
    const host = { broken: true, seen: 0 }
    yield* startConsumer({
      name: "mirror",
      source: "tasks",
      apply: (events) => (host.broken ? Effect.fail("no disk") : Effect.sync(() => void (host.seen += events.length)))
    })
    yield* settle
    const status = yield* statusOf("mirror")
    assert.deepStrictEqual([status.number, status.stopped?.message], [0, "no disk"] as never)
    host.broken = false
    yield* settle
    assert.strictEqual(host.seen, 0)
    yield* retryConsumer("mirror", "tasks")
    yield* settle
    assert.strictEqual(host.seen, 3)
    const store = yield* CursorStore
    assert.strictEqual((yield* store.list).find((cursor) => cursor.consumer === "mirror")?.number, 3)
  }).pipe(Effect.scoped, Effect.provide(layer().pipe(Layer.provide(firstCandidate))))
)

it.effect("names reach billing with the users' events", () =>
  Effect.gen(function* () {
    yield* staff
    const users = yield* Users
    yield* users.update(admin, { id: "olga", name: "Ольга" })
    yield* settle
    const books = yield* Books
    assert.strictEqual((yield* books.account(accountant, "olga")).name, "Ольга")
    assert.lengthOf((yield* Digest.Digest).sha256(""), 64)
  }).pipe(Effect.provide(layer().pipe(Layer.provide(firstCandidate))))
)
