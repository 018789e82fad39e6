/** Services that lie, by accident or not: asking them comes to an end, and nothing wrong is taken from them. */
import type * as Http from "node:http"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { BusinessDay, Consumer, Consumers, Cursor, type Envelope, EventLog, PollInterval } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Bell } from "../../src/bell/Bell.ts"
import type { Options } from "../../src/services/Peer.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as Remote from "../../src/services/Remote.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { grown } from "../support/logs.ts"
import { company, peerAt, sha256 } from "../support/services.ts"
import { answering } from "../support/wire.ts"

/** A log of a service that answers like this, how often it was asked, and what became of its answers. */
const liar = Effect.fnUntraced(function* (listener: Http.RequestListener, options: Partial<Options> = {}) {
  const seen = { asked: 0, closed: 0 }
  const url = yield* answering((request, response) => {
    seen.asked += 1
    response.on("close", () => void (seen.closed += 1))
    listener(request, response)
  })
  const peer = yield* peerAt(url, options)
  return { peer, seen, remote: RemoteEventLog.make(peer, "acme", sha256) }
})

const saying = (body: unknown) => liar((_, response) => response.end(JSON.stringify(body)))

/** An event as it goes over the wire. */
const wire = ({ actor, data, number, previous, time, type, version }: Envelope.Envelope) => ({
  number,
  type,
  version,
  at: time.epochMilliseconds,
  actor,
  previous,
  data
})

const [first, second] = grown([], 2).map(wire) as [ReturnType<typeof wire>, ReturnType<typeof wire>]

describe("a page of events", () => {
  for (const [what, page] of [
    ["a number as text", [{ ...first, number: "1" }]],
    ["a number below zero", [{ ...first, number: -1 }]],
    ["a number that is none", [{ ...first, number: 1.5 }]],
    ["a number beyond all", [{ ...first, number: 1e300 }]],
    ["no order", [second, first]],
    ["an event twice", [first, first]],
    ["an instant that no clock shows", [{ ...first, at: Number.MAX_SAFE_INTEGER }]],
    ["an instant as text", [{ ...first, at: "2026-11-23T12:00:00Z" }]],
    ["a version of zero", [{ ...first, version: 0 }]],
    ["a digest in capitals", [{ ...first, previous: "A".repeat(64) }]],
    ["an event that is none", [first, null]],
    ["more than was asked for", grown([], 11).map(wire)]
  ] as const) {
    it.live(`with ${what} is none, and not asked for again`, () =>
      Effect.gen(function* () {
        const { remote, seen } = yield* saying({ events: page, more: true })
        const error = yield* Effect.flip(remote.read("users", 0, 10))
        assert.deepInclude(error, { reason: "Unavailable", retryable: false, committed: "no" })
        assert.strictEqual(seen.asked, 1)
      })
    )
  }

  it.live("is read without what its events say of their traces, where that is nothing of the kind", () =>
    Effect.gen(function* () {
      for (const trace of [{ traceparent: { toString: 1 } }, { traceparent: [`00-${"1".repeat(32)}-1-01`] }, 7, null]) {
        const { remote } = yield* saying({ events: [{ ...first, trace }], more: false })
        assert.deepStrictEqual(
          (yield* remote.read("users", 0, 10)).map((event) => event.trace),
          [undefined]
        )
      }
    })
  )
})

describe("an answer", () => {
  it.live("that never ends is cut off once it is too long", () =>
    Effect.gen(function* () {
      const { remote, seen } = yield* liar((_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(" ".repeat(65_536)));
          response.once("drain", more)
        }
        more()
      })
      const error = yield* Effect.flip(remote.last("users"))
      assert.deepInclude(error, { retryable: false })
      assert.include(error.message, "more than 16777216 bytes")
      yield* Effect.repeat(Effect.sleep("2 millis"), { until: () => seen.closed === 1 })
      assert.strictEqual(seen.asked, 1)
    })
  )

  it.live("that is small, and large when it is unpacked, is cut off as well", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "))
      const { remote } = yield* liar((_, response) =>
        response.writeHead(200, { "content-encoding": "gzip", "content-length": bomb.length }).end(bomb)
      )
      assert.include((yield* Effect.flip(remote.last("users"))).message, "more than 16777216 bytes")
    })
  )

  it.live("that comes a byte at a time is given up in time, with its connection", () =>
    Effect.gen(function* () {
      const { remote, seen } = yield* liar(
        (_, response) => {
          const drip = setInterval(() => response.write(" "), 10)
          response.on("close", () => clearInterval(drip))
        },
        { timeout: "300 millis" }
      )
      assert.deepInclude(yield* Effect.flip(remote.last("users")), { retryable: true, committed: "no" })
      yield* Effect.repeat(Effect.sleep("2 millis"), { until: () => seen.closed === seen.asked })
      assert.isAtMost(seen.asked, 3)
    })
  )

  it.live("that refuses at length is repeated in short", () =>
    Effect.gen(function* () {
      for (const status of [401, 403, 404, 422, 500]) {
        const { remote } = yield* liar((_, response) =>
          response.writeHead(status).end(JSON.stringify({ detail: `\0${"x".repeat(5_000_000)}` }))
        )
        const { message } = yield* Effect.flip(remote.last("users"))
        assert.isBelow(message.length, 1_000)
        assert.notInclude(message, "\0")
      }
      const { remote } = yield* saying({ number: "x".repeat(5_000_000) })
      assert.isBelow((yield* Effect.flip(remote.last("users"))).message.length, 1_000)
    })
  )
})

describe("pages of people and lines that never come further", () => {
  const period = BusinessDay.Period.make("2026-11-23")
  const row = (owner: string) => ({
    owner,
    name: null,
    opening: "0",
    fees: "0",
    awards: "100",
    payout: "100",
    currency: "USD"
  })
  for (const [what, rows] of [
    ["nothing", []],
    ["those who were there already", [row("ann")]],
    ["one of them twice", [row("bob"), row("bob")]],
    ["them in no order", [row("will"), row("bob")]]
  ] as const) {
    it.live(`with ${what} are no answer`, () =>
      Effect.gen(function* () {
        const { peer, seen } = yield* saying({ rows, more: true })
        const paging = { after: "ann" as never, limit: 10 }
        assert.deepInclude(yield* Effect.flip(Remote.payouts(peer, "acme").of(period, paging)), { retryable: false })
        assert.strictEqual(seen.asked, 1)
      })
    )
  }
})

describe("a consumer of a log that lies", () => {
  /** Stands for what no program writes out. */
  const deep = "deep"
  /** What a consumer has applied of a log that answers each page by these events, and why it stopped. */
  const consume = Effect.fnUntraced(function* (events: ReadonlyArray<unknown>) {
    const { peer, remote } = yield* liar((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, "http://x")
      const after = Number(searchParams.get("after"))
      const page = events.filter((event) => (event as { readonly number: number }).number > after)
      const said = JSON.stringify(pathname.endsWith("last") ? { number: events.length } : { events: page, more: false })
      response.end(said.replaceAll(JSON.stringify(deep), "[".repeat(100_000) + "]".repeat(100_000)))
    })
    const state = { cursor: Cursor.start("counter", "users"), applied: [] as Array<unknown> }
    const handle = yield* Consumer.start({
      name: "counter",
      source: "users",
      cursor: Effect.sync(() => state.cursor),
      apply: (after, fetched, held) =>
        Effect.sync(() => {
          const admitted = Cursor.admit(sha256, state.cursor, after, fetched, held)
          state.applied.push(...admitted.events.map(({ data }) => data))
          return (state.cursor = Cursor.after(state.cursor, admitted, admitted.events.length, admitted.stop))
        })
    }).pipe(
      Effect.provide(
        Layer.fresh(PollingBus.layer).pipe(
          Layer.provideMerge(Layer.succeed(EventLog, remote)),
          Layer.provideMerge(Polls.layer({ peers: { users: peer } })),
          Layer.provideMerge(Layer.fresh(Bell.layer)),
          Layer.provide(company("acme")),
          Layer.merge(Layer.merge(Consumers.layer, Memory.layerDigest))
        )
      ),
      Effect.provideService(PollInterval, null)
    )
    yield* Effect.ignore(handle.drain)
    return { applied: state.applied.length, stopped: state.cursor.stopped?.reason ?? null }
  })
  const events = grown([], 6)
  const right = events.map(wire)
  const others = grown([], 6, (number) => ({ other: number })).map(wire)
  for (const [what, told, applied, stopped] of [
    ["a gap", [...right.slice(0, 2), ...right.slice(3)], 2, "Gap"],
    ["events of another company after its own", [...right.slice(0, 3), ...others.slice(3)], 3, "BrokenDigest"],
    [
      "an event that was changed",
      right.map((event) => (event.number === 3 ? { ...event, data: 1 } : event)),
      3,
      "BrokenDigest"
    ],
    [
      "an instant that was changed",
      right.map((event) => (event.number === 3 ? { ...event, at: 1 } : event)),
      3,
      "BrokenDigest"
    ],
    ["events of one source as those of another", undefined, 1, "BrokenDigest"],
    ["an event that is nested too deep", [right[0], { ...right[1], data: deep }], 0, null]
  ] as const) {
    it.live(`takes nothing behind ${what}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* consume(told ?? billed()), { applied, stopped })
      })
    )
  }
})

/** The same events as billing would have them: their digests are over its name. */
const billed = () => {
  const events: Array<Envelope.Envelope> = []
  for (const event of grown([], 4)) {
    const before = events.at(-1)
    events.push({
      ...event,
      source: "billing",
      previous: before === undefined ? event.previous : digestOf(before)
    })
  }
  return events.map(wire)
}
const digestOf = (event: Envelope.Envelope) => {
  const { actor, data, number, previous, source, time, type, version } = event
  return sha256(JSON.stringify([source, number, type, version, time.epochMilliseconds, actor, previous, data]))
}

describe("news", () => {
  /** Polls of one stream at a service that answers each with this. */
  const following = Effect.fnUntraced(function* (news: (asked: number) => object) {
    let asked = 0
    const { peer } = yield* liar((request, response) => {
      request.resume()
      asked += 1
      response.end(JSON.stringify({ heads: [], unknown: [], ...news(asked) }))
    })
    const context = yield* Layer.build(
      Layer.provideMerge(Polls.layer({ peers: { users: peer } }), Layer.fresh(Bell.layer))
    )
    yield* Context.get(context, Polls).follow({ company: "acme", source: "users" })
    return { bell: Context.get(context, Bell), asked: () => asked }
  })
  const own = { company: "acme", source: "users" } as const

  it.live("that is none is not asked for at full speed", () =>
    Effect.gen(function* () {
      for (const news of [{}, { heads: [{ ...own, number: 7 }] }, { heads: [{ ...own, company: "b", number: 7 }] }]) {
        const { asked } = yield* following(() => news)
        yield* Effect.sleep("400 millis")
        assert.isAtMost(asked(), 5)
      }
    })
  )

  it.live("of streams that it was not asked for wakes nobody", () =>
    Effect.gen(function* () {
      const elsewhere = [
        { company: "acme", source: "tasks", number: 1e15 },
        { company: "other", source: "users", number: 5 }
      ] as const
      const { asked, bell } = yield* following((asked) => ({ heads: [...elsewhere, { ...own, number: asked }] }))
      const listener = yield* bell.listen([...elsewhere, own].map((stream) => ({ ...stream, number: 0 })))
      yield* Effect.repeat(Effect.sleep("2 millis"), { until: () => asked() > 2 })
      assert.deepStrictEqual(
        (yield* listener.take).map(({ company, source }) => ({ company, source })),
        [own]
      )
    })
  )

  it.live("is asked for again in a while where a stream is said to be unknown, once, however often that is said", () =>
    Effect.gen(function* () {
      const { asked } = yield* following(() => ({ unknown: Array.from({ length: 10_000 }, () => own) }))
      yield* Effect.sleep("300 millis")
      assert.strictEqual(asked(), 1)
    })
  )

  for (const number of ["7", -1, 1.5, 1e300, null]) {
    it.live(`with the number ${JSON.stringify(number)} is a failure, and tried again with patience`, () =>
      Effect.gen(function* () {
        const { asked } = yield* following(() => ({ heads: [{ ...own, number }] }))
        yield* Effect.sleep("250 millis")
        assert.isAtMost(asked(), 3)
      })
    )
  }
})
