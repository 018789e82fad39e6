/**
 * A way to a server that loses things: a proxy whose every request meets the next fault of a list.
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"

/**
 * What happens to a request:
 * - `pass`: nothing.
 * - `before`: the connection breaks before the server sees it.
 * - `after`: the server does it, and the connection breaks before the answer.
 * - `middle`: the connection breaks in the middle of the answer.
 * - a number: an answer of that status, to come back at once, and the server sees nothing.
 * - `twice`: the server sees it twice, as when something on the way sends it again by itself.
 */
export type Fault = "pass" | "before" | "after" | "middle" | "twice" | number

interface Flaky {
  readonly url: string
  /** The faults that were met, in order. */
  readonly met: ReadonlyArray<Fault>
  /** The idempotency keys that came, with how often. */
  readonly keys: ReadonlyMap<string, number>
  /** Cuts the streams that are open, when something came by one. */
  readonly cut: Effect.Effect<void>
}

interface Got {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly body: Buffer
}

const send = (url: string, request: Http.IncomingMessage, body: Buffer): Promise<Got> =>
  new Promise((resolve, reject) => {
    const upstream = Http.request(
      `${url}${request.url}`,
      { method: request.method!, headers: request.headers, agent: false },
      (incoming) => {
        const chunks: Array<Buffer> = []
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode!, headers: incoming.headers, body: Buffer.concat(chunks) })
        )
      }
    )
    upstream.on("error", reject)
    upstream.end(body)
  })

const read = async (request: Http.IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** In front of a server until the scope closes; `next` says what the next request meets. */
export const make = Effect.fnUntraced(function* (target: string, next: () => Fault) {
  const met: Array<Fault> = []
  const keys = new Map<string, number>()
  const streams = new Set<Http.ServerResponse>()

  const stream = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const upstream = Http.request(`${target}${request.url}`, { headers: request.headers, agent: false }, (incoming) => {
      response.writeHead(incoming.statusCode!, incoming.headers)
      incoming.pipe(response)
      // Cut before anything came, a client waits longer each time.
      incoming.once("data", () => void streams.add(response))
    })
    upstream.on("error", () => response.destroy())
    response.on("close", () => {
      streams.delete(response)
      upstream.destroy()
    })
    upstream.end()
  }

  const handle = async (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const key = request.headers["idempotency-key"]
    if (typeof key === "string") keys.set(key, (keys.get(key) ?? 0) + 1)
    const fault = next()
    met.push(fault)
    if (fault === "before") return void request.socket.destroy()
    if (request.url!.startsWith("/v1/events/feed") && fault === "pass") return stream(request, response)
    const body = await read(request)
    if (typeof fault === "number") {
      const problem = { type: "about:blank", title: "Something on the way", status: fault }
      response.writeHead(fault, { "content-type": "application/problem+json", "retry-after": "0" })
      return void response.end(JSON.stringify(problem))
    }
    const answers = await Promise.all([
      send(target, request, body),
      ...(fault === "twice" ? [send(target, request, body)] : [])
    ])
    const got = answers.at(-1)!
    if (fault === "after") return void request.socket.destroy()
    response.writeHead(got.status, got.headers)
    if (fault !== "middle") return void response.end(got.body)
    response.write(got.body.subarray(0, Math.ceil(got.body.length / 2)))
    setImmediate(() => void request.socket.destroy())
  }

  const server = yield* Effect.acquireRelease(
    Effect.callback<Http.Server>((resume) => {
      const listener = Http.createServer((request, response) => {
        handle(request, response).catch(() => void response.destroy())
      })
      listener.listen(0, "127.0.0.1", () => resume(Effect.succeed(listener)))
    }),
    (listener) =>
      Effect.callback<void>((resume) => {
        listener.closeAllConnections()
        listener.close(() => resume(Effect.void))
      })
  )
  const flaky: Flaky = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    met,
    keys,
    cut: Effect.repeat(Effect.sleep("10 millis"), { until: () => streams.size > 0 }).pipe(
      Effect.andThen(
        Effect.sync(() => {
          for (const response of streams) response.destroy()
          streams.clear()
        })
      )
    )
  }
  return flaky
})
