/** A producer's log that was restored to an earlier moment than the consumers' cursors. */
import { assert, it } from "@effect/vitest"
import { Billing, Books, Consumers, type Envelope, EventLog, startConsumer, StreamStopped, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { accountant, admin, endDay, manager, predictable, settle, staff, tampered, toDay, worker } from "./support.ts"

/** A company whose logs have only what `log.has` lets through, and what it says of it. */
const company = () => {
  const log: { has: (event: Envelope.Envelope) => boolean; change: (event: Envelope.Envelope) => Envelope.Envelope } = {
    has: () => true,
    change: (event) => event
  }
  const lines: Array<string> = []
  const logger = Logger.layer([
    Logger.make(({ logLevel, message }) => {
      const [text] = [message].flat()
      if (logLevel === "Warn" || logLevel === "Error") lines.push(`${logLevel}: ${String(text)}`)
    })
  ])
  const restored = tampered((_, events) => events.filter((event) => log.has(event)).map((event) => log.change(event)))
  return {
    log,
    lines,
    layer: predictable(restored).pipe(Layer.merge(logger))
  }
}

const statuses = Effect.flatMap(Consumers, (consumers) => consumers.status)
const billing = Effect.map(statuses, (all) => all.find(({ consumer }) => consumer === "billing")!)
const create = (id: string) => Effect.flatMap(Tasks, (tasks) => tasks.create(manager, [{ id, title: "Mend the roof" }]))

it.effect("every consumer stops with an alarm whose last event the log does not hold", () => {
  const { layer, lines, log } = company()
  return Effect.gen(function* () {
    yield* startConsumer({ name: "mirror", source: "tasks", apply: () => Effect.void })
    yield* staff
    yield* create("roof")
    yield* toDay(1)
    yield* endDay
    yield* settle
    const before = yield* statuses
    log.has = () => false
    yield* settle
    for (const { failing, stopped } of yield* statuses) {
      assert.strictEqual(stopped, null)
      assert.match(failing!.message, /^the log ends before event \d+, which was applied/)
    }
    yield* TestClock.adjust("11 seconds")
    yield* settle
    const after = yield* statuses
    assert.deepStrictEqual(
      after.map(({ consumer, failing, number, stopped }) => [
        consumer,
        number,
        stopped!.reason,
        stopped!.number,
        failing
      ]),
      before.map(({ consumer, number }) => [consumer, number, "BeyondLog", number + 1, null])
    )
    assert.deepStrictEqual(after.map(({ consumer }) => consumer).sort(), [
      "billing",
      "billing.users",
      "mirror",
      "reports",
      "tasks"
    ])
    yield* settle
    for (const { consumer, number, source } of after) {
      const said = lines.filter((line) => line.includes(`consumer ${consumer} `))
      assert.deepStrictEqual(said, [
        `Warn: consumer ${consumer} of ${source}: the log ends before event ${number}, which was applied: ` +
          "it was restored to an earlier moment",
        `Error: consumer ${consumer} stopped before event ${number + 1} of ${source}, until an operator acts: ` +
          `BeyondLog, the log ends before event ${number}, which was applied: it was restored to an earlier moment`
      ])
    }
  }).pipe(Effect.scoped, Effect.provide(layer))
})

it.effect("a stream stopped beyond its log goes on when the log is back, and not before", () => {
  const { layer, log } = company()
  return Effect.gen(function* () {
    yield* staff
    yield* create("roof")
    yield* settle
    log.has = ({ number, source }) => source !== "tasks" || number < 2
    yield* settle
    yield* TestClock.adjust("11 seconds")
    yield* settle
    const { resume } = yield* Billing
    // Nothing can be accepted of a history that is not there yet.
    const skip = { through: 2, reason: "we go on from here" }
    assert.strictEqual((yield* Effect.flip(resume(admin, "tasks", { skip })))._tag, "NotSkippable")
    yield* resume(admin, "tasks")
    yield* settle
    assert.strictEqual((yield* billing).stopped?.reason, "BeyondLog")

    log.has = () => true
    yield* create("door")
    yield* settle
    assert.deepInclude(yield* billing, { number: 2, behind: 2 })
    yield* resume(admin, "tasks")
    yield* settle
    assert.deepInclude(yield* billing, { number: 4, behind: 0, stopped: null, failing: null })
    assert.strictEqual((yield* (yield* Books).verify(accountant)).difference, null)
  }).pipe(Effect.provide(layer))
})

it.effect("a log that shows late what a bus has brought stops nothing", () => {
  const { layer, log } = company()
  return Effect.gen(function* () {
    yield* staff
    yield* create("roof")
    yield* settle
    for (let times = 0; times < 3; times++) {
      log.has = () => false
      yield* settle
      yield* TestClock.adjust("9 seconds")
      yield* settle
      assert.strictEqual((yield* billing).stopped, null)
      log.has = () => true
      yield* settle
      assert.deepInclude(yield* billing, { stopped: null, failing: null })
    }
  }).pipe(Effect.provide(layer))
})

it.effect("who waits for a number beyond a log that was restored is told that the stream stopped", () => {
  const { layer, log } = company()
  return Effect.gen(function* () {
    yield* staff
    yield* create("roof")
    yield* settle
    log.has = () => false
    yield* settle
    yield* TestClock.adjust("11 seconds")
    const waiting = Effect.flatMap(Consumers, (consumers) => consumers.awaitApplied("billing", 3))
    assert.instanceOf(yield* Effect.flip(waiting), StreamStopped)
  }).pipe(Effect.provide(layer))
})

it.effect(
  "a log that has outgrown a cursor with another history stops the stream, and can be accepted as it stands",
  () => {
    const { layer, log } = company()
    return Effect.gen(function* () {
      yield* staff
      yield* create("roof")
      yield* create("door")
      yield* settle
      // The restored log has come to the cursor's number again, with another event there: nothing follows it yet.
      log.change = (event) =>
        event.source === "tasks" && event.number === 4 ? { ...event, actor: "user:will" } : event
      yield* settle
      assert.deepInclude((yield* billing).stopped, {
        reason: "BrokenDigest",
        number: 5,
        message: "event 4 of the log is not the event 4 that was applied"
      })
      const { resume } = yield* Billing
      assert.strictEqual((yield* Effect.flip(resume(worker, "tasks")))._tag, "NotAllowed")
      yield* resume(admin, "tasks", { skip: { through: 4, reason: "we go on from here" } })
      yield* settle
      assert.deepInclude(yield* billing, { number: 4, stopped: null, failing: null })
      const [skipped] = yield* (yield* EventLog).read("billing", 0, 1)
      assert.deepInclude(skipped!.data, { first: 5, last: 4 })
    }).pipe(Effect.provide(layer))
  }
)

it.effect("a log that has grown past a cursor with another history stops the stream at its next event", () => {
  const { layer, log } = company()
  return Effect.gen(function* () {
    yield* staff
    yield* create("roof")
    yield* settle
    log.change = (event) =>
      event.source === "tasks" && event.number === 3 ? { ...event, previous: "a".repeat(64) } : event
    yield* create("door")
    yield* settle
    const { number, stopped } = yield* billing
    assert.deepStrictEqual([number, stopped?.reason, stopped?.number], [2, "BrokenDigest", 3])
  }).pipe(Effect.provide(layer))
})
