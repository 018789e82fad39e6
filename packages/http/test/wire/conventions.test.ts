/** The conventions of the wire, over a real socket and all that stands around the handlers. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, StoreError, Tasks, TaskStore, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Api } from "../../src/api/Api.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import { Bell } from "../../src/bell/Bell.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as PopugHttp from "../../src/server/PopugHttp.ts"
import { layer as layerIssuer } from "../support/issuer.ts"
import * as Server from "../support/server.ts"

const { request } = Server
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  request("GET", path, { as: "ann", headers })

const make = (count: number, from = 0) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      Actor.system,
      Array.from({ length: count }, (_, at) => ({ id: `t-${String(from + at).padStart(3, "0")}`, title: "Mend" }))
    )
  )

const corrupt = new StoreError({
  reason: "Corrupt",
  retryable: false,
  committed: "no",
  message: "SELECT secret FROM tasks"
})

/** Every object in a body of JSON. */
const objectsIn = (value: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  if (typeof value !== "object" || value === null) return []
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Readonly<Record<string, unknown>>, ...inner]
}

describe("names", () => {
  const paths = Object.keys(openapi(Api).paths)

  it("of paths are in lower case with dashes, under a version", () => {
    for (const path of paths.filter((path) => !/^\/(livez|readyz)$/u.test(path))) {
      assert.match(path, /^\/v1(\/([a-z]+(-[a-z]+)*(\.[a-z]+)?|\{[a-z][a-zA-Z]*\}))+$/u)
    }
  })

  it.effect("of fields are in camelCase, and amounts are text of minor units with their currency", () =>
    Effect.gen(function* () {
      yield* make(3)
      yield* Server.settle
      yield* request("POST", "/v1/tasks/t-000/complete", { as: "ann" })
      yield* Server.toDay(1)
      yield* Server.endDay
      let amounts = 0
      for (const path of paths.filter(
        (path) => !/export|feed|catalog|batch|complete|shuffle|registration|\/v1\/events|\{consumer\}/u.test(path)
      )) {
        const asked = path
          .replace("{id}", path.includes("users") ? "ann" : "t-000")
          .replace("{task}", "t-000")
          .replace("{owner}", "dora")
          .replace("{period}", path.includes("preview") ? "current" : "2026-11-23")
        const range = path.includes("statement") ? "?from=2026-11-23&to=2026-11-24" : ""
        const answer = yield* get(`${asked}${range || (path.endsWith("balances") ? "?period=2026-11-23" : "")}`)
        if (answer.status === 404 || answer.status === 405) continue
        assert.strictEqual(answer.status, 200, `${asked} ${answer.text}`)
        for (const object of objectsIn(answer.json)) {
          // `_tag` is what tells variants apart, as in the events.
          for (const name of Object.keys(object)) assert.match(name, /^(_tag|[a-z][a-zA-Z]*)$/u, path)
          // The company says once what it reckons in.
          if (!("currency" in object) || path === "/v1/company") continue
          amounts += 1
          assert.deepStrictEqual(Object.keys(object).sort(), ["amount", "currency"], path)
          assert.match(String(object["amount"]), /^(0|-?[1-9]\d*)$/u, path)
          assert.isString(object["amount"], path)
          assert.strictEqual(object["currency"], "USD", path)
        }
      }
      assert.isAbove(amounts, 20)
    }).pipe(Effect.provide(Server.layerPopug()))
  )
})

describe("a list", () => {
  it.effect("is walked once, row by row, while others add to it", () =>
    Effect.gen(function* () {
      yield* make(20)
      const seen: Array<string> = []
      let cursor = ""
      for (let added = 100; ; added += 2) {
        const { json, status } = yield* get(`/v1/tasks?limit=3${cursor}`)
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(Object.keys(json).sort(), ["data", "hasMore", "nextCursor"])
        seen.push(...json.data.map(({ id }: { readonly id: string }) => id))
        assert.strictEqual(json.hasMore, json.nextCursor !== null)
        if (!json.hasMore) break
        assert.match(json.nextCursor, /^[A-Za-z0-9_-]+$/u)
        cursor = `&cursor=${json.nextCursor}`
        // Some before the place where the walk is, some after.
        if (added < 106)
          yield* Effect.flatMap(Tasks, (tasks) => tasks.create(Actor.system, [{ id: `a-${added}`, title: "Early" }]))
        if (added < 106) yield* make(1, added)
      }
      assert.strictEqual(new Set(seen).size, seen.length)
      assert.deepStrictEqual(seen, [...seen].sort())
      assert.deepStrictEqual(
        seen.filter((id) => id.startsWith("t-")),
        [...Array.from({ length: 20 }, (_, at) => `t-${String(at).padStart(3, "0")}`), "t-100", "t-102", "t-104"]
      )
    }).pipe(Effect.provide(Server.layerPopug()))
  )

  it.effect("has pages of 1 to 100 rows, 50 by default", () =>
    Effect.gen(function* () {
      yield* make(101)
      const rows = (query: string) =>
        Effect.map(get(`/v1/tasks${query}`), ({ json, status }) => [status, json.data?.length])
      assert.deepStrictEqual(yield* rows(""), [200, 50])
      assert.deepStrictEqual(yield* rows("?limit=1"), [200, 1])
      assert.deepStrictEqual(yield* rows("?limit=100"), [200, 100])
      for (const limit of ["0", "-1", "101", "1.5", "1e3", "", "x"]) {
        assert.deepStrictEqual(yield* rows(`?limit=${limit}`), [400, undefined], limit)
      }
    }).pipe(Effect.provide(Server.layerPopug()))
  )
})

const placesOf = ({ json }: Server.Answer): ReadonlyArray<string> =>
  json.errors.map(({ path }: { readonly path: ReadonlyArray<unknown> }) => path.join("."))

it.effect("all that is wrong with a request is named at once, each with its place", () =>
  Effect.gen(function* () {
    const answer = yield* request("POST", "/v1/users/batch", {
      as: "ann",
      body: { users: [{ id: "a b", name: "", roles: [], salary: 1 }, { name: 7 }] }
    })
    assert.strictEqual(answer.status, 400)
    assert.strictEqual(answer.json.type, "urn:popug:problem:invalid-input")
    assert.deepStrictEqual([...new Set(placesOf(answer))].sort(), [
      "payload.users.0.id",
      "payload.users.0.name",
      "payload.users.0.roles",
      "payload.users.0.salary",
      "payload.users.1.name",
      "payload.users.1.roles"
    ])
    const query = yield* get("/v1/billing/accounts/dora/statement?limit=x&from=yesterday&to=tomorrow")
    assert.deepStrictEqual([...new Set(placesOf(query))].sort(), ["query.from", "query.limit", "query.to"])
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a store that breaks is a problem of 500, which says nothing of the store", () => {
  const failing = Layer.effect(
    TaskStore,
    Effect.map(TaskStore, (store) => ({
      ...store,
      get: () => Effect.fail(corrupt)
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return Effect.gen(function* () {
    const answer = yield* get("/v1/tasks/t-000", { "x-request-id": "mine" })
    assert.strictEqual(answer.status, 500)
    assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
    assert.deepInclude(answer.json, { type: "about:blank", status: 500, requestId: "mine" })
    assert.notMatch(answer.text, /secret|select|store|\.ts|\bat \S+ \(/iu)
    assert.strictEqual((yield* get("/v1/users/me")).status, 200)
  }).pipe(Effect.provide(Server.layerPopug({ ports: failing as typeof Memory.layer })))
})

it.effect("of many changes under one entity tag a single one is made", () =>
  Effect.gen(function* () {
    yield* make(1)
    const etag = (yield* get("/v1/tasks/t-000")).headers.get("etag")!
    for (const [path, field, tag] of [
      ["/v1/tasks/t-000", "title", etag],
      ["/v1/users/dora", "name", (yield* get("/v1/users/dora")).headers.get("etag")!]
    ] as const) {
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, (_, at) =>
          request("PATCH", path, { as: "ann", body: { [field]: `Change ${at}` }, headers: { "if-match": tag } })
        ),
        { concurrency: "unbounded" }
      )
      const made = answers.filter(({ status }) => status === 200)
      assert.strictEqual(made.length, 1)
      assert.strictEqual(answers.filter(({ status }) => status === 412).length, 19)
      const now = yield* get(path)
      assert.strictEqual(now.text, made[0]!.text)
      assert.strictEqual(now.headers.get("etag"), made[0]!.headers.get("etag"))
      assert.notStrictEqual(now.headers.get("etag"), tag)
    }
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("who has it already gets 304 and no body, until it changes", () =>
  Effect.gen(function* () {
    yield* make(1)
    for (const path of ["/v1/tasks/t-000", "/v1/users/dora"]) {
      const first = yield* get(path)
      const tag = first.headers.get("etag")!
      for (const header of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const again = yield* get(path, { "if-none-match": header })
        assert.deepStrictEqual([again.status, again.text, again.headers.get("etag")], [304, "", tag], header)
        assert.isNull(again.headers.get("content-type"))
      }
      assert.strictEqual((yield* get(path, { "if-none-match": `"other"` })).status, 200)
      yield* request("PATCH", path, { as: "ann", body: path.includes("tasks") ? { title: "New" } : { name: "New" } })
      assert.strictEqual((yield* get(path, { "if-none-match": tag })).status, 200)
    }
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("who is deactivated is out with the answer that says so", () =>
  Effect.gen(function* () {
    assert.strictEqual((yield* request("GET", "/v1/users/me", { as: "will" })).status, 200)
    const body = { status: "deactivated" }
    assert.strictEqual((yield* request("PATCH", "/v1/users/will", { as: "ann", body })).status, 200)
    for (const [method, path] of [
      ["GET", "/v1/users/me"],
      ["GET", "/v1/tasks?assignee=me"],
      ["GET", "/v1/billing/accounts/me"],
      ["GET", "/v1/events/feed?source=tasks"],
      ["POST", "/v1/tasks/shuffle"]
    ] as const) {
      const answer = yield* request(method, path, { as: "will" })
      assert.deepStrictEqual([answer.status, answer.json.type], [403, "urn:popug:problem:deactivated-actor"], path)
    }
    yield* request("PATCH", "/v1/users/will", { as: "ann", body: { status: "active" } })
    assert.strictEqual((yield* request("GET", "/v1/users/me", { as: "will" })).status, 200)
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a key is remembered by the store: a server that was started anew gives the same answer", () =>
  Effect.gen(function* () {
    const ports = Layer.succeedContext(yield* Layer.build(Memory.layer))
    const server = () =>
      Server.serve(
        PopugHttp.layer({ limits: { perUser: null, perAddress: null }, timeLimit: null }).pipe(
          Layer.provide([Drain.layer, Bell.layer])
        )
      ).pipe(
        Layer.provideMerge(Server.layerOidc),
        Layer.provideMerge(layerIssuer),
        Layer.provideMerge(Server.layerCompany({ ports: ports as typeof Memory.layer }))
      )
    const create = (title = "Mend the roof") =>
      request("POST", "/v1/tasks", { as: "ann", body: { title }, headers: { "idempotency-key": "k1" } })
    const first = yield* Effect.gen(function* () {
      yield* (yield* Users).create(Actor.system, [{ id: "ann", name: "Ann", roles: ["admin"] }])
      yield* Server.settle
      return yield* create()
    }).pipe(Effect.provide(server(), { local: true }))
    assert.strictEqual(first.status, 201)
    yield* Effect.gen(function* () {
      const again = yield* create()
      assert.deepStrictEqual([again.status, again.text], [201, first.text])
      for (const name of ["etag", "location"]) assert.strictEqual(again.headers.get(name), first.headers.get(name))
      assert.strictEqual((yield* create("Paint the fence")).status, 422)
      assert.strictEqual((yield* get("/v1/tasks")).json.data.length, 1)
    }).pipe(Effect.provide(server(), { local: true }))
  }).pipe(Effect.scoped)
)
