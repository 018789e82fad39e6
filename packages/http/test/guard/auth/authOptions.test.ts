/** How a server is told whom to believe: the provider, or the development login. */
import { assert, describe, it } from "@effect/vitest"
import { UserId } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Jose from "jose"
import * as DevLogin from "../../../src/server/development/DevLogin.ts"
import { Authentication } from "../../../src/server/guard/auth/Authentication.ts"
import * as Oidc from "../../../src/server/guard/auth/Oidc.ts"
import { Verified } from "../../../src/server/guard/auth/Verified.ts"
import { audience, Issuer, layer as layerIssuer, type TokenOptions } from "../../support/issuer.ts"
import { layerStaff, toDay } from "../../support/server.ts"

const start = toDay(0)

/** Verifies a token of the test's provider under some options; returns the user, or why not. */
const verify = (options: Partial<Oidc.Options>, subject: string, token: TokenOptions = {}) =>
  Effect.gen(function* () {
    const issuer = yield* Issuer
    const sent = yield* issuer.token(subject, token)
    return yield* Effect.flatMap(Authentication, (service) => service.verify(Redacted.make(sent))).pipe(
      Effect.catchTag(["Unauthenticated", "UnknownSubject"], (problem) => Effect.succeed(problem.detail)),
      Effect.provide(Oidc.layer({ issuer: issuer.url, audience, jwksUri: issuer.jwksUri, ...options }))
    )
  })

/** Why a provider is not taken. */
const refused = (options: Oidc.Options) =>
  Layer.build(Oidc.layer(options)).pipe(
    Effect.scoped,
    Effect.flip,
    Effect.map((error) => error.message)
  )

const environment = Layer.mergeAll(layerIssuer, layerStaff)
const nobody = "nobody in this company is this subject: an admin can add it to a user's identities"

describe("Oidc", () => {
  it.effect("finds the keys at the issuer by default", () =>
    Effect.gen(function* () {
      yield* start
      assert.strictEqual(yield* verify({ jwksUri: undefined }, "will"), "will")
    }).pipe(Effect.provide(environment))
  )

  it.effect("does not start with a provider that can't be asked, or answers under another name", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      issuer.pretend("https://elsewhere.example")
      assert.match(yield* refused({ issuer: issuer.url, audience }), /is the configuration of https:\/\/elsewhere/)
      issuer.answer(404)
      assert.match(
        yield* refused({ issuer: issuer.url, audience }),
        /openid-configuration could not be read: status 404/
      )
      issuer.answer(null)
      assert.match(yield* refused({ issuer: issuer.url, audience }), /could not be read/)
    }).pipe(Effect.provide(environment))
  )

  it.effect("takes keys over TLS alone, except from this machine or when told so", () =>
    Effect.gen(function* () {
      yield* start
      const issuer = "https://id.example"
      const jwksUri = "http://id.example/jwks"
      assert.match(yield* refused({ issuer, audience, jwksUri }), /jwksUri must begin with https/)
      assert.match(yield* refused({ issuer: "http://id.example", audience }), /issuer must begin with https/)
      assert.match(yield* refused({ issuer: "id.example", audience }), /issuer is not a URL/)
      assert.match(yield* refused({ issuer: "file:///id", audience, allowHttp: true }), /issuer must begin with https/)
      yield* Effect.scoped(Layer.build(Oidc.layer({ issuer, audience, jwksUri, allowHttp: true })))
    }).pipe(Effect.provide(environment))
  )

  it.effect("never accepts shared secrets or unsigned tokens, even if asked to", () =>
    Effect.gen(function* () {
      for (const algorithms of [["HS256"], ["none"], ["ES256", "HS512"], []]) {
        const options = { issuer: "https://id.example", audience, jwksUri: "https://id.example/jwks" }
        const message = yield* refused({ ...options, algorithms: algorithms as ReadonlyArray<Oidc.Algorithm> })
        assert.match(message, /^algorithms must be some of RS256/)
      }
    }).pipe(Effect.provide(environment))
  )

  it.effect("accepts just the algorithms that it is told", () =>
    Effect.gen(function* () {
      yield* start
      assert.strictEqual(yield* verify({ algorithms: ["ES256"] }, "will"), "will")
      assert.strictEqual(
        yield* verify({ algorithms: ["RS256"] }, "will"),
        "the algorithm of the signature is not accepted"
      )
    }).pipe(Effect.provide(environment))
  )

  for (const algorithm of ["RS256", "ES256", "EdDSA"]) {
    it.effect(`accepts ${algorithm} by default`, () =>
      Effect.gen(function* () {
        yield* start
        yield* (yield* Issuer).rotate(algorithm)
        assert.strictEqual(yield* verify({}, "will"), "will")
      }).pipe(Effect.provide(environment))
    )
  }

  it.effect("reads the user from the claim that it is told", () =>
    Effect.gen(function* () {
      yield* start
      const options = { claim: "popug" }
      assert.strictEqual(yield* verify(options, "8f14e45f", { claims: { popug: "will" } }), "will")
      assert.strictEqual(yield* verify(options, "will"), nobody)
      // `toString` is in every object, but in no token.
      assert.strictEqual(yield* verify({ claim: "toString" }, "will"), nobody)
      const without = { claims: { popug: "will", sub: undefined } }
      assert.strictEqual(yield* verify(options, "will", without), "claim sub is missing")
    }).pipe(Effect.provide(environment))
  )

  it.effect("refuses tokens that are older than they may be, known ones too", () =>
    Effect.gen(function* () {
      yield* start
      const options = { maxTokenAgeSeconds: 60, clockToleranceSeconds: 0 }
      assert.strictEqual(yield* verify(options, "will", { issuedIn: -60 }), "will")
      assert.strictEqual(yield* verify(options, "will", { issuedIn: -61 }), "the token is too old")
      assert.strictEqual(yield* verify(options, "will", { issuedIn: 1 }), "claim iat is not accepted")
      assert.strictEqual(yield* verify(options, "will", { claims: { iat: undefined } }), "claim iat is missing")

      const issuer = yield* Issuer
      const token = Redacted.make(yield* issuer.token("will"))
      yield* Effect.gen(function* () {
        const authentication = yield* Authentication
        assert.strictEqual(yield* authentication.verify(token), UserId.make("will"))
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(yield* authentication.verify(token), UserId.make("will"))
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual((yield* Effect.flip(authentication.verify(token))).detail, "the token is too old")
      }).pipe(Effect.provide(Oidc.layer({ issuer: issuer.url, audience, jwksUri: issuer.jwksUri, ...options })))
    }).pipe(Effect.provide(environment))
  )
})

describe("what a token says that it is", () => {
  const typ = (typ: string | undefined, options: Partial<Oidc.Options> = {}) =>
    verify(options, "will", { header: { typ } as never })

  it.effect("is a JWT or an access token, or nothing, however it is spelt", () =>
    Effect.gen(function* () {
      yield* start
      for (const type of [undefined, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"]) {
        assert.strictEqual(yield* typ(type), "will", type)
      }
      for (const type of ["logout+jwt", "secevent+jwt", "application/secevent+jwt", "dpop+jwt", "id_token+jwt", ""]) {
        assert.strictEqual(yield* typ(type), "the token is of a type that lets nobody in", type)
      }
      const told = { claims: { events: { "http://schemas.openid.net/event/backchannel-logout": {} } } }
      assert.strictEqual(yield* verify({}, "will", told), "the token tells of events, and lets nobody in")
    }).pipe(Effect.provide(environment))
  )

  it.effect("can be an access token alone, where the host wants so", () =>
    Effect.gen(function* () {
      yield* start
      const strict = { types: ["at+jwt"] } as const
      assert.strictEqual(yield* typ("at+jwt", strict), "will")
      assert.strictEqual(yield* typ("JWT", strict), "the token is of a type that lets nobody in")
      assert.strictEqual(yield* typ(undefined, strict), "the token is of a type that lets nobody in")
    }).pipe(Effect.provide(environment))
  )
})

describe("what is known of tokens", () => {
  const claims = UserId.make("will")

  it("holds until the token does not, and for five minutes at most", () => {
    const verified = new Verified<UserId>()
    verified.set("short", { claims, from: 1_000, until: 2_000 })
    verified.set("long", { claims, from: 1_000, until: Infinity })
    assert.strictEqual(verified.get("short", 1_999), claims)
    assert.isUndefined(verified.get("short", 2_000))
    assert.strictEqual(verified.get("long", 300_999), claims)
    assert.isUndefined(verified.get("long", 301_000))
    assert.isUndefined(verified.get("unknown", 1_000))
  })

  it("does not outlive a clock that goes back", () => {
    const verified = new Verified<UserId>()
    verified.set("token", { claims, from: 1_000, until: 2_000 })
    assert.isUndefined(verified.get("token", 999))
  })

  it("is no more than ten thousand tokens, the latest", () => {
    const verified = new Verified<UserId>()
    for (let index = 0; index < 10_010; index++) verified.set(String(index), { claims, from: 0, until: 10 })
    const kept = Array.from({ length: 10_010 }, (_, index) => verified.get(String(index), 1) !== undefined)
    assert.strictEqual(kept.filter(Boolean).length, 10_000)
    assert.strictEqual(kept.indexOf(true), 10)
  })
})

describe("the development login", () => {
  const will = UserId.make("will")
  const development = DevLogin.layer.pipe(Layer.provide(Memory.layerDigest))

  it.effect("makes tokens of anybody that hold for twelve hours", () =>
    Effect.gen(function* () {
      yield* start
      yield* TestClock.adjust("500 millis")
      const { issue } = yield* DevLogin.DevTokens
      const { verify: check } = yield* Authentication
      const { expiresAt, token } = yield* issue(will)
      assert.strictEqual(DateTime.formatIso(expiresAt), "2026-11-24T00:00:00.000Z")
      assert.strictEqual(yield* check(Redacted.make(token)), will)
      yield* TestClock.adjust("719 minutes")
      assert.strictEqual(yield* check(Redacted.make(token)), will)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(check(Redacted.make(token)))).detail, "the token has expired")
    }).pipe(Effect.provide(development))
  )

  it.effect("ends no session when the clock of a demonstration is moved", () => {
    let moved = 0
    return Effect.gen(function* () {
      const world = yield* Clock.Clock
      const millis = () => world.currentTimeMillisUnsafe() + moved
      const clock = { ...world, currentTimeMillisUnsafe: millis, currentTimeMillis: Effect.sync(millis) }
      yield* Effect.gen(function* () {
        const { issue } = yield* DevLogin.DevTokens
        const { verify: check } = yield* Authentication
        const { token } = yield* issue(will)
        moved = 31 * 86_400_000
        assert.strictEqual(yield* check(Redacted.make(token)), will)
        const later = yield* issue(will)
        assert.strictEqual(yield* check(Redacted.make(later.token)), will)
        assert.strictEqual(later.expiresAt.epochMilliseconds, millis() + 12 * 3_600_000)
        yield* TestClock.adjust("12 hours")
        assert.strictEqual((yield* Effect.flip(check(Redacted.make(token)))).detail, "the token has expired")
      }).pipe(Effect.provide(development), Effect.provideService(Clock.Clock, clock))
    })
  })

  it.effect("knows no tokens but those that it made since it started", () =>
    Effect.gen(function* () {
      yield* start
      const { verify: check } = yield* Authentication
      const before = yield* Effect.flatMap(DevLogin.DevTokens, ({ issue }) => issue(will)).pipe(
        Effect.provide(Layer.fresh(development))
      )
      const earlier = yield* Effect.flip(check(Redacted.make(before.token)))
      assert.strictEqual(earlier.detail, "the signature does not hold")
      const foreign = yield* Effect.flip(check(Redacted.make(yield* (yield* Issuer).token("will"))))
      assert.strictEqual(foreign.detail, "the algorithm of the signature is not accepted")
      const secret = new TextEncoder().encode("a secret that is long enough for that")
      const forged = yield* Effect.promise(() =>
        new Jose.SignJWT({ ...Jose.decodeJwt(before.token) }).setProtectedHeader({ alg: "HS256" }).sign(secret)
      )
      assert.strictEqual(
        (yield* Effect.flip(check(Redacted.make(forged)))).detail,
        "the algorithm of the signature is not accepted"
      )
    }).pipe(Effect.provide([development, layerIssuer]))
  )

  it.effect("says loudly that it is on", () => {
    const lines: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel} ${String(message)}`))
    return Effect.gen(function* () {
      yield* Effect.scoped(Layer.build(development))
      assert.strictEqual(lines.length, 1)
      assert.match(lines[0]!, /^Warn THE DEVELOPMENT LOGIN IS ON/)
    }).pipe(Effect.provide(Logger.layer([logger])))
  })
})
