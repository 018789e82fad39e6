/** How callers prove who they are, over the wire. */
import { assert, describe, it } from "@effect/vitest"
import { Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import * as Jose from "jose"
import { vi } from "vitest"
import { Api } from "../../../src/api/Api.ts"
import { Validation } from "../../../src/api/middleware.ts"
import { Users as UsersGroup } from "../../../src/api/Users.ts"
import * as Contract from "../../../src/server/contract/Contract.ts"
import * as UsersHandlers from "../../../src/server/handlers/UsersHandlers.ts"
import { audience, Issuer } from "../../support/issuer.ts"
import * as Server from "../../support/server.ts"

class Part extends HttpApi.make("popug").add(UsersGroup).middleware(Validation).annotateMerge(Api.annotations) {}

const server = Server.layer(Contract.layer(Part).pipe(Layer.provide(UsersHandlers.layer)))

const me = (token: string | undefined) => Server.request("GET", "/v1/users/me", token === undefined ? {} : { token })

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

/** Tokens that must not hold, and what is said of each. */
const bad: Record<string, { readonly token: Effect.Effect<string, never, Issuer>; readonly says: string }> = {
  "with a signature of somebody else": {
    token: Effect.gen(function* () {
      const issuer = yield* Issuer
      const { privateKey } = yield* Effect.promise(() => Jose.generateKeyPair("ES256"))
      return yield* issuer.token("will", { key: privateKey })
    }),
    says: "the signature does not hold"
  },
  "with other claims under a good signature": {
    token: Effect.gen(function* () {
      const issuer = yield* Issuer
      const [header, , signature] = (yield* issuer.token("will")).split(".")
      const [, claims] = (yield* issuer.token("ann")).split(".")
      return `${header}.${claims}.${signature}`
    }),
    says: "the signature does not hold"
  },
  "of another issuer": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { issuer: "https://elsewhere.example" })),
    says: "claim iss is not accepted"
  },
  "of the issuer with a slash": {
    token: Effect.flatMap(Issuer, ({ token, url }) => token("will", { issuer: `${url}/` })),
    says: "claim iss is not accepted"
  },
  "for another audience": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { audience: "something-else" })),
    says: "claim aud is not accepted"
  },
  "for no audience": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { aud: undefined } })),
    says: "claim aud is missing"
  },
  "that has expired": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { expiresIn: -6 })),
    says: "the token has expired"
  },
  "that never expires": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { exp: undefined } })),
    says: "claim exp is missing"
  },
  "that expires on a word": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { exp: "never" } })),
    says: "claim exp is not accepted"
  },
  "from the future": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { nbf: 4_000_000_000 } })),
    says: "claim nbf is not accepted"
  },
  "about nobody": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { sub: undefined } })),
    says: "claim sub is missing"
  },
  "about a number": {
    token: Effect.flatMap(Issuer, ({ token }) => token("will", { claims: { sub: 7 } })),
    says: "claim sub is not accepted"
  },
  "without an algorithm": {
    token: Effect.gen(function* () {
      const claims = (yield* (yield* Issuer).token("ann")).split(".")[1]
      return `${base64({ alg: "none" })}.${claims}.`
    }),
    says: "the algorithm of the signature is not accepted"
  },
  "signed with the public key as a secret (PEM)": {
    token: Effect.flatMap(Issuer, ({ publicPem, token }) =>
      token("ann", { header: { alg: "HS256" }, key: new TextEncoder().encode(publicPem) })
    ),
    says: "the algorithm of the signature is not accepted"
  },
  "signed with the public key as a secret (JWK)": {
    token: Effect.flatMap(Issuer, ({ publicJwk, token }) =>
      token("ann", { header: { alg: "HS256" }, key: new TextEncoder().encode(JSON.stringify(publicJwk)) })
    ),
    says: "the algorithm of the signature is not accepted"
  },
  "that brings its own key": {
    token: Effect.gen(function* () {
      const issuer = yield* Issuer
      const { privateKey, publicKey } = yield* Effect.promise(() =>
        Jose.generateKeyPair("ES256", { extractable: true })
      )
      const jwk = yield* Effect.promise(() => Jose.exportJWK(publicKey))
      return yield* issuer.token("ann", { key: privateKey, header: { jwk, kid: "mine" } })
    }),
    says: "the issuer has no such key"
  },
  "by an algorithm that is not asked for": {
    token: Effect.gen(function* () {
      const issuer = yield* Issuer
      const { privateKey } = yield* Effect.promise(() => Jose.generateKeyPair("ES384"))
      return yield* issuer.token("ann", { key: privateKey, header: { alg: "ES384" } })
    }),
    says: "the algorithm of the signature is not accepted"
  },
  "that is no token": { token: Effect.succeed("hello"), says: "the token is malformed" },
  "with nothing in it": { token: Effect.succeed(".."), says: "the token is malformed" },
  "whose header is no JSON": { token: Effect.succeed("aGVsbG8.aGVsbG8.aGVsbG8"), says: "the token is malformed" },
  "that asks for something critical": {
    token: Effect.gen(function* () {
      const [, claims, signature] = (yield* (yield* Issuer).token("ann")).split(".")
      return `${base64({ alg: "ES256", kid: "first", crit: ["x"], x: 1 })}.${claims}.${signature}`
    }),
    says: "the token is malformed"
  },
  "too long to look at": { token: Effect.succeed("x".repeat(8_193)), says: "the token is too long" }
}

describe("a token", () => {
  it.effect("that holds is let in, as whom it names", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      const answer = yield* me(yield* issuer.token("will"))
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.json.id, "will")
      // One of several audiences is enough.
      const token = yield* issuer.token("olga", { audience: ["something-else", audience] })
      assert.strictEqual((yield* me(token)).json.id, "olga")
      // The name of the scheme may be written in any way.
      const lower = yield* Server.request("GET", "/v1/users/me", { headers: { authorization: `bearer ${token}` } })
      assert.strictEqual(lower.json.id, "olga")
    }).pipe(Effect.provide(server))
  )

  it.effect("is needed: without one, or by another scheme, nothing is said but that", () =>
    Effect.gen(function* () {
      for (const headers of [{}, { authorization: "Basic YW5uOmFubg==" }, { authorization: "Bearer" }]) {
        const answer = yield* Server.request("GET", "/v1/users/me", { headers })
        assert.strictEqual(answer.status, 401)
        assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
        assert.strictEqual(answer.json.type, "urn:popug:problem:unauthenticated")
        assert.strictEqual(answer.headers.get("www-authenticate"), `Bearer realm="popug"`)
      }
    }).pipe(Effect.provide(server))
  )

  it.effect("in the query string or a cookie is none", () =>
    Effect.gen(function* () {
      const token = yield* (yield* Issuer).token("will")
      const asked = yield* Server.request("GET", `/v1/users/me?access_token=${token}`, {
        headers: { cookie: `access_token=${token}` }
      })
      assert.strictEqual(asked.status, 401)
    }).pipe(Effect.provide(server))
  )

  for (const [name, { says, token }] of Object.entries(bad)) {
    it.effect(`${name} is refused: ${says}`, () =>
      Effect.gen(function* () {
        const sent = yield* token
        const answer = yield* me(sent)
        assert.strictEqual(answer.status, 401)
        assert.strictEqual(answer.json.type, "urn:popug:problem:unauthenticated")
        assert.strictEqual(answer.json.detail, says)
        assert.strictEqual(
          answer.headers.get("www-authenticate"),
          `Bearer realm="popug", error="invalid_token", error_description="${says}"`
        )
        for (const part of sent.split(".")) if (part.length > 5) assert.notInclude(answer.text, part)
      }).pipe(Effect.provide(server))
    )
  }

  it.effect("is good for as long as it says, by the server's clock, and five seconds", () =>
    Effect.gen(function* () {
      const token = yield* (yield* Issuer).token("will", { expiresIn: 60 })
      assert.strictEqual((yield* me(token)).status, 200)
      yield* TestClock.adjust("64 seconds")
      // Known from before, and verified anew.
      assert.strictEqual((yield* me(token)).status, 200)
      assert.strictEqual((yield* me(yield* (yield* Issuer).token("will", { expiresIn: -4 }))).status, 200)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* me(token)).json.detail, "the token has expired")
    }).pipe(Effect.provide(server))
  )

  it.effect("of somebody unknown or deactivated is good, but lets nobody in", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      const unknown = yield* me(yield* issuer.token("nobody"))
      const problem = { type: "urn:popug:problem:unknown-subject", status: 403, issuer: issuer.url }
      assert.deepInclude(unknown.json, { ...problem, subject: "nobody" })
      assert.isNull(unknown.headers.get("www-authenticate"))
      // It may be any text that a provider signs.
      const strange = yield* me(yield* issuer.token("will smith\r\nx: y"))
      assert.deepInclude(strange.json, { ...problem, subject: "will smith\r\nx: y" })
      const deactivated = yield* me(yield* issuer.token("dead"))
      assert.deepInclude(deactivated.json, { type: "urn:popug:problem:deactivated-actor", status: 403 })
    }).pipe(Effect.provide(server))
  )

  it.effect("of somebody deactivated just now lets nobody in either", () =>
    Effect.gen(function* () {
      const token = yield* (yield* Issuer).token("will")
      assert.strictEqual((yield* me(token)).status, 200)
      const users = yield* Users
      yield* users.update({ _tag: "System" }, { id: "will", status: "deactivated" })
      assert.strictEqual((yield* me(token)).json.type, "urn:popug:problem:deactivated-actor")
    }).pipe(Effect.provide(server))
  )
})

describe("the provider's keys", () => {
  it.effect("are asked for once, and again when a token names a new one", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      yield* me(yield* issuer.token("will"))
      yield* me(yield* issuer.token("olga"))
      assert.strictEqual(issuer.asked(), 1)
      yield* issuer.rotate()
      // jose looks at the wall clock: half a minute must pass before it asks again.
      const early = yield* me(yield* issuer.token("will"))
      assert.strictEqual(early.json.detail, "the issuer has no such key")
      assert.strictEqual(issuer.asked(), 1)
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 })
      const late = yield* me(yield* issuer.token("will")).pipe(Effect.ensuring(Effect.sync(() => vi.useRealTimers())))
      assert.strictEqual(late.status, 200)
      assert.strictEqual(issuer.asked(), 2)
    }).pipe(Effect.provide(server))
  )

  for (const status of [500, 302, 204, null]) {
    it.effect(`that can't be had (${status ?? "hung up"}) are no reason to refuse anybody for good`, () =>
      Effect.gen(function* () {
        const issuer = yield* Issuer
        issuer.answer(status)
        const token = yield* issuer.token("will")
        const answer = yield* me(token)
        assert.strictEqual(answer.status, 503)
        assert.strictEqual(answer.json.type, "urn:popug:problem:unavailable")
        assert.strictEqual(answer.headers.get("retry-after"), "1")
        assert.notInclude(answer.text, issuer.url)
        issuer.answer(200)
        assert.strictEqual((yield* me(token)).status, 200)
        // Whoever is known stays so.
        issuer.answer(status)
        assert.strictEqual((yield* me(token)).status, 200)
      }).pipe(Effect.provide(server))
    )
  }

  it.effect("that can't be had are said to be away once, and back once, however many ask", () => {
    const log: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void log.push(String([message].flat()[0])))
    return Effect.gen(function* () {
      const issuer = yield* Issuer
      const ask = Effect.flatMap(issuer.token("will"), me)
      issuer.answer(500)
      for (let times = 0; times < 20; times++) yield* ask
      issuer.answer(200)
      assert.strictEqual((yield* ask).status, 200)
      yield* TestClock.adjust("1 minute")
      yield* ask
      assert.deepStrictEqual(
        log.filter((line) => line.includes("the keys of the identity provider could not be had")),
        [
          "the keys of the identity provider could not be had; it is tried again until it works",
          "it works again after 20 failures: the keys of the identity provider could not be had"
        ]
      )
    }).pipe(Effect.provide(server.pipe(Layer.provideMerge(Logger.layer([logger])))))
  })

  it.effect("are not asked for by tokens that can't hold anyway", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      yield* me(undefined)
      yield* me("x.y.z")
      yield* me(yield* bad["without an algorithm"]!.token)
      yield* me(yield* bad["signed with the public key as a secret (PEM)"]!.token)
      assert.strictEqual(issuer.asked(), 0)
    }).pipe(Effect.provide(server))
  )
})
