import { assert, describe, it } from "@effect/vitest"
import { Envelope, type EventLog, Position, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import { Offers } from "../../src/server/services/Offers.ts"
import type { Options } from "../../src/services/Peer.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { grown, logOf } from "../support/logs.ts"
import { keyOf, peerAt, serve, sha256, sources } from "../support/services.ts"
import { answering, wayTo } from "../support/wire.ts"

const offering = (service: EventLog["Service"]) => Offers.one("acme", { log: { service, sources } })

const remoteAt = (url: string, options: Partial<Options> = {}, company = "acme") =>
  Effect.map(peerAt(url, options), (peer) => RemoteEventLog.make(peer, company, sha256))

const numbers = (events: ReadonlyArray<Envelope.Envelope>) => events.map(({ number }) => number)

const digestsOf = (events: ReadonlyArray<Envelope.Envelope>) => events.map((event) => Envelope.digest(sha256, event))

/** What is told of a failure. */
const told = (error: StoreError) => [error.reason, error.retryable, error.committed, error.message] as const

const impatient = { timeout: "1 second" } as const

describe("the log of another service", () => {
  it.live("has every event with the digest that it has there, whatever is in it", () =>
    Effect.gen(function* () {
      const odd = [
        { b: 1, a: { z: null, "": [1.5, true] } },
        'ě\u2028"✓\ud83d\ude00',
        null,
        [],
        -0,
        { __proto__: null }
      ]
      const events = grown([], 40, (number) => odd[number % odd.length])
      const remote = yield* remoteAt(yield* serve(offering(logOf(events).service)))
      const read = yield* remote.read("users", 0, 100)
      assert.deepStrictEqual(digestsOf(read), digestsOf(events))
      assert.strictEqual(read[0]!.time.epochMilliseconds, events[0]!.time.epochMilliseconds)
    })
  )

  it.live("is read in pages, as far as was asked for", () =>
    Effect.gen(function* () {
      const { service, state } = logOf(grown([], 12_345))
      const remote = yield* remoteAt(yield* serve(offering(service)))
      assert.deepStrictEqual(
        numbers(yield* remote.read("users", 1_000, 11_000)),
        numbers(state.events.slice(1_000, 12_000))
      )
      assert.strictEqual(state.reads, 3)
      assert.deepStrictEqual(numbers(yield* remote.read("users", 12_000, 1e9)), numbers(state.events.slice(12_000)))
    })
  )

  it.live("comes in answers of bounded size, however long its events are", () =>
    Effect.gen(function* () {
      const { service, state } = logOf(grown([], 12, (number) => "x".repeat(number === 7 ? 6e6 : 1.5e6)))
      const remote = yield* remoteAt(yield* serve(offering(service)))
      assert.deepStrictEqual(digestsOf(yield* remote.read("users", 0, 100)), digestsOf(state.events))
      assert.isAbove(state.reads, 6)
    })
  )

  it.live("that is restored between two pages is read up to where they part, and then found to be another", () =>
    Effect.gen(function* () {
      const { service, state } = logOf(grown([], 12_000))
      const before = state.events
      const read: EventLog["Service"]["read"] = (source, after, limit) =>
        Effect.tap(service.read(source, after, limit), () =>
          Effect.sync(() => void (state.events = grown(before.slice(0, 100), 11_000, (number) => ({ other: number }))))
        )
      const remote = yield* remoteAt(yield* serve(offering({ ...service, read })))
      const found = yield* remote.read("users", 0, 12_000)
      assert.deepStrictEqual(digestsOf(found), digestsOf(before.slice(0, 5_000)))
      const error = yield* Effect.flip(Position.check(remote, sha256, "users", Position.of(sha256, found.at(-1)!)))
      assert.deepInclude(error, { _tag: "PositionBeyondLog", number: 5_000, last: 11_100 })
    })
  )

  it.live("that was restored to an earlier moment says so as one at hand does", () =>
    Effect.gen(function* () {
      const { service, state } = logOf(grown([], 10))
      const at = Position.of(sha256, state.events[9]!)
      const remote = yield* remoteAt(yield* serve(offering(service)))
      yield* Position.check(remote, sha256, "users", at)
      state.events = state.events.slice(0, 6)
      const error = yield* Effect.flip(Position.check(remote, sha256, "users", at))
      assert.deepStrictEqual(error, yield* Effect.flip(Position.check(service, sha256, "users", at)))
      assert.deepStrictEqual(yield* remote.read("users", 10, 5), [])
    })
  )

  it.live("is read though connections break in the middle of answers", () =>
    Effect.gen(function* () {
      const { service, state } = logOf(grown([], 12_000))
      const way = yield* wayTo(yield* serve(offering(service)))
      way.breakAfter(0)
      way.breakAfter(5_000)
      const remote = yield* remoteAt(way.url)
      assert.strictEqual((yield* remote.read("users", 0, 12_000)).length, state.events.length)
      assert.strictEqual(way.connections(), 3)
    })
  )

  it.live("is asked over the same connection again and again", () =>
    Effect.gen(function* () {
      const way = yield* wayTo(yield* serve(offering(logOf(grown([], 10)).service)))
      const remote = yield* remoteAt(way.url)
      for (let times = 0; times < 20; times += 1) yield* remote.last("users")
      // The next question may come before the connection of the one before is known to be free.
      assert.isAtMost(way.connections(), 2)
    })
  )
})

describe("a service that can't be asked", () => {
  it.live("is away for the moment when it does not answer in time, or nobody is there", () =>
    Effect.gen(function* () {
      const silent = yield* remoteAt(yield* answering(() => undefined), { timeout: "100 millis" })
      assert.deepStrictEqual(told(yield* Effect.flip(silent.last("users"))), [
        "Unavailable",
        true,
        "no",
        "users did not answer within 100ms"
      ])
      const gone = yield* Effect.flip((yield* remoteAt("http://127.0.0.1:1", impatient)).last("users"))
      assert.deepInclude(gone, { reason: "Unavailable", retryable: true })
    })
  )

  it.live("is asked again when it is busy, and answers in the end", () =>
    Effect.gen(function* () {
      let times = 0
      const url = yield* answering((_, response) => {
        times += 1
        response.writeHead(times < 3 ? 503 : 200).end('{"number":7}')
      })
      assert.strictEqual(yield* (yield* remoteAt(url)).last("users"), 7)
    })
  )

  it.live("is not asked twice for what it refuses for good, and the failure says what", () =>
    Effect.gen(function* () {
      const url = yield* serve(offering(logOf([]).service))
      const failure = (options: Partial<Options>, company?: string) =>
        Effect.flatMap(remoteAt(url, options, company), (remote) => Effect.map(Effect.flip(remote.last("users")), told))
      assert.deepStrictEqual(
        [yield* failure({ key: "a".repeat(40) }), yield* failure({ key: keyOf("users") }), yield* failure({}, "other")],
        [
          ["Unavailable", false, "no", "users does not know this service's key (401): a service's key is needed"],
          [
            "Unavailable",
            false,
            "no",
            "users does not let this service ask this (403): users may not ask for log:users"
          ],
          ["Unavailable", false, "no", "users has no such company: no company other is here"]
        ]
      )
    })
  )

  it.live("is told from one that is no service of popug, or answers what nobody asked", () =>
    Effect.gen(function* () {
      let asked = 0
      const failure = (status: number, body: string) =>
        Effect.scoped(
          Effect.gen(function* () {
            const url = yield* answering((_, response) => {
              asked += 1
              response.writeHead(status).end(body)
            })
            const remote = yield* remoteAt(url)
            return told(yield* Effect.flip(remote.read("users", 5, 10)))
          })
        )
      const page = (...events: ReadonlyArray<object>) => JSON.stringify({ events, more: false })
      const [event] = grown([], 1)
      const { time, source: _, ...fields } = event!
      const wire = { ...fields, at: time.epochMilliseconds }
      for (const [status, body] of [
        [200, "<html>hello</html>"],
        [404, "<html>not here</html>"],
        [500, "{}"],
        [200, "[]"],
        [200, "null"],
        [200, page(wire)],
        [200, page({ ...wire, number: 7 }, { ...wire, number: 7 })],
        [200, page({ ...wire, number: 6, previous: "short" })],
        [200, `${" ".repeat(17 * 1024 * 1024)}{}`]
      ] as const) {
        const before = asked
        const [reason, retryable] = yield* failure(status, body)
        assert.deepStrictEqual([reason, retryable], ["Unavailable", false], body.slice(0, 100))
        assert.strictEqual(asked, before + 1)
      }
    })
  )

  it.live("gets the key itself, and nobody whom it points to", () =>
    Effect.gen(function* () {
      const keys: Array<string | undefined> = []
      const other = yield* answering((request, response) => {
        keys.push(request.headers.authorization)
        response.end('{"number":1}')
      })
      const url = yield* answering((_, response) => response.writeHead(307, { location: other }).end())
      yield* Effect.flip((yield* remoteAt(url, impatient)).last("users"))
      assert.deepStrictEqual(keys, [])
    })
  )
})
