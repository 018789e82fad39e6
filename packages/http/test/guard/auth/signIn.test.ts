/** Who a token's subject is in the company, and what sign-in writes. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, EventLog, Users } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Bell } from "../../../src/bell/Bell.ts"
import type * as Oidc from "../../../src/server/guard/auth/Oidc.ts"
import * as SignIn from "../../../src/server/guard/auth/SignIn.ts"
import { Drain } from "../../../src/server/platform/Drain.ts"
import * as PopugHttp from "../../../src/server/PopugHttp.ts"
import { Issuer, type TokenOptions } from "../../support/issuer.ts"
import * as Server from "../../support/server.ts"

const routes = PopugHttp.layer({ limits: { perUser: null, perAddress: null }, timeLimit: null }).pipe(
  Layer.provide([Drain.layer, Bell.layer])
)
const server = (options: Partial<Oidc.Options> = {}) => Server.layerWith(Server.layerOidcWith(options), routes)

const me = Effect.fnUntraced(function* (subject: string, token: TokenOptions = {}) {
  return yield* Server.request("GET", "/v1/users/me", { token: yield* (yield* Issuer).token(subject, token) })
})
const asAdmin = (method: string, path: string, body?: unknown) => Server.request(method, path, { as: "ann", body })

/** Subjects as providers spell them. */
const subjects = ["_f2Z-8", "-dash", "auth0|62f1", "a@b.example", "x+y/z==", "Will", "wi\u0301ll", "w\u00edll", "用户"]

/** Opens a feed of tasks with a token, and reads it while time passes. */
const follow = Effect.fnUntraced(function* (token: string) {
  const { url } = yield* Server.TestServer
  const opened = yield* Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  )
  const response = yield* Effect.promise(() =>
    fetch(`${url}/v1/events/feed?source=tasks`, {
      headers: { authorization: `Bearer ${token}` },
      signal: opened.signal
    })
  )
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const until = (found: (text: string) => boolean) =>
    Effect.promise(async () => {
      let text = ""
      while (!found(text)) {
        const { done, value } = await reader.read()
        if (done) return text
        text += value
      }
      return text
    }).pipe(Effect.raceFirst(Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Server.nextTurn))))
  return { until: (word: string) => until((text) => text.includes(word)), untilEnd: until(() => false) }
})

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

  it.effect("ends the feeds that it opened when it is taken away, and no others", () =>
    Effect.gen(function* () {
      const { token, url: issuer } = yield* Issuer
      const identity = (subject: string) => ({ issuer, subject })
      yield* asAdmin("PATCH", "/v1/users/max", { identities: [identity("one"), identity("two")] })
      const lost = yield* follow(yield* token("one"))
      const kept = yield* follow(yield* token("two"))
      yield* asAdmin("PATCH", "/v1/users/max", { identities: [identity("two")] })
      yield* asAdmin("POST", "/v1/tasks", { title: "after" })
      assert.notInclude(yield* lost.untilEnd, "after")
      assert.include(yield* kept.until("after"), "after")
    }).pipe(Effect.scoped, Effect.provide(server()))
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

  it.effect("of one token are written once, whenever it is verified anew: what an admin changes by hand stays", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer
      const users = yield* Users
      const ask = (token: string) => Server.request("GET", "/v1/users/me", { token })
      const claims = { groups: ["bosses"] }
      for (const [id, more] of [
        ["will", {}],
        ["olga", { iat: undefined }]
      ] as const) {
        const token = yield* issuer.token(id, { claims: { ...claims, ...more }, expiresIn: 3_600 })
        assert.deepStrictEqual((yield* ask(token)).json.roles, ["admin"])
        yield* users.update(Actor.system, { id, roles: ["worker"] })
        // Longer than a token that held is remembered.
        yield* TestClock.adjust("6 minutes")
        assert.deepStrictEqual((yield* ask(token)).json.roles, ["worker"])
      }
      const newer = yield* issuer.token("will", { claims })
      assert.deepStrictEqual((yield* ask(newer)).json.roles, ["admin"])
    }).pipe(Effect.provide(server({ roles })))
  )

  it.effect("of two tokens at once are those of the newer one, however long a write takes", () =>
    Effect.gen(function* () {
      const users = yield* Users
      const held = yield* Deferred.make<void>()
      const begun = yield* Deferred.make<void>()
      const { url: issuer } = yield* Issuer
      const people = yield* SignIn.here.pipe(
        Effect.provideService(Users, {
          ...users,
          update: (actor, change, options) =>
            (change as { roles: ReadonlyArray<string> }).roles.includes("admin")
              ? Deferred.succeed(begun, undefined).pipe(
                  Effect.andThen(Deferred.await(held)),
                  Effect.andThen(users.update(actor, change, options))
                )
              : users.update(actor, change, options)
        })
      )
      const resolve = SignIn.make({ roles }, people)
      const signIn = (iat: number, word: string) =>
        resolve({ issuer, subject: "will", payload: { sub: "will", iat, groups: [word] } }, true)
      const older = yield* Effect.forkChild(signIn(1, "bosses"))
      yield* Deferred.await(begun)
      const newer = yield* Effect.forkChild(signIn(2, "leads"))
      for (let turn = 0; turn < 20; turn += 1) yield* Effect.yieldNow
      yield* Deferred.succeed(held, undefined)
      yield* Fiber.joinAll([older, newer])
      assert.deepStrictEqual((yield* users.get(Actor.system, "will")).roles, ["manager"])
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
