/** Callers that hold on to the address in front: they hold nothing of a context for long, and nobody else up. */
import type * as Http from "node:http"
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Gateway from "../../src/server/gateway/Gateway.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import { answering } from "../support/wire.ts"

/** An address in front of a context that answers like this, and how many connections that has. */
const front = Effect.fnUntraced(function* (listener: Http.RequestListener, options: NodeServer.ServerOptions) {
  const under = new Set<Net.Socket>()
  const context = yield* answering((request, response) => {
    under.add(request.socket)
    request.socket.once("close", () => under.delete(request.socket))
    listener(request, response)
  })
  const node = NodeServer.make(options)
  const contexts = { users: context, tasks: context, billing: context, reports: context }
  const limits = { perUser: null, perAddress: null }
  const built = yield* Layer.build(
    Drain.onShutdown({ server: node }).pipe(
      Layer.provideMerge(
        HttpRouter.serve(Gateway.layer({ limits, contexts }), { disableLogger: true, disableListenLog: true })
      ),
      Layer.provideMerge(NodeHttpServer.layer(() => node.server, { port: 0, host: "127.0.0.1" })),
      Layer.provideMerge(Drain.layer),
      Layer.provide(Memory.layer)
    )
  )
  return { url: HttpServer.formatAddress(Context.get(built, HttpServer.HttpServer).address), held: () => under.size }
})

/** So many connections that have sent these bytes, and read nothing where `reads` is false. */
const callers = Effect.fnUntraced(function* (url: string, count: number, bytes: string, reads = true) {
  const { hostname, port } = new URL(url)
  const state = { open: count, said: "" }
  const sockets = Array.from({ length: count }, () => {
    const socket = Net.connect({ port: Number(port), host: hostname, allowHalfOpen: true }, () => socket.write(bytes))
    socket.on("error", () => undefined).on("close", () => void (state.open -= 1))
    if (reads) socket.on("data", (chunk) => void (state.said += chunk.toString())).on("end", () => socket.end())
    return socket
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
  return { sockets, state }
})

const until = (is: () => boolean) => Effect.repeat(Effect.sleep("10 millis"), { until: is })
const others = (url: string) => Effect.promise(async () => (await fetch(`${url}/v1/tasks`)).text())

const ok: Http.RequestListener = (request, response) => {
  request.resume()
  request.once("end", () => response.end("{}"))
}
const quick = { headersTimeout: "500 millis", requestTimeout: "500 millis", keepAliveTimeout: "300 millis" } as const

describe("the address in front", () => {
  it.live("lets no context see headers that do not come to an end, and closes them in time", () =>
    Effect.gen(function* () {
      const { held, url } = yield* front(ok, quick)
      const { state } = yield* callers(url, 200, "GET /v1/tasks HTTP/1.1\r\nhost: x\r\nx-")
      assert.strictEqual(yield* others(url), "{}")
      assert.isAtMost(held(), 1)
      yield* until(() => state.open === 0)
      assert.match(state.said, /^HTTP\/1\.1 408 /u)
    })
  )

  it.live("gives back a context's connection when a body does not come to an end", () =>
    Effect.gen(function* () {
      const { held, url } = yield* front(ok, quick)
      const head = "POST /v1/tasks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
      const { state } = yield* callers(url, 100, `${head}content-length: 1000\r\n\r\n{`)
      const chunked = yield* callers(url, 100, `${head}transfer-encoding: chunked\r\n\r\n5\r\n{`)
      yield* until(() => held() > 100)
      assert.strictEqual(yield* others(url), "{}")
      yield* until(() => state.open + chunked.state.open === 0)
      // What is left are connections that are kept.
      yield* until(() => held() <= 2)
    })
  )

  it.live("is not held by callers that have ended their half", () =>
    Effect.gen(function* () {
      const { url } = yield* front(ok, quick)
      const { sockets, state } = yield* callers(url, 100, "GET /v1/tasks HTTP/1.1\r\nhost: x\r\n\r\n")
      for (const socket of sockets) socket.end()
      yield* until(() => state.open === 0)
      assert.strictEqual(yield* others(url), "{}")
    })
  )

  it.live("gives back a context's connection when who does not read a long answer goes away", () =>
    Effect.gen(function* () {
      const large: Http.RequestListener = (request, response) => {
        if (request.url !== "/v1/billing/exports/journal.hledger") return ok(request, response)
        response.writeHead(200, { "content-type": "text/plain" })
        // Far more than sockets hold between the two.
        response.end(Buffer.alloc(64 * 1024 * 1024, "x"))
      }
      const { held, url } = yield* front(large, quick)
      const asking = "GET /v1/billing/exports/journal.hledger HTTP/1.1\r\nhost: x\r\n\r\n"
      const { sockets } = yield* callers(url, 5, asking, false)
      for (const socket of sockets) socket.pause()
      yield* until(() => held() >= 5)
      assert.strictEqual(yield* others(url), "{}")
      for (const socket of sockets) socket.destroy()
      yield* until(() => held() <= 1)
    })
  )
})
