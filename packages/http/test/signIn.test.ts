/** Who a token's subject is in the company, and what sign-in writes. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, EventLog, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type * as Oidc from "../src/server/auth/Oidc.ts"
import * as PopugHttp from "../src/server/PopugHttp.ts"
import { Drain } from "../src/server/platform/Drain.ts"
import { Wake } from "../src/server/feed/Wake.ts"
import * as Layer from "effect/Layer"
import { Issuer, type TokenOptions } from "./support/issuer.ts"
import * as Server from "./support/server.ts"

const routes = PopugHttp.layer({ limits: { perUser: null, perAddress: null }, timeLimit: null }).pipe(
  Layer.provide([Drain.layer, Wake.layer])
)
const server = (options: Partial<Oidc.Options> = {}) => Server.layerWith(Server.layerOidcWith(options), routes)

const me = Effect.fnUntraced(function* (subject: string, token: TokenOptions = {}) {
  return yield* Server.request("GET", "/v1/users/me", { token: yield* (yield* Issuer).token(subject, token) })
})
const asAdmin = (method: string, path: string, body?: unknown) => Server.request(method, path, { as: "ann", body })

/** Subjects as providers spell them. */
const subjects = ["_f2Z-8", "-dash", "auth0|62f1", "a@b.example", "x+y/z==", "Will", "wi\u0301ll", "w\u00edll", "用户"]

describe("a user's identity", () => {
  it.effect("signs them in, whatever the provider calls them, and nobody of another spelling", () =>
    Effect.gen(function* () {
      const { url: issuer } = yield* Issuer
      for (const [index, subject] of subjects.entries()) {
        const made = yield* asAdmin("POST", "/v1/users", {
          id: `u${index}`,
          name: "U",
          roles: ["worker"],
          identities: [{ issuer, subject }]
        })
        assert.deepStrictEqual([made.status, made.json.identities], [201, [{ issuer, subject }]])
      }
      for (const [index, subject] of subjects.entries()) {
        const answer = yield* me(subject)
        assert.deepStrictEqual([answer.status, answer.json.id], [200, `u${index}`], subject)
        // Their own eyes see what is theirs to see: not what admins keep of them.
        assert.notProperty(answer.json, "identities")
      }
      for (const near of ["_F2Z-8", "auth0|62F1", "x+y/z=", "WILL"]) {
        assert.strictEqual((yield* me(near)).json.type, "urn:popug:problem:unknown-subject", near)
      }
    }).pipe(Effect.provide(server()))
  )

  it.effect("is one user's alone, and can be given from one to another", () =>
    Effect.gen(function* () {
      const { url: issuer } = yield* Issuer
      const identity = { issuer, subject: "_f2Z-8" }
      const given = yield* asAdmin("PATCH", "/v1/users/olga", { identities: [identity] })
      assert.strictEqual(given.status, 200)
      const taken = yield* asAdmin("PATCH", "/v1/users/will", { identities: [identity] })
      assert.strictEqual(taken.status, 409)
      assert.deepInclude(taken.json, { type: "urn:popug:problem:identity-taken", ...identity, id: "olga" })
      assert.strictEqual((yield* me("_f2Z-8")).json.id, "olga")
      yield* asAdmin("PATCH", "/v1/users/olga", { identities: [] })
      assert.strictEqual((yield* me("_f2Z-8")).status, 403)
      yield* asAdmin("PATCH", "/v1/users/will", { identities: [identity] })
      assert.strictEqual((yield* me("_f2Z-8")).json.id, "will")
    }).pipe(Effect.provide(server()))
  )

  it.effect("of another issuer with the same subject is another", () =>
    Effect.gen(function* () {
      yield* asAdmin("PATCH", "/v1/users/ann", { identities: [{ issuer: "https://else.example", subject: "s1" }] })
      assert.strictEqual((yield* me("s1")).json.type, "urn:popug:problem:unknown-subject")
    }).pipe(Effect.provide(server()))
  )

  it.effect("keeps a subject that equals their id from being taken for them", () =>
    Effect.gen(function* () {
      const { url: issuer } = yield* Issuer
      assert.strictEqual((yield* me("olga")).json.id, "olga")
      yield* asAdmin("PATCH", "/v1/users/olga", { identities: [{ issuer, subject: "8f14" }] })
      assert.strictEqual((yield* me("olga")).json.type, "urn:popug:problem:unknown-subject")
      assert.strictEqual((yield* me("8f14")).json.id, "olga")
    }).pipe(Effect.provide(server()))
  )

  it.effect("is the only way in where the host wants so", () =>
    Effect.gen(function* () {
      const { url: issuer } = yield* Issuer
      const users = yield* Users
      yield* users.update(Actor.system, { id: "will", identities: [{ issuer, subject: "8f14" }] })
      assert.strictEqual((yield* me("8f14")).json.id, "will")
      assert.strictEqual((yield* me("olga")).json.type, "urn:popug:problem:unknown-subject")
    }).pipe(Effect.provide(server({ identitiesOnly: true })))
  )

  it.effect("is seen by admins alone: in lists, one by one, and in the events", () =>
    Effect.gen(function* () {
      const identities = [{ issuer: "https://id.example", subject: "secret-subject" }]
      yield* asAdmin("PATCH", "/v1/users/will", { identities })
      assert.deepStrictEqual((yield* asAdmin("GET", "/v1/users/will")).json.identities, identities)
      for (const path of ["/v1/users", "/v1/users/will", "/v1/events?source=users&limit=100"]) {
        assert.include((yield* Server.request("GET", path, { as: "ann" })).text, "secret-subject", path)
        const { status, text } = yield* Server.request("GET", path, { as: "max" })
        assert.strictEqual(status, 200, path)
        assert.notInclude(text, "secret-subject", path)
      }
      assert.notInclude((yield* Server.request("GET", "/v1/users/me", { as: "will" })).text, "secret-subject")
    }).pipe(Effect.provide(server()))
  )
})

describe("provisioning", () => {
  it.effect("makes a user of an unknown subject once, however many requests bring it", () =>
    Effect.gen(function* () {
      const token = { claims: { name: "Zoe" } }
      const answers = yield* Effect.all(
        [1, 2, 3, 4].map(() => me("auth0|zoe", token)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(answers.map(({ json }) => json.id)).size, 1)
      assert.deepInclude(answers[0]!.json, { name: "Zoe", roles: ["worker"], status: "active" })
      const { answer } = yield* (yield* Users).update(Actor.system, { id: answers[0]!.json.id, status: "deactivated" })
      assert.strictEqual(answer.status, "deactivated")
      assert.strictEqual((yield* me("auth0|zoe", token)).json.type, "urn:popug:problem:deactivated-actor")
      // A name that is none gives way to the subject.
      assert.strictEqual((yield* me("auth0|bea", { claims: { name: "\u3164" } })).json.name, "auth0|bea")
      assert.strictEqual((yield* me("will")).json.id, "will")
    }).pipe(Effect.provide(server({ provision: {} })))
  )
})

describe("roles from claims", () => {
  const roles = { claim: "groups", map: { bosses: ["admin"], leads: ["manager"] } }

  it.effect("are written by `user.update` at sign-in, as the system's act, by what the map says alone", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const before = yield* log.last("users")
      assert.deepStrictEqual((yield* me("will", { claims: { groups: ["leads", "admin", "x"] } })).json.roles, [
        "manager"
      ])
      const [event, ...more] = yield* log.read("users", before, 10)
      assert.deepInclude(event, { type: "user.updated", actor: "system" })
      assert.deepStrictEqual(more, [])
      assert.deepStrictEqual((yield* me("will", { claims: {}, issuedIn: 1 })).json.roles, ["manager"])
      assert.deepStrictEqual((yield* me("will", { claims: { groups: "x bosses" }, issuedIn: 2 })).json.roles, ["admin"])
      assert.deepStrictEqual((yield* me("will", { claims: { groups: [] }, issuedIn: 3 })).json.roles, ["worker"])
    }).pipe(Effect.provide(server({ roles })))
  )

  it.effect("of an older token do not come back", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      const old = yield* issuer.token("will", { claims: { groups: ["bosses"] } })
      const ask = (token: string) => Server.request("GET", "/v1/users/me", { token })
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual((yield* me("will", { claims: { groups: ["leads"] } })).json.roles, ["manager"])
      assert.deepStrictEqual((yield* ask(old)).json.roles, ["manager"])
      // A known token is no new sign-in: what an admin changes meanwhile stays.
      yield* (yield* Users).update(Actor.system, { id: "will", roles: ["worker"] })
      assert.deepStrictEqual((yield* ask(old)).json.roles, ["worker"])
    }).pipe(Effect.provide(server({ roles })))
  )
})
