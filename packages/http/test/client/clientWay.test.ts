/** The typed client on its way through proxies, and from a page of another origin. */
import { assert, describe, it } from "@effect/vitest"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { fetchFrom } from "../support/browser.ts"
import { clients, type Connected, live, ticking, tokenOf } from "../support/connect.ts"
import * as Proxy from "../support/proxy.ts"
import * as Server from "../support/server.ts"

const origin = "https://popug.example"
const server = Server.layerPopug({}, { origins: [origin] })
const limited = Server.layerPopug({ limits: { perUser: 2, perAddress: null } }, { origins: [origin], maxBodySize: 64 })

interface Created {
  readonly change: string
  readonly title: string
}

/** Follows what is written meanwhile, with the titles that come. */
const followed = (client: Connected) =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    const titles = ["Mend the roof", "Čeho je moc, \u{1f6e0} toho je příliš", "x".repeat(400)]
    yield* tasks.create(Actor.system, [{ title: titles[0]! }])
    const listening = yield* client
      .follow({ source: "tasks", after: 0 })
      .pipe(Stream.take(6), Stream.runCollect, Effect.forkChild)
    const poll = yield* ticking
    yield* Effect.sleep("50 millis")
    yield* tasks.create(Actor.system, [{ title: titles[1]! }, { title: titles[2]! }])
    const events = yield* Fiber.join(listening)
    yield* Fiber.interrupt(poll)
    const created = events.map(({ data }) => data as Created).filter(({ change }) => change === "created")
    assert.deepStrictEqual(
      created.map(({ title }) => title),
      titles
    )
    assert.deepStrictEqual(
      events.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6]
    )
  })

describe.each(clients)("the client %s", (_, connect) => {
  it.effect("a proxy that drops headers, gathers, and cuts elsewhere changes nothing for the client", () =>
    Effect.gen(function* () {
      const { url } = yield* Server.TestServer
      const client = yield* connect("ann", { baseUrl: yield* Proxy.make(url) })
      yield* followed(client)
      const { body, headers } = yield* client.tasks.create({ payload: { title: "Sweep" }, headers: {} })
      assert.deepStrictEqual([body.title, headers.etag, headers.location], ["Sweep", undefined, undefined])
      const table = yield* client.billing
        .auditLogCsv({ query: { owner: "me" } })
        .pipe(Effect.flatMap(({ body: bytes }) => Stream.mkString(Stream.decodeText(bytes))))
      assert.match(table, /transfer,period/u)
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )

  it.effect("a page of an allowed origin follows, changes and reads all that the client needs", () =>
    Effect.gen(function* () {
      const client = yield* connect("ann", { retries: 0, fetch: fetchFrom(origin) })
      yield* followed(client)
      const { body, headers } = yield* client.tasks.create({ payload: { title: "Sweep" }, headers: {} })
      assert.strictEqual(headers.location, `/v1/tasks/${body.id}`)
      const edited = yield* client.tasks.edit({
        params: { id: body.id },
        headers: { "if-match": headers.etag! },
        payload: { title: "Sweep well" }
      })
      assert.strictEqual(edited.body.title, "Sweep well")
      assert.isUndefined(
        yield* client.tasks.get({ params: { id: body.id }, headers: { "if-none-match": edited.headers.etag! } })
      )
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )
})

it.effect("a page of an allowed origin can read every refusal", () =>
  Effect.gen(function* () {
    const { url } = yield* Server.TestServer
    const page = fetchFrom(origin)
    const token = yield* tokenOf("olga")
    const authorization = `Bearer ${token}`
    const json = { "content-type": "application/json" }
    const call = (path: string, init: RequestInit = {}) =>
      Effect.map(
        Effect.promise((signal) => page(`${url}${path}`, { signal, ...init })),
        ({ headers, status }) => ({ status, headers })
      )
    const statusOf = (path: string, init?: RequestInit) => Effect.map(call(path, init), ({ status }) => status)
    const unsigned = yield* call("/v1/tasks")
    assert.deepStrictEqual([unsigned.status, unsigned.headers.get("www-authenticate")], [401, 'Bearer realm="popug"'])
    assert.strictEqual(yield* statusOf("/v1/nothing"), 404)
    assert.strictEqual(yield* statusOf("/v1/tasks", { method: "DELETE" }), 405)
    const post = { method: "POST", headers: { ...json, authorization } }
    assert.strictEqual(yield* statusOf("/v1/tasks", { ...post, body: JSON.stringify({ title: "x".repeat(99) }) }), 413)
    const plain = { method: "POST", headers: { authorization, "content-type": "text/plain" } }
    assert.strictEqual(yield* statusOf("/v1/tasks", { ...plain, body: "title" }), 415)
    const busy = yield* call("/v1/tasks", { headers: { authorization } })
    assert.strictEqual(busy.status, 429)
    assert.isNotNull(busy.headers.get("retry-after"))
  }).pipe(live, Effect.scoped, Effect.provide(limited))
)

it.effect("a packed body is refused with the headers of CORS as well", () =>
  Effect.gen(function* () {
    const refused = yield* Server.request("POST", "/v1/tasks", {
      as: "ann",
      headers: { origin, "content-encoding": "gzip" },
      body: { title: "Sweep" }
    })
    assert.deepStrictEqual([refused.status, refused.headers.get("access-control-allow-origin")], [415, origin])
  }).pipe(Effect.provide(server))
)
