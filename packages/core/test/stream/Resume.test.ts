import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import * as Cursor from "../../src/stream/Cursor.ts"
import * as Envelope from "../../src/stream/Envelope.ts"
import { EventLog } from "../../src/stream/EventLog.ts"
import * as Resume from "../../src/stream/Resume.ts"
import { isMarker } from "../../src/tasks/events.ts"
import { failure, sha256, stream, streamOf, success } from "../support/given.ts"

const events = streamOf(10)
const digestOf = (event: Envelope.Envelope) => Envelope.digest(sha256, event)
const cursor: Cursor.Cursor = {
  consumer: "tasks",
  source: "users",
  number: 3,
  digest: digestOf(events[2]!),
  stopped: { reason: "Poisoned", number: 4, message: "cannot be read" }
}

const logOf = (log: ReadonlyArray<Envelope.Envelope>) =>
  Layer.succeed(EventLog, {
    // Two at a time, so that several pages are read.
    read: (_, after) => Effect.succeed(log.filter(({ number }) => number > after).slice(0, 2)),
    last: () => Effect.succeed(log.length)
  })
const prepare = (through: number, log = events) =>
  Effect.runSync(
    Resume.prepare(sha256, cursor, { through, reason: "a test" }, isMarker).pipe(
      Effect.result,
      Effect.provide(logOf(log))
    )
  )

describe("preparing a skip", () => {
  it("goes on from the digest that the event after it carries", () => {
    expect(success(prepare(5))).toEqual({ through: 5, reason: "a test", digest: events[5]!.previous })
  })

  it("up to the end of the log goes on from the digest of the last event", () => {
    expect(success(prepare(10)).digest).toBe(digestOf(events[9]!))
  })

  it("goes over a hole in the log", () => {
    const holed = events.filter(({ number }) => number !== 4)
    expect(success(prepare(4, holed)).digest).toBe(events[4]!.previous)
  })

  it("of nothing accepts the digest that the next event carries", () => {
    const restored = events.map((event) => (event.number === 4 ? { ...event, previous: "a".repeat(64) } : event))
    expect(success(prepare(3, restored)).digest).toBe("a".repeat(64))
  })

  it("of nothing at the end of the log keeps the cursor's own digest", () => {
    expect(success(prepare(3, events.slice(0, 3))).digest).toBe(cursor.digest)
  })

  it("of nothing at the end of a log that was rewritten takes the digest of the event there", () => {
    const restored = events.slice(0, 3).map((event) => (event.number === 3 ? { ...event, actor: "someone" } : event))
    expect(success(prepare(3, restored)).digest).toBe(digestOf(restored[2]!))
  })

  it("of nothing is refused where the log ends before the cursor", () => {
    expect(failure(prepare(3, events.slice(0, 2)))).toMatchObject({ _tag: "NotSkippable", number: 3 })
  })

  it("beyond the end of the log is refused", () => {
    expect(failure(prepare(11))).toMatchObject({ _tag: "NotSkippable", consumer: "tasks", number: 11 })
  })

  it("of what was passed over already is left to be decided under the head", () => {
    const skip = success(prepare(2, events.slice(0, 3)))
    expect(failure(Resume.resume(cursor, skip))).toMatchObject({ _tag: "NotSkippable", number: 2 })
  })

  it("over the end of a period is refused", () => {
    const marked = events.map((event) => (event.number === 5 ? { ...event, type: "task.registration-ended" } : event))
    expect(failure(prepare(6, marked))).toMatchObject({ _tag: "NotSkippable", number: 5 })
    expect(success(prepare(4, marked)).through).toBe(4)
  })
})

describe("resuming", () => {
  it("without a skip only takes the stop away", () => {
    expect(success(Resume.resume(cursor, null))).toEqual({ cursor: { ...cursor, stopped: null }, skipped: null })
  })

  it("with a skip goes on after it, and records what was passed over", () => {
    const skip = success(prepare(5))
    expect(success(Resume.resume(cursor, skip))).toEqual({
      cursor: { ...cursor, number: 5, digest: skip.digest, stopped: null },
      skipped: { consumer: "tasks", source: "users", first: 4, last: 5, reason: "a test" }
    })
  })

  it("then admits what follows the skip, and nothing before it", () => {
    const resumed = success(Resume.resume(cursor, success(prepare(5)))).cursor
    const admitted = Cursor.admit(sha256, resumed, 3, events.slice(3))
    expect(admitted.stop).toBeNull()
    expect(admitted.events.map(({ number }) => number)).toEqual([6, 7, 8, 9, 10])
  })

  it("with a skip of nothing records a last number below the first", () => {
    expect(success(Resume.resume(cursor, success(prepare(3)))).skipped).toMatchObject({ first: 4, last: 3 })
  })

  it("of a stream that is not stopped is refused", () => {
    expect(failure(Resume.resume({ ...cursor, stopped: null }, null))).toMatchObject({
      _tag: "StreamNotStopped",
      consumer: "tasks"
    })
  })

  it("with a skip of what was applied already is refused", () => {
    const skip = { through: 2, reason: "a test", digest: "0".repeat(64) }
    expect(failure(Resume.resume(cursor, skip))).toMatchObject({ _tag: "NotSkippable", number: 2 })
  })
})

it("a stream written for tests is a stream: each event carries the digest of the one before", () => {
  const [first, second] = stream("tasks", [
    (stream) => stream.add("a", 1, "system", 1),
    (stream) => stream.add("b", 1, "system", 2)
  ])
  expect(second!.previous).toBe(digestOf(first!))
})
