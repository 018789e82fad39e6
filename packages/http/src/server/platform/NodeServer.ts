/**
 * Node's HTTP server with limits on everything that a caller can hold on to, and with problems for what Node itself
 * refuses before there is a request.
 */
import * as Http from "node:http"
import type { Duplex } from "node:stream"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { textOfStatus, titleOf } from "../wire/ProblemResponse.ts"

export interface ServerOptions {
  /** How long a whole request with its body may take to arrive; default: 30 seconds. */
  readonly requestTimeout?: Duration.Input | undefined
  /** How long its header may take; default: 10 seconds. */
  readonly headersTimeout?: Duration.Input | undefined
  /** How long an idle connection is kept: longer than the load balancer in front keeps it; default: 65 seconds. */
  readonly keepAliveTimeout?: Duration.Input | undefined
  /** How large the header of a request may be in bytes; default: 16 KiB. */
  readonly maxHeaderSize?: number | undefined
  /** How many connections at once; more are closed as they come; default: 10,000. */
  readonly maxConnections?: number | undefined
}

/** A server, and what draining it takes. */
export interface NodeServer {
  readonly server: Http.Server
  /** Takes no new connections, and closes those that are idle. */
  readonly stopListening: Effect.Effect<void>
  /** Waits until no response is under way. */
  readonly idle: Effect.Effect<void>
  /** Cuts every connection. */
  readonly closeConnections: Effect.Effect<void>
}

/** How often Node looks for connections that are over their time, in milliseconds. */
const checkEvery = 1_000
/** How long a connection is silent before TCP asks whether the peer is there, in milliseconds. */
const vanishedAfter = 60_000

export const make = (options: ServerOptions = {}): NodeServer => {
  let underWay = 0
  const waiting = new Set<() => void>()
  // One function for all: a closure for each response would cost it as much as its headers.
  const ended = () => {
    underWay -= 1
    if (underWay > 0) return
    for (const wake of waiting) wake()
    waiting.clear()
  }
  /** The connections whose last answer has begun. */
  const closing = new WeakSet<Duplex>()

  class Response extends Http.ServerResponse {
    constructor(...args: ConstructorParameters<typeof Http.ServerResponse>) {
      super(...args)
      underWay += 1
      this.on("close", ended)
      // The response's own: Express puts another prototype in place of this one.
      Object.assign(this, { writeHead })
    }
  }
  function writeHead(this: Http.ServerResponse, ...args: ReadonlyArray<unknown>): Http.ServerResponse {
    Http.ServerResponse.prototype.writeHead.apply(this, args as Parameters<Http.ServerResponse["writeHead"]>)
    // What Node keeps of `connection: close`, whoever said it: caller, handler, or the limit of a body.
    if ((this as unknown as { readonly _last: boolean })._last) closing.add(this.req.socket)
    return this
  }
  // Effect counts the bytes of what it sends. Were Node told to count them again, as Effect asks it to, each answer
  // would go out in two writes.
  Object.defineProperty(Response.prototype, "strictContentLength", { get: () => false, set: () => {} })

  const server = Http.createServer({
    ServerResponse: Response,
    requestTimeout: millis(options.requestTimeout, 30_000),
    headersTimeout: millis(options.headersTimeout, 10_000),
    keepAliveTimeout: millis(options.keepAliveTimeout, 65_000),
    maxHeaderSize: options.maxHeaderSize ?? 16_384,
    connectionsCheckingInterval: checkEvery,
    // A peer that vanished without a word is found out by TCP, or its stream would stay open for ever.
    keepAlive: true,
    keepAliveInitialDelay: vanishedAfter,
    // Node would refuse with an empty body; the middleware refuses with a problem.
    requireHostHeader: false
  })
  dropRequests(server, (socket, response) => {
    if (socket.writable && !closing.has(socket)) return false
    if (response instanceof Response) {
      response.off("close", ended)
      ended()
    }
    return true
  })
  holdUntilServed(server)
  server.maxConnections = options.maxConnections ?? 10_000
  server.on("clientError", refuse)
  server.on("checkExpectation", refuseExpectation)

  return {
    server,
    stopListening: Effect.sync(() => void server.close()),
    idle: Effect.callback<void>((resume) => {
      if (underWay === 0) return resume(Effect.void)
      const wake = () => resume(Effect.void)
      waiting.add(wake)
      return Effect.sync(() => void waiting.delete(wake))
    }),
    closeConnections: Effect.sync(() => server.closeAllConnections())
  }
}

/**
 * What was sent behind a request whose answer closes the connection gets no answer: it must not be carried out either.
 * `isDropped` tells that of a request by its connection.
 */
const dropRequests = (server: Http.Server, isDropped: (socket: Duplex, response: unknown) => boolean): void => {
  const emit = server.emit.bind(server) as (event: string, ...args: ReadonlyArray<unknown>) => boolean
  server.emit = (event: string, ...args: ReadonlyArray<unknown>) => {
    if (!requests.has(event)) return emit(event, ...args)
    const [{ socket }, response] = args as readonly [Http.IncomingMessage, unknown]
    return isDropped(socket, response) || emit(event, ...args)
  }
}

/** How many requests may wait for the routes: more than that come from a crowd, which is told to come back. */
const mostHeld = 1_000

/** A server listens before its routes are built: what comes in between would never be answered. It waits for them. */
const holdUntilServed = (server: Http.Server): void => {
  const early = new Set<Parameters<Http.RequestListener>>()
  const hold: Http.RequestListener = (...request) => {
    const [{ socket }, response] = request
    if (early.size >= mostHeld) return turnAway(socket, response)
    early.add(request)
    // Whoever gives up waiting is not served later.
    response.once("close", () => early.delete(request))
  }
  const serve = (event: string | symbol) => {
    if (event !== "request") return
    server.off("newListener", serve).off("request", hold)
    // The listener is there once this call has returned.
    queueMicrotask(() => {
      for (const request of early) server.emit("request", ...request)
      early.clear()
    })
  }
  server.on("request", hold).on("newListener", serve)
}

const turnAway = (socket: Duplex, response: Http.ServerResponse) => {
  // Behind others of its connection it would wait with them.
  if (response.socket === null) return void socket.destroy()
  const body = textOfStatus(503, "The server is starting")
  response.writeHead(503, { ...headersOf(body), "retry-after": "1" }).end(body)
}

/** The events of a server that are requests. */
const requests = new Set(["request", "checkContinue", "checkExpectation", "upgrade"])

const millis = (input: Duration.Input | undefined, usual: number): number =>
  input === undefined ? usual : Duration.toMillis(input)

const headersOf = (body: string) => ({
  "content-type": "application/problem+json",
  "content-length": Buffer.byteLength(body),
  "x-content-type-options": "nosniff",
  connection: "close"
})

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_INVALID_VERSION: 505
}

const refuseExpectation = (_: Http.IncomingMessage, response: Http.ServerResponse) => {
  const body = textOfStatus(417)
  response.writeHead(417, headersOf(body)).end(body)
}

/** What Node could not read as a request, or not in time. */
const refuse = (error: Error & { readonly code?: string }, socket: Duplex) => {
  // A response that has begun can't be taken back: nothing of another may follow it on the wire.
  const begun = (socket as { readonly _httpMessage?: Http.ServerResponse | null })._httpMessage?.headersSent === true
  if (!socket.writable || error.code === "ECONNRESET" || begun) return void socket.destroy()
  const status = statuses[error.code ?? ""] ?? 400
  const body = textOfStatus(status, status === 400 ? "This is not an HTTP request" : undefined)
  const head = Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${titleOf(status)}\r\n${head.join("")}\r\n${body}`, () => socket.destroy())
}
