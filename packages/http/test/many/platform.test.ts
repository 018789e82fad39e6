/** `/v1/companies`: what the operator of a server of many companies does with them. */
import { assert, it } from "@effect/vitest"
import { Money, UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { platform } from "../../src/client/index.ts"
import * as promises from "../../src/promises/index.ts"
import { Issuer } from "../support/issuer.ts"
import * as Many from "../support/many.ts"
import { request, type RequestOptions, TestServer } from "../support/server.ts"

const problem = (name: string) => `urn:popug:problem:${name}`

const ask = (method: string, path: string, body?: unknown) =>
  request(method, `/v1/companies${path}`, { token: Many.operator, ...(body === undefined ? {} : { body }) })

const nest = {
  id: "nest",
  timeZone: "Europe/Prague",
  currency: Money.Currency.make("CZK"),
  admin: { id: UserId.make("nina"), name: "Nina" }
}

it.effect("a company is opened with its first admin, and they do the rest", () =>
  Effect.gen(function* () {
    const opened = yield* ask("POST", "", nest)
    assert.strictEqual(opened.status, 201, opened.text)
    assert.deepStrictEqual(opened.json, {
      id: "nest",
      database: "main",
      status: "open",
      timeZone: "Europe/Prague",
      cutoff: "00:00",
      currency: "CZK",
      closing: "automatic",
      longestJump: 31
    })
    const nina: RequestOptions = { as: "nina" }
    const hired = yield* request("POST", "/c/nest/v1/users", { ...nina, body: { name: "Olga", roles: ["worker"] } })
    assert.strictEqual(hired.status, 201, hired.text)
    const made = yield* request("POST", "/c/nest/v1/tasks", { ...nina, body: { title: "Mend the nest" } })
    assert.strictEqual(made.json.assignee, hired.json.id)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("opened again the same, nothing changes; with other content it is refused", () =>
  Effect.gen(function* () {
    const { url } = yield* Issuer
    const identities = [{ issuer: url, subject: "sub-of-nina" }]
    const asked = { ...nest, admin: { ...nest.admin, identities } }
    const first = yield* ask("POST", "", asked)
    const again = yield* ask("POST", "", asked)
    assert.deepStrictEqual([again.status, again.json], [201, first.json])
    assert.strictEqual((yield* request("GET", "/c/nest/v1/users/me", { as: "sub-of-nina" })).json.id, "nina")
    for (const other of [
      { ...asked, currency: "EUR" },
      { ...asked, admin: { ...asked.admin, name: "Somebody" } },
      { ...asked, admin: { id: "somebody" } }
    ]) {
      const refused = yield* ask("POST", "", other)
      assert.strictEqual(refused.status, 409, refused.text)
      assert.strictEqual(refused.json.type, "urn:popug:problem:company-already-exists")
      assert.deepStrictEqual(refused.json.companies, ["nest"])
    }
    const users = yield* request("GET", "/c/nest/v1/users", { as: "sub-of-nina" })
    assert.strictEqual(users.json.data.length, 1)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("an opening that broke off before its admin was made is finished by the same request", () =>
  Effect.gen(function* () {
    yield* Many.open([{ id: "nest", timeZone: "Europe/Prague", currency: "CZK" }])
    assert.strictEqual((yield* request("GET", "/c/nest/v1/users/me", { as: "nina" })).status, 403)
    assert.strictEqual((yield* ask("POST", "", nest)).status, 201)
    assert.strictEqual((yield* request("GET", "/c/nest/v1/users/me", { as: "nina" })).status, 200)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("what is wrong with an opening is said at once, and nothing is opened", () =>
  Effect.gen(function* () {
    const wrong = yield* ask("POST", "", { id: "No Id", timeZone: "Mars", currency: "XXX", admin: { id: "me" } })
    assert.strictEqual(wrong.status, 400)
    assert.isAtLeast(wrong.json.errors.length, 4)
    const elsewhere = yield* ask("POST", "", { ...nest, database: "mars" })
    assert.strictEqual(elsewhere.json.type, "urn:popug:problem:unknown-database")
    const { json } = yield* ask("GET", "")
    assert.deepStrictEqual(
      json.data.map(({ id }: { id: string }) => id),
      ["acme", "nap", "zoo"]
    )
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("companies are listed page by page, with their settings and whether they rest", () =>
  Effect.gen(function* () {
    const first = yield* ask("GET", "?limit=2")
    assert.deepStrictEqual(
      first.json.data.map(({ id, status }: { id: string; status: string }) => [id, status]),
      [
        ["acme", "open"],
        ["nap", "resting"]
      ]
    )
    const second = yield* ask("GET", `?limit=2&cursor=${encodeURIComponent(first.json.nextCursor)}`)
    assert.deepStrictEqual([second.json.data.length, second.json.hasMore], [1, false])
    assert.strictEqual((yield* ask("GET", "?cursor=rubbish")).status, 400)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("one whose record cannot be read is listed as such, and spoils no page", () =>
  Effect.gen(function* () {
    yield* Many.open([{ id: "odd-one" }])
    const { json } = yield* ask("GET", "")
    assert.deepStrictEqual(
      json.data.map(({ id, status }: { id: string; status?: string }) => [id, status]),
      [
        ["acme", "open"],
        ["nap", "resting"],
        ["odd-one", undefined],
        ["zoo", "open"]
      ]
    )
    assert.deepStrictEqual(json.data[2], { id: "odd-one", unreadable: "no such zone" })
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("how a company does is seen without anything that is in it", () =>
  Effect.gen(function* () {
    yield* request("POST", "/c/acme/v1/tasks", { as: "ann", body: { title: "Mend the roof" } })
    yield* Many.settle("acme")
    const { json, text } = yield* ask("GET", "/acme")
    assert.strictEqual(json.isInUse, true)
    assert.strictEqual(json.health.period, "2026-11-23")
    assert.strictEqual(json.health.dueAt, "2026-11-24T00:00:00.000Z")
    assert.isTrue(json.health.consumers.every(({ behind }: { behind: number }) => behind === 0))
    assert.notMatch(text, /roof|Olga|olga/u)
    assert.strictEqual((yield* ask("GET", "/fog")).json.type, "urn:popug:problem:unknown-company")
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("a company at rest is served to nobody until it is woken, and nothing of it is lost", () =>
  Effect.gen(function* () {
    const made = yield* request("POST", "/c/acme/v1/tasks", { as: "ann", body: { title: "Mend the roof" } })
    const rested = yield* ask("POST", "/acme/rest")
    assert.deepStrictEqual([rested.status, rested.json.status], [200, "resting"])
    assert.strictEqual((yield* ask("POST", "/acme/rest")).status, 200)
    const refused = yield* request("GET", `/c/acme/v1/tasks/${made.json.id}`, { as: "ann" })
    assert.strictEqual(refused.json.type, "urn:popug:problem:unknown-subject")
    assert.strictEqual((yield* request("GET", "/c/zoo/v1/tasks", { as: "ann" })).status, 200)
    assert.strictEqual((yield* ask("POST", "/acme/wake")).json.status, "open")
    assert.strictEqual((yield* request("GET", `/c/acme/v1/tasks/${made.json.id}`, { as: "ann" })).status, 200)
    assert.strictEqual((yield* ask("POST", "/fog/rest")).status, 404)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("databases are listed by name, each with whether it answers and where companies are opened", () =>
  Effect.gen(function* () {
    const { json } = yield* request("GET", "/v1/databases", { token: Many.operator })
    assert.deepStrictEqual(json, {
      data: [
        { name: "attic", isDefault: false, status: "up" },
        { name: "main", isDefault: true, status: "up" }
      ]
    })
    const opened = yield* ask("POST", "", { ...nest, database: "attic" })
    assert.strictEqual(opened.json.database, "attic")
    const { text } = yield* request("GET", "/metrics")
    assert.include(text, `popug_database_up{database="attic"} 1`)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect(
  "a company that is where it is to go has moved; one that can't go is told why, and rests until it is woken",
  () =>
    Effect.gen(function* () {
      const moved = yield* ask("POST", "/acme/move", { database: "main" })
      assert.deepInclude(moved.json, { id: "acme", database: "main", status: "open" })
      assert.deepInclude(moved.json.move, { to: "main", status: "moved", problem: null })
      assert.strictEqual((yield* ask("POST", "/fog/move", { database: "main" })).json.type, problem("unknown-company"))
      const nowhere = yield* ask("POST", "/acme/move", { database: "mars" })
      assert.deepStrictEqual([nowhere.status, nowhere.json.type], [409, problem("unknown-database")])
      assert.strictEqual((yield* ask("GET", "/acme")).json.status, "open")

      const refused = yield* ask("POST", "/acme/move", { database: "attic" })
      assert.deepStrictEqual([refused.status, refused.json.type], [409, problem("move-refused")])
      assert.include(refused.json.reason, "no way to dump")
      const after = yield* ask("GET", "/acme/move")
      assert.deepInclude(after.json, { database: "main", status: "resting" })
      assert.deepInclude(after.json.move, { to: "attic", status: "failed" })
      assert.deepInclude(after.json.move.problem, { type: problem("move-refused"), status: 409 })
      yield* ask("POST", "/acme/wake")
      assert.strictEqual((yield* request("GET", "/c/acme/v1/tasks", { as: "ann" })).status, 200)
      assert.isNull((yield* ask("GET", "/zoo/move")).json.move)
    }).pipe(Effect.provide(Many.layer()))
)

it.effect("where another node put a company to rest, a command in it is told so and does nothing", () =>
  Effect.gen(function* () {
    const create = request("POST", "/c/acme/v1/tasks", { as: "ann", body: { title: "Mend the roof" } })
    yield* create
    yield* Many.restElsewhere("acme")
    const refused = yield* create
    assert.strictEqual(refused.status, 503, refused.text)
    assert.include(refused.json.detail, "rests")
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the clients have the companies of a server, too", () =>
  Effect.gen(function* () {
    const { url } = yield* TestServer
    const plain = promises.platform({ baseUrl: url, token: Many.operator })
    const opened = yield* Effect.promise(() => plain.open({ payload: nest }))
    assert.strictEqual(opened.currency, "CZK")
    const found = yield* Effect.promise(() => plain.get({ params: { id: "nest" } }))
    assert.instanceOf(found.health?.dueAt, Date)
    const typed = yield* Effect.provide(platform({ baseUrl: url, token: Many.operator }), FetchHttpClient.layer)
    assert.deepStrictEqual(yield* typed.open({ payload: nest }), { ...opened })
    const refused = yield* Effect.flip(typed.rest({ params: { id: "fog" } }))
    assert.strictEqual(refused._tag, "UnknownCompany")
    const acme = promises.promises({ baseUrl: `${url}/c/acme`, token: yield* (yield* Issuer).token("ann") })
    assert.strictEqual((yield* Effect.promise(() => acme.company.get())).id, "acme")
  }).pipe(Effect.provide(Many.layer()))
)
