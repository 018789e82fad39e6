import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Envelope from "../../src/stream/Envelope.ts"
import * as Head from "../../src/stream/Head.ts"
import { origin } from "../../src/values/Digest.ts"
import { at, sha256, streamOf, success, type Write, written } from "../support/given.ts"

const says =
  (data: unknown): Write =>
  (stream) =>
    stream.add("user.updated", 1, "system", data)
const now = at("2026-11-22T09:00:00.123Z")

describe("a stream that grows", () => {
  it("numbers them 1, 2, 3, ... and chains each to the one before, however they are batched", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }), { maxLength: 6 }), (commits) => {
        let head = Head.initial(now)
        const events: Array<Envelope.Envelope> = []
        for (const commit of commits) {
          const appended = written("tasks", head, now, commit.map(says))
          head = appended.head
          events.push(...appended.events)
        }
        expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1))
        let previous = origin
        for (const event of events) {
          expect(event.previous).toBe(previous)
          previous = Envelope.digest(sha256, event)
        }
        expect(head).toEqual({ number: events.length, at: now, digest: previous })
        // One commit of them all writes the very same stream.
        expect(written("tasks", Head.initial(now), now, commits.flat().map(says)).events).toEqual(events)
      }),
      { numRuns: 50 }
    )
  })

  it("keeps what is said and takes the instant of the commit", () => {
    const later = at("2026-11-23T00:00:00Z")
    const { events } = written("users", Head.initial(now), later, [
      (stream) => stream.add("user.created", 1, "user:ann", { id: "bob" })
    ])
    expect(events[0]).toMatchObject({
      source: "users",
      type: "user.created",
      version: 1,
      actor: "user:ann",
      data: { id: "bob" },
      time: later
    })
  })

  it("of nothing moves only the instant of the head", () => {
    const head = written("users", Head.initial(now), now, [says(1)]).head
    const later = at("2026-11-23T00:00:00Z")
    expect(written("users", head, later, [])).toEqual({ head: { ...head, at: later }, events: [] })
  })
})

describe("the instant of a commit", () => {
  it("is the clock's", () => {
    const later = at("2026-11-22T09:00:00.124Z")
    expect(Head.instant(Head.initial(now), later)).toBe(later)
  })

  it("is never earlier than the commit before", () => {
    expect(Head.instant(Head.initial(now), at("2020-01-01T00:00:00Z"))).toEqual(now)
  })
})

describe("the digest of an event", () => {
  const event = streamOf(2)[1]!

  it.each([
    ["source", { source: "tasks" }],
    ["number", { number: 3 }],
    ["type", { type: "user.updated" }],
    ["version", { version: 2 }],
    ["time", { time: at("2026-11-22T09:00:00.001Z") }],
    ["actor", { actor: "user:ann" }],
    ["previous", { previous: origin }],
    ["data", { data: { id: "u2", name: "User 2", roles: [] } }]
  ] as ReadonlyArray<[string, Partial<Envelope.Envelope>]>)("changes with its %s", (_, change) => {
    expect(Envelope.digest(sha256, { ...event, ...change })).not.toBe(Envelope.digest(sha256, event))
  })

  it("does not change with what caused it", () => {
    const trace = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "vendor=1" }
    expect(Envelope.digest(sha256, { ...event, trace })).toBe(Envelope.digest(sha256, event))
    expect(Envelope.digest(sha256, Envelope.remembering({ ...event, trace }))).toBe(Envelope.digest(sha256, event))
  })

  it("does not change with the order of the data's keys", () => {
    const data = { roles: ["worker"], name: "User 2", id: "u2" }
    expect(Envelope.digest(sha256, { ...event, data })).toBe(Envelope.digest(sha256, event))
  })
})

describe("a CloudEvent", () => {
  const [event] = streamOf(1)

  it("carries the company in its source and the rest in extension attributes", () => {
    expect(Envelope.toCloudEvent("acme", event!)).toEqual({
      specversion: "1.0",
      id: "users-1",
      source: "/companies/acme/users",
      type: "user.created",
      time: "2026-11-22T09:00:00.000Z",
      datacontenttype: "application/json",
      number: 1,
      dataversion: 1,
      actor: "system",
      previousdigest: origin,
      data: { id: "u1", name: "User 1", roles: ["worker"] }
    })
  })

  it("carries what caused it in the attributes of the distributed tracing extension", () => {
    const trace = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "vendor=1" }
    const made = Envelope.toCloudEvent("acme", { ...event!, trace })
    expect(made).toMatchObject(trace)
    expect(success(Envelope.fromCloudEvent(JSON.parse(JSON.stringify(made))))).toEqual({ ...event, trace })
  })

  it.each(["", "00-1-2-01", `00-${"0".repeat(32)}-${"b".repeat(16)}-01`, `00-${"A".repeat(32)}-${"b".repeat(16)}-01`])(
    "is read without a cause that is none: %j",
    (traceparent) => {
      const made = { ...Envelope.toCloudEvent("acme", event!), traceparent, tracestate: "vendor=1" }
      expect(success(Envelope.fromCloudEvent(made)).trace).toBeUndefined()
    }
  )

  it("reads back as the envelope that it was made from, over JSON too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom("users", "tasks", "billing"),
        fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
        (data, source, date) => {
          const time = at(date.toISOString())
          const parsed: unknown[] = data.map((value) => JSON.parse(JSON.stringify(value)))
          for (const made of written(source, Head.initial(time), time, parsed.map(says)).events) {
            const json = JSON.parse(JSON.stringify(Envelope.toCloudEvent("acme", made))) as Envelope.CloudEvent
            const read = success(Envelope.fromCloudEvent(json))
            expect(read).toEqual(made)
            expect(Envelope.digest(sha256, read)).toBe(Envelope.digest(sha256, made))
          }
        }
      ),
      { numRuns: 50 }
    )
  })

  it.each([
    ["an unknown source", { source: "/companies/acme/payroll" }],
    ["a number below 1", { number: 0 }],
    ["a broken number", { number: 1.5 }],
    ["a version below 1", { dataversion: 0 }],
    ["no time", { time: "yesterday" }],
    ["a digest that is none", { previousdigest: "abc" }]
  ])("with %s is refused", (_, change) => {
    const cloudEvent = { ...Envelope.toCloudEvent("acme", event!), ...change }
    expect(Result.isFailure(Envelope.fromCloudEvent(cloudEvent))).toBe(true)
  })
})
