/** One address in front: requests go where they are answered, as they came, and answers come back as they are sent. */
import * as Http from "node:http"
import * as Net from "node:net"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { DevelopmentApi } from "../../src/api/Api.ts"
import { type Answering, answering, type ContextName, contexts } from "../../src/api/contexts.ts"
import * as Gateway from "../../src/server/gateway/Gateway.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"

type Listener = (request: Http.IncomingMessage, response: Http.ServerResponse) => void

/** A context that answers as a test has it. */
const upstream = (listener: Listener) =>
  Effect.acquireRelease(
    Effect.callback<Http.Server>((resume) => {
      const server = Http.createServer(listener)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

const urlOf = (server: Http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** What a context was asked, for the test to look at. */
const echo =
  (context: string): Listener =>
  async (request, response) => {
    const body = await text(request)
    const { method, url } = request
    response.setHeader("content-type", "application/json").setHeader("x-context", context)
    response.end(JSON.stringify({ context, method, url, headers: request.headers, body }))
  }

interface Given {
  readonly listeners?: Partial<Record<ContextName, Listener>>
  readonly contexts?: Partial<Record<ContextName, string | ReadonlyArray<string>>>
  readonly options?: Partial<Gateway.Options>
}

/** An address in front of four contexts, for as long as the scope is open. */
const front = Effect.fnUntraced(function* ({ contexts: urls = {}, listeners = {}, options = {} }: Given = {}) {
  const servers = yield* Effect.forEach(contexts, (name) => upstream(listeners[name] ?? echo(name)))
  const known = Object.fromEntries(contexts.map((name, index) => [name, urlOf(servers[index]!)]))
  const server = NodeServer.make()
  const built = yield* Layer.build(
    Drain.onShutdown({ server }).pipe(
      Layer.provideMerge(
        HttpRouter.serve(
          Gateway.layerDevelopment({
            limits: { perUser: null, perAddress: null },
            ...options,
            contexts: { ...(known as Record<ContextName, string>), ...urls }
          }),
          { disableLogger: true, disableListenLog: true }
        )
      ),
      Layer.provideMerge(NodeHttpServer.layer(() => server.server, { port: 0, host: "127.0.0.1" })),
      Layer.provideMerge(Drain.layer),
      Layer.provide(Memory.layer)
    )
  )
  const { address } = Context.get(built, HttpServer.HttpServer)
  return { url: HttpServer.formatAddress(address), drain: Context.get(built, Drain) }
})

const get = (url: string, init: RequestInit = {}) => Effect.promise((signal) => fetch(url, { signal, ...init }))
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
const json = (response: Response) => Effect.promise(() => response.json() as Promise<any>)

/** The paths of the contract, with something in place of each name. */
const asked = () => {
  const all: Array<{ method: string; path: string; answers: Answering; name: string }> = []
  HttpApi.reflect(DevelopmentApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint, group }) => {
      const table = answering as Readonly<Record<string, Readonly<Record<string, Answering>>>>
      all.push({
        method: endpoint.method,
        path: endpoint.path.replace(/\/$/u, "").replaceAll(/:\w+/gu, "2026-11-23"),
        answers: table[group.identifier]![endpoint.identifier]!,
        name: `${group.identifier}.${endpoint.identifier}`
      })
    }
  })
  return all
}

describe("the address in front", () => {
  it.live("sends each request of the contract to the context that answers it", () =>
    Effect.gen(function* () {
      const { url } = yield* front()
      for (const { answers, method, name, path } of asked()) {
        if (answers === "all" || answers === "self") continue
        const response = yield* get(`${url}${path}`, { method })
        const context = answers === "source" || answers === "consumer" ? "users" : answers
        assert.strictEqual(response.headers.get("x-context"), context, name)
        assert.strictEqual((yield* json(response)).url, path)
      }
    }).pipe(Effect.scoped)
  )

  it.live("finds the context by the source of events, and by the consumer that goes on", () =>
    Effect.gen(function* () {
      const { url } = yield* front()
      const contextOf = (path: string, init?: RequestInit) =>
        Effect.map(get(url + path, init), ({ headers }) => headers.get("x-context"))
      assert.strictEqual(yield* contextOf("/v1/events?source=billing&limit=1"), "billing")
      assert.strictEqual(yield* contextOf("/v1/events/feed?after=3&source=tasks"), "tasks")
      assert.strictEqual(yield* contextOf("/v1/events?source=nothing"), "users")
      const post = { method: "POST" }
      assert.strictEqual(yield* contextOf("/v1/operations/streams/billing.users/resume", post), "billing")
      assert.strictEqual(yield* contextOf("/v1/operations/streams/reports/resume", post), "reports")
    }).pipe(Effect.scoped)
  )

  it.live("says how long an answer is where the context said it, unless it packs it itself", () =>
    Effect.gen(function* () {
      const long = JSON.stringify({ title: "Мыть клетку ".repeat(500) })
      const tasks: Listener = (_, response) => {
        response.setHeader("content-type", "application/json")
        response.end(long)
      }
      const { url } = yield* front({ listeners: { tasks } })
      const plain = yield* get(`${url}/v1/tasks`, { headers: { "accept-encoding": "identity" } })
      assert.strictEqual(plain.headers.get("content-length"), String(Buffer.byteLength(long)))
      assert.isNull(plain.headers.get("transfer-encoding"))
      assert.strictEqual(yield* Effect.promise(() => plain.text()), long)
      const packed = yield* get(`${url}/v1/tasks`, { headers: { "accept-encoding": "gzip" } })
      assert.strictEqual(packed.headers.get("content-encoding"), "gzip")
      assert.strictEqual(yield* Effect.promise(() => packed.text()), long)
    }).pipe(Effect.scoped)
  )

  it.live("passes on what a request says, but what is about its connection, and who sent it", () =>
    Effect.gen(function* () {
      const { url } = yield* front()
      const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      const response = yield* get(`${url}/v1/tasks?x=a%20b`, {
        method: "POST",
        body: JSON.stringify({ title: "Мыть клетку" }),
        headers: {
          authorization: "Bearer t",
          "content-type": "application/json",
          "idempotency-key": "k-1",
          "x-request-id": "mine",
          "x-forwarded-for": "203.0.113.7",
          traceparent: trace
        }
      })
      const { body, headers, url: path } = yield* json(response)
      assert.strictEqual(path, "/v1/tasks?x=a%20b")
      assert.strictEqual(body, `{"title":"Мыть клетку"}`)
      assert.strictEqual(headers.host, new URL(url).host)
      assert.strictEqual(headers["idempotency-key"], "k-1")
      assert.strictEqual(headers["x-request-id"], "mine")
      assert.strictEqual(headers["x-forwarded-for"], "203.0.113.7, 127.0.0.1")
      assert.strictEqual(headers.authorization, "Bearer t")
      assert.match(headers.traceparent, /^00-4bf92f3577b34da6a3ce929d0e0e4736-/u)
      assert.strictEqual(response.headers.get("x-request-id"), "mine")
    }).pipe(Effect.scoped)
  )

  it.live("gives a request an id that the context has too", () =>
    Effect.gen(function* () {
      const { url } = yield* front()
      const response = yield* get(`${url}/v1/tasks`)
      const { headers } = yield* json(response)
      assert.isNotEmpty(headers["x-request-id"])
      assert.strictEqual(response.headers.get("x-request-id"), headers["x-request-id"])
    }).pipe(Effect.scoped)
  )

  it.live("gives back status, headers and problems as the context said them", () =>
    Effect.gen(function* () {
      const { url } = yield* front({
        listeners: {
          tasks: (_, response) =>
            response
              .writeHead(409, { "content-type": "application/problem+json", etag: '"1"' })
              .end(`{"type":"urn:popug:problem:changed"}`),
          users: (_, response) => response.writeHead(304, { etag: '"2"' }).end(),
          billing: (_, response) => response.writeHead(200, { "content-length": "5" }).end("hello")
        }
      })
      const conflict = yield* get(`${url}/v1/tasks/a`)
      assert.strictEqual(conflict.status, 409)
      assert.strictEqual(conflict.headers.get("etag"), '"1"')
      assert.deepStrictEqual(yield* json(conflict), { type: "urn:popug:problem:changed" })
      assert.strictEqual((yield* get(`${url}/v1/users/a`)).status, 304)
      const head = yield* get(`${url}/v1/billing/trial-balance`, { method: "HEAD" })
      assert.strictEqual(head.headers.get("content-length"), "5")
    }).pipe(Effect.scoped)
  )

  it.live("says for a context that is down which one it is, and serves the others", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(Effect.map(upstream(echo("gone")), urlOf))
      const { url } = yield* front({ contexts: { billing: gone } })
      const response = yield* get(`${url}/v1/billing/trial-balance`)
      assert.strictEqual(response.status, 503)
      assert.strictEqual(response.headers.get("retry-after"), "1")
      const problem = yield* json(response)
      assert.strictEqual(problem.type, "urn:popug:problem:unavailable")
      assert.match(problem.detail, /^billing can't be reached/u)
      assert.strictEqual(problem.title, "The server can't do this now")
      assert.strictEqual((yield* get(`${url}/v1/tasks`)).status, 200)
      assert.strictEqual((yield* get(`${url}/readyz`)).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("passes over a process that can't be reached for another of its context", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(Effect.map(upstream(echo("gone")), urlOf))
      const there = yield* Effect.map(upstream(echo("there")), urlOf)
      const { url } = yield* front({ contexts: { tasks: [gone, there] } })
      for (let times = 0; times < 4; times++) {
        const response = yield* get(`${url}/v1/tasks`, { method: "POST", body: "{}" })
        assert.strictEqual(response.headers.get("x-context"), "there")
        assert.strictEqual((yield* json(response)).body, "{}")
      }
    }).pipe(Effect.scoped)
  )

  it.live("sends no command twice when its context goes away in the middle", () =>
    Effect.gen(function* () {
      let times = 0
      const { url } = yield* front({
        listeners: {
          tasks: (request) => {
            times += 1
            request.socket.destroy()
          }
        }
      })
      const response = yield* get(`${url}/v1/tasks`, { method: "POST", body: "{}" })
      assert.strictEqual(response.status, 503)
      assert.strictEqual(times, 1)
    }).pipe(Effect.scoped)
  )

  it.live("asks a context over a connection that is kept, whatever the context answers", () =>
    Effect.gen(function* () {
      const connections = new Set<unknown>()
      const { url } = yield* front({
        listeners: {
          tasks: async (request, response) => {
            connections.add(request.socket)
            await text(request)
            response.writeHead(request.method === "GET" ? 404 : 201, { "content-type": "application/json" }).end("{}")
          }
        }
      })
      for (const init of [{}, { method: "POST", body: "{}" }, {}, { method: "POST", body: "{}" }]) {
        const response = yield* get(`${url}/v1/tasks`, init)
        assert.deepStrictEqual(yield* json(response), {})
      }
      assert.strictEqual(connections.size, 1)
    }).pipe(Effect.scoped)
  )

  it.live("says that a context can't be reached where it did not finish a short answer", () =>
    Effect.gen(function* () {
      const { url } = yield* front({
        listeners: {
          tasks: (request, response) => {
            response.writeHead(201, { "content-type": "application/json", "content-length": "20" })
            response.write(`{"id":`, () => request.socket.destroy())
          }
        }
      })
      const response = yield* get(`${url}/v1/tasks`, { method: "POST", body: "{}" })
      assert.strictEqual(response.status, 503)
      assert.match((yield* json(response)).detail, /^tasks can't be reached/u)
    }).pipe(Effect.scoped)
  )

  it.live("cuts an answer that its context did not finish: nobody takes a part for the whole", () =>
    Effect.gen(function* () {
      const { url } = yield* front({
        listeners: {
          billing: (request, response) => {
            response.writeHead(200, { "content-type": "text/csv" })
            response.write("a,b\n", () => request.socket.destroy())
          }
        }
      })
      const failed = yield* Effect.promise(() =>
        fetch(`${url}/v1/billing/exports/audit-log.csv`)
          .then((response) => response.text())
          .then(
            () => false,
            () => true
          )
      )
      assert.isTrue(failed)
    }).pipe(Effect.scoped)
  )

  it.live("has a context know when the caller gives up", () =>
    Effect.gen(function* () {
      const closed = Promise.withResolvers<void>()
      const begun = Promise.withResolvers<void>()
      const { url } = yield* front({
        listeners: {
          tasks: (_, response) => {
            response.on("close", closed.resolve)
            begun.resolve()
          }
        }
      })
      const controller = new AbortController()
      const given = fetch(`${url}/v1/tasks`, { signal: controller.signal }).catch(() => undefined)
      yield* Effect.promise(() => begun.promise)
      controller.abort()
      yield* Effect.promise(() => Promise.all([given, closed.promise]))
    }).pipe(Effect.scoped)
  )

  it.live("takes from a context no faster than the caller reads", () =>
    Effect.gen(function* () {
      const stalled = Promise.withResolvers<number>()
      const drained = Promise.withResolvers<void>()
      const { url } = yield* front({
        listeners: {
          billing: (_, response) => {
            response.writeHead(200, { "content-type": "text/plain" })
            const chunk = Buffer.alloc(65_536, "x")
            let sent = 0
            // Far more than sockets hold between the two.
            while (sent < 64 * 1024 * 1024 && response.write(chunk)) sent += chunk.length
            stalled.resolve(sent)
            response.once("drain", () => {
              drained.resolve()
              response.end()
            })
          }
        }
      })
      const response = yield* get(`${url}/v1/billing/exports/journal.hledger`)
      assert.isBelow(yield* Effect.promise(() => stalled.promise), 64 * 1024 * 1024)
      yield* Effect.promise(() => response.text())
      yield* Effect.promise(() => drained.promise)
    }).pipe(Effect.scoped)
  )

  it.live("lets a feed through as it is written, and ends it in good order when it goes down", () =>
    Effect.gen(function* () {
      const closed = Promise.withResolvers<void>()
      const { drain, url } = yield* front({
        listeners: {
          tasks: (_, response) => {
            response.writeHead(200, { "content-type": "text/event-stream" })
            response.write("id: 1\n\n")
            response.on("close", closed.resolve)
          }
        }
      })
      const response = yield* get(`${url}/v1/events/feed?source=tasks`)
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      assert.strictEqual((yield* Effect.promise(() => reader.read())).value, "id: 1\n\n")
      yield* drain.endStreams
      assert.isTrue((yield* Effect.promise(() => reader.read())).done)
      yield* Effect.promise(() => closed.promise)
    }).pipe(Effect.scoped)
  )

  it.live("has documents and probes of its own", () =>
    Effect.gen(function* () {
      const { url } = yield* front()
      assert.strictEqual((yield* json(yield* get(`${url}/openapi.json`))).openapi, "3.1.0")
      assert.match(yield* Effect.promise(() => fetch(`${url}/docs`).then((page) => page.text())), /<html/u)
      assert.deepStrictEqual(yield* json(yield* get(`${url}/livez`)), { status: "ok" })
      assert.strictEqual((yield* get(`${url}/nothing`)).status, 404)
      assert.strictEqual((yield* get(`${url}/v1/tasks`, { method: "DELETE" })).status, 405)
      assert.match(yield* Effect.promise(() => fetch(`${url}/metrics`).then((page) => page.text())), /http_server/u)
    }).pipe(Effect.scoped)
  )
})

describe("what all contexts answer", () => {
  const answer =
    (status: number, body: unknown): Listener =>
    (_, response) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

  it.live("is put together: where all streams stand", () =>
    Effect.gen(function* () {
      const { url } = yield* front({
        listeners: Object.fromEntries(contexts.map((name) => [name, answer(200, { data: [{ consumer: name }] })]))
      })
      const { data } = yield* json(yield* get(`${url}/v1/operations/streams`))
      assert.deepStrictEqual(
        data,
        contexts.map((consumer) => ({ consumer }))
      )
    }).pipe(Effect.scoped)
  )

  it.live("is the verdict on each, with the counts of the books and the first difference", () =>
    Effect.gen(function* () {
      const difference = { at: "task 1", expected: "a", found: "b" }
      const none = { periods: 0, events: 0, transfers: 0 }
      const of = (context: string, found: unknown, counts: object = none) =>
        answer(200, { ...counts, difference: found, contexts: [{ context, difference: found }] })
      const counts = { periods: 2, events: 30, transfers: 12 }
      const { url } = yield* front({
        listeners: {
          users: of("users", null),
          tasks: of("tasks", difference),
          billing: of("billing", null, counts),
          reports: of("reports", null)
        }
      })
      assert.deepStrictEqual(yield* json(yield* get(`${url}/v1/billing/verification`)), {
        ...counts,
        difference,
        contexts: contexts.map((context) => ({ context, difference: context === "tasks" ? difference : null }))
      })
    }).pipe(Effect.scoped)
  )

  it.live("is refused when one of them refuses, in its words", () =>
    Effect.gen(function* () {
      const { url } = yield* front({
        listeners: {
          users: answer(200, { data: [] }),
          tasks: (_, response) =>
            response
              .writeHead(403, { "content-type": "application/problem+json" })
              .end(`{"type":"urn:popug:problem:not-allowed","title":"Not allowed","status":403}`)
        }
      })
      const response = yield* get(`${url}/v1/operations/streams`)
      assert.strictEqual(response.status, 403)
      assert.strictEqual((yield* json(response)).type, "urn:popug:problem:not-allowed")
    }).pipe(Effect.scoped)
  )

  it.live("moves the clock of tasks last, and has billing and reports apply what that ended", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const clock =
        (name: string): Listener =>
        async (request, response) => {
          seen.push(`${name} ${await text(request)}`)
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ period: name }))
        }
      const { url } = yield* front({ listeners: Object.fromEntries(contexts.map((name) => [name, clock(name)])) })
      const headers = { "content-type": "application/json" }
      const response = yield* get(`${url}/dev/clock`, { method: "POST", body: `{"days":1}`, headers })
      assert.deepStrictEqual(yield* json(response), { period: "tasks" })
      const all = ["users", "billing", "reports", "tasks"].map((name) => `${name} {"days":1}`)
      assert.deepStrictEqual(seen, [...all, `billing {"days":0}`, `reports {"days":0}`])
    }).pipe(Effect.scoped)
  )
})

/** What comes back for bytes on the wire, until it is quiet. */
const raw = (url: string, bytes: string) =>
  Effect.callback<string>((resume) => {
    const { hostname, port } = new URL(url)
    let answer = ""
    const socket = Net.connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(300, () => socket.end())
    socket.on("data", (chunk) => (answer += chunk.toString()))
    socket.on("close", () => resume(Effect.succeed(answer)))
    socket.on("error", () => undefined)
    return Effect.sync(() => socket.destroy())
  })

describe("what is hidden in a request", () => {
  const hidden = "POST /internal/v1/heads HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
  const chunks = `transfer-encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
  const taken = `content-length: ${hidden.length}\r\nconnection: content-length\r\n\r\n${hidden}`
  const upgrade = `content-length: ${hidden.length}\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n${hidden}`
  const forms = { "a body in chunks": chunks, "a length of the connection": taken, "an upgrade": upgrade }
  const lines = ["GET /v1/tasks", "HEAD /v1/tasks", "POST /v1/tasks"]
  for (const [form, rest] of Object.entries(forms)) {
    for (const line of lines) {
      it.live(`is the body of ${line}, with ${form}`, () =>
        Effect.gen(function* () {
          const seen: Array<string> = []
          const listener: Listener = async (request, response) => {
            seen.push(`${request.method} ${request.url} ${await text(request)}`)
            response.end("{}")
          }
          const { url } = yield* front({ listeners: { tasks: listener } })
          yield* raw(url, `${line} HTTP/1.1\r\nhost: popug\r\n${rest}`)
          assert.deepStrictEqual(seen, [`${line} ${hidden}`])
        }).pipe(Effect.scoped)
      )
    }
  }

  it.live("goes to none of all contexts", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const listener: Listener = async (request, response) => {
        seen.push(`${request.method} ${request.url} ${await text(request)}`)
        response.end(`{"data":[]}`)
      }
      const { url } = yield* front({
        listeners: { users: listener, tasks: listener, billing: listener, reports: listener }
      })
      for (const rest of Object.values(forms)) {
        yield* raw(url, `GET /v1/operations/streams HTTP/1.1\r\nhost: popug\r\n${rest}`)
      }
      assert.deepStrictEqual([...new Set(seen)], ["GET /v1/operations/streams "])
      assert.strictEqual(seen.length, 12)
    }).pipe(Effect.scoped)
  )

  it.live("swallows nothing of the next one where its body was announced and did not come", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const listener: Listener = (request, response) => {
        seen.push(`${request.method} ${request.url}`)
        // As who is not let in is answered: nobody reads the body.
        response.writeHead(401).end()
      }
      const { url } = yield* front({ listeners: { tasks: listener } })
      const head = "POST /v1/tasks HTTP/1.1\r\nhost: popug\r\ncontent-length: 40\r\n"
      const next = "GET /v1/tasks/next HTTP/1.1\r\nhost: popug\r\n\r\n"
      yield* raw(url, `${head}\r\n${"x".repeat(10)}`)
      yield* raw(url, next)
      yield* raw(url, `${head}connection: upgrade\r\nupgrade: h2c\r\n\r\n${"x".repeat(40)}`)
      yield* raw(url, next)
      assert.deepStrictEqual(seen, ["POST /v1/tasks", "GET /v1/tasks/next", "POST /v1/tasks", "GET /v1/tasks/next"])
    }).pipe(Effect.scoped)
  )
})
