/** How many requests one caller gets. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { Api } from "../../src/api/Api.ts"
import { Validation } from "../../src/api/middleware.ts"
import { Users } from "../../src/api/Users.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import { addressOf, networkOf } from "../../src/server/guard/address.ts"
import { Buckets } from "../../src/server/guard/Buckets.ts"
import type * as RateLimit from "../../src/server/guard/RateLimit.ts"
import * as UsersHandlers from "../../src/server/handlers/UsersHandlers.ts"
import * as Server from "../support/server.ts"

class Part extends HttpApi.make("popug").add(Users).middleware(Validation).annotateMerge(Api.annotations) {}

const server = (limits: RateLimit.Options) =>
  Server.layer(Contract.layer(Part).pipe(Layer.provide(UsersHandlers.layer)), { limits })

const me = (as: string | undefined, headers: Record<string, string> = {}) =>
  Server.request("GET", "/v1/users/me", { headers, ...(as === undefined ? {} : { as }) })
const statuses = (...requests: ReadonlyArray<ReturnType<typeof me>>) =>
  Effect.map(Effect.all(requests), (answers) => answers.map(({ status }) => status))

describe("a user", () => {
  it.effect("is refused beyond their limit, told when to come back, and let in then", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* statuses(me("will"), me("will"), me("will")), [200, 200, 200])
      yield* TestClock.adjust("500 millis")
      const refused = yield* me("will")
      assert.strictEqual(refused.status, 429)
      assert.strictEqual(refused.headers.get("content-type"), "application/problem+json")
      assert.strictEqual(refused.headers.get("retry-after"), "20")
      assert.deepInclude(refused.json, { type: "urn:popug:problem:too-many-requests", retryAfterSeconds: 20 })
      yield* TestClock.adjust("19 seconds")
      assert.strictEqual((yield* me("will")).headers.get("retry-after"), "1")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* statuses(me("will"), me("will")), [200, 429])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* statuses(me("will"), me("will"), me("will"), me("will")), [200, 200, 200, 429])
    }).pipe(Effect.provide(server({ perUser: 3, perAddress: null })))
  )

  it.effect("does not use up what others have, nor do requests without a good token", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* statuses(me("will"), me("will"), me("olga")), [200, 429, 200])
      assert.deepStrictEqual(yield* statuses(me(undefined), me(undefined)), [401, 401])
    }).pipe(Effect.provide(server({ perUser: 1, perAddress: null })))
  )

  it.effect("has a batch counted by what it makes, and waits until that is filled in", () =>
    Effect.gen(function* () {
      const users = Array.from({ length: 12 }, (_, index) => ({ name: `New ${index}`, roles: ["worker"] }))
      const made = yield* Server.request("POST", "/v1/users/batch", { as: "ann", body: { users } })
      assert.strictEqual(made.status, 201)
      // 12 of 10: two to fill in and one to ask with, at six seconds each.
      const refused = yield* me("ann")
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [429, "18"])
      yield* TestClock.adjust("17 seconds")
      assert.deepStrictEqual(yield* statuses(me("ann"), me("will")), [429, 200])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* statuses(me("ann"), me("ann")), [200, 429])
    }).pipe(Effect.provide(server({ perUser: 10, perAddress: null })))
  )

  it.effect("is neither let in early nor kept out by a clock that is set", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let ahead = 0
      const millis = () => clock.currentTimeMillisUnsafe() + ahead
      const settable = { ...clock, currentTimeMillisUnsafe: millis, currentTimeMillis: Effect.sync(millis) }
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* statuses(me("will"), me("will")), [200, 429])
        ahead = 86_400_000
        assert.deepStrictEqual(yield* statuses(me("will")), [429])
        ahead = -86_400_000
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* statuses(me("will"), me("will")), [200, 429])
      }).pipe(Effect.provide(server({ perUser: 1, perAddress: null })), Effect.provideService(Clock.Clock, settable))
    })
  )

  it.effect("has the window that the host wants", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* statuses(me("will"), me("will")), [200, 429])
      assert.strictEqual((yield* me("will")).headers.get("retry-after"), "3600")
    }).pipe(Effect.provide(server({ perUser: 1, perAddress: null, window: "1 hour" })))
  )
})

describe("an address", () => {
  it.effect("is refused beyond its limit, whoever asks and before anything else is looked at", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* statuses(me("will"), me(undefined), me("olga"), me(undefined)),
        [200, 401, 429, 429]
      )
      const refused = yield* me("olga")
      assert.strictEqual(refused.headers.get("retry-after"), "30")
      assert.strictEqual(refused.headers.get("www-authenticate"), null)
    }).pipe(Effect.provide(server({ perUser: null, perAddress: 2 })))
  )

  it.effect("is not what the caller says it is", () =>
    Effect.gen(function* () {
      const as = (address: string) => me("will", { "x-forwarded-for": address })
      assert.deepStrictEqual(yield* statuses(as("198.51.100.1"), as("198.51.100.2")), [200, 429])
    }).pipe(Effect.provide(server({ perUser: null, perAddress: 1 })))
  )

  it.effect("is what the trusted proxy says it is", () =>
    Effect.gen(function* () {
      const as = (address: string) => me("will", { "x-forwarded-for": address })
      assert.deepStrictEqual(
        yield* statuses(as("198.51.100.1"), as("198.51.100.2"), as("203.0.113.9, 198.51.100.2")),
        [200, 200, 429]
      )
    }).pipe(Effect.provide(server({ perUser: null, perAddress: 1, trustedProxies: 1 })))
  )
})

it.effect("nobody is refused where there are no limits", () =>
  Effect.gen(function* () {
    const all = yield* statuses(...Array.from({ length: 50 }, () => me("will")))
    assert.deepStrictEqual([...new Set(all)], [200])
  }).pipe(Effect.provide(server({ perUser: null, perAddress: null })))
)

describe("where a request comes from", () => {
  const from = (forwarded: string | undefined, trustedProxies: number, socket = "10.0.0.1") =>
    addressOf(
      HttpServerRequest.fromWeb(
        new Request("http://popug.test/", forwarded === undefined ? {} : { headers: { "x-forwarded-for": forwarded } })
      ).modify({ remoteAddress: Option.some(socket) }),
      trustedProxies
    )

  it("is the socket unless proxies are trusted, and then what the outermost of them saw", () => {
    assert.strictEqual(from(undefined, 0), "10.0.0.1")
    assert.strictEqual(from("198.51.100.1", 0), "10.0.0.1")
    assert.strictEqual(from("198.51.100.1", 1), "198.51.100.1")
    assert.strictEqual(from("6.6.6.6, 198.51.100.1", 1), "198.51.100.1")
    assert.strictEqual(from("6.6.6.6, 198.51.100.1,10.0.0.2", 2), "198.51.100.1")
  })

  it("is the socket when the header is not what the proxies would have sent", () => {
    assert.strictEqual(from(undefined, 1), "10.0.0.1")
    assert.strictEqual(from("198.51.100.1", 2), "10.0.0.1")
    assert.strictEqual(from("198.51.100.1,", 1), "10.0.0.1")
    for (const rubbish of ["unknown", "_hidden", "198.51.100", "1.2.3.4.5", "[2001:db8::7", "2001:db8::7]", "0x7f.1"]) {
      assert.strictEqual(from(rubbish, 1), "10.0.0.1", rubbish)
      // The next proxy tells who that one was.
      assert.strictEqual(from(`${rubbish}, 10.0.0.9`, 2), "10.0.0.9", rubbish)
    }
  })

  it("is read with its port, brackets and zone, as proxies write them", () => {
    const addresses = {
      "203.0.113.7": "203.0.113.7",
      "203.0.113.7:51234": "203.0.113.7",
      "2001:db8::7": "2001:db8::/64",
      "[2001:db8::7]": "2001:db8::/64",
      "[2001:db8::7]:51234": "2001:db8::/64",
      "::ffff:203.0.113.7": "203.0.113.7",
      "[::ffff:203.0.113.7]:443": "203.0.113.7",
      "::ffff:cb00:7107": "203.0.113.7",
      "fe80::1%eth0": "fe80::/64",
      "[fe80::1%eth0]:8080": "fe80::/64"
    }
    for (const [hop, network] of Object.entries(addresses)) {
      for (const [chain, proxies] of [
        [hop, 1],
        [`6.6.6.6, ${hop}`, 1],
        [`6.6.6.6,${hop} , 10.0.0.2:80`, 2]
      ] as const) {
        assert.strictEqual(networkOf(from(chain, proxies)), network, chain)
      }
    }
  })

  it("is the same network for every spelling and every port of one address", () => {
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined })
    fc.assert(
      fc.property(fc.ipV4(), port, (address, port) => {
        const hop = port === undefined ? address : `${address}:${port}`
        assert.strictEqual(networkOf(from(`9.9.9.9, ${hop}`, 1)), address)
      })
    )
    fc.assert(
      fc.property(fc.ipV6(), port, (address, port) => {
        const network = networkOf(address)
        assert.match(network, /^[0-9a-f:]+\/64$|^[0-9.]+$/)
        const hop = port === undefined ? `[${address}]` : `[${address}]:${port}`
        assert.strictEqual(networkOf(from(hop, 1)), network)
        assert.strictEqual(networkOf(address.toUpperCase()), network)
      })
    )
  })

  it("is counted by what one subscriber has: an IPv4 address, a /64 of IPv6", () => {
    assert.strictEqual(networkOf("198.51.100.1"), "198.51.100.1")
    assert.strictEqual(networkOf("::ffff:198.51.100.1"), "198.51.100.1")
    assert.strictEqual(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
    assert.strictEqual(networkOf("2001:0DB8:0001:0002::9"), "2001:db8:1:2::/64")
    assert.strictEqual(networkOf("2001:db8::9"), "2001:db8::/64")
    assert.strictEqual(networkOf("fe80::1%eth0"), "fe80::/64")
    assert.strictEqual(networkOf("::1"), "::/64")
    assert.strictEqual(networkOf("a socket without an address"), "unknown")
  })

  it("is a short text whatever was sent", () => {
    fc.assert(fc.property(fc.string(), (text) => networkOf(text).length <= 64))
  })
})

describe("buckets", () => {
  const window = 60_000
  const refillMillis = 20_000

  it("give no more than the limit at once, and no more than the window's rate beyond", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40_000 }), { maxLength: 100 }), (pauses) => {
        const buckets = new Buckets(window)
        let now = 1_000_000
        let taken = 0
        for (const pause of pauses) {
          now += pause
          const [remaining, elapsed] = buckets.take({ key: "k", tokens: 1, limit: 3, refillMillis, now })
          if (remaining >= 0) taken += 1
          assert.isAtLeast(elapsed, 0)
          assert.isBelow(elapsed, refillMillis)
          // A refused caller finds a token once the rest of the interval is over.
          if (remaining < 0) now += refillMillis - elapsed
          if (remaining < 0) {
            assert.isAtLeast(buckets.take({ key: "k", tokens: 1, limit: 3, refillMillis, now })[0], 0)
            taken += 1
          }
          assert.isAtMost(taken, 3 + Math.floor((now - 1_000_000) / refillMillis))
        }
      })
    )
  })

  it("are forgotten after two quiet windows, by when they would be full", () => {
    const buckets = new Buckets(window)
    const take = (key: string, now: number) => buckets.take({ key, tokens: 1, limit: 3, refillMillis, now })[0]
    for (let index = 0; index < 1_000; index++) take(String(index), index)
    assert.strictEqual(buckets.size, 1_000)
    take("later", window)
    take("later", 2 * window)
    assert.isAtMost(buckets.size, 2)
  })

  it("remember through a turn of generations what was taken", () => {
    const buckets = new Buckets(window)
    const take = (now: number) => buckets.take({ key: "k", tokens: 1, limit: 3, refillMillis, now })[0]
    const other = (now: number) => buckets.take({ key: "other", tokens: 1, limit: 3, refillMillis, now })
    other(0)
    assert.deepStrictEqual([take(50_000), take(50_001), take(50_002)], [2, 1, 0])
    other(60_000)
    assert.strictEqual(take(60_001), -1)
    assert.strictEqual(take(70_000), 0)
  })

  it("are not forgotten while more was spent than there was", () => {
    const buckets = new Buckets(window)
    const take = (key: string, now: number) => buckets.take({ key, tokens: 1, limit: 3, refillMillis, now })[0]
    take("k", 0)
    // A token in 20 seconds: 100 below zero are filled in after 2,000 seconds.
    buckets.spend("k", 102, refillMillis)
    for (let minute = 1; minute <= 33; minute++) take("other", minute * window)
    assert.strictEqual(take("k", 33 * window), -2)
    assert.strictEqual(take("k", 2_019_999), -1)
    assert.strictEqual(take("k", 2_020_000), 0)
    for (let minute = 35; minute <= 37; minute++) take("other", minute * window)
    assert.isAtMost(buckets.size, 2)
  })

  it("of a crowd are bounded", () => {
    const buckets = new Buckets(window)
    for (let index = 0; index < 350_000; index++) {
      buckets.take({ key: String(index), tokens: 1, limit: 3, refillMillis, now: 0 })
    }
    assert.isAtMost(buckets.size, 200_000)
  })

  it("stay as they are when the clock goes back", () => {
    const buckets = new Buckets(window)
    const take = (now: number) => buckets.take({ key: "k", tokens: 1, limit: 1, refillMillis: 1_000, now })[0]
    assert.deepStrictEqual([take(10_000), take(5_000), take(5_999), take(6_000)], [0, -1, -1, 0])
  })
})
