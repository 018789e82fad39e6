/**
 * What goes on of a request, and back of an answer: everything but what is about one connection alone (RFC 9110,
 * section 7.6.1).
 */
import type * as Http from "node:http"
import { PassThrough } from "node:stream"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Problem from "../../api/Problem.ts"
import * as Bodies from "../platform/Bodies.ts"
import { Drain } from "../platform/Drain.ts"
import * as RequestIds from "../platform/RequestIds.ts"
import { ofStatus } from "../wire/ProblemResponse.ts"
import { unreachable as saidOf } from "../wire/unreachable.ts"
import type { Asked } from "./Upstreams.ts"

type Response = HttpServerResponse.HttpServerResponse

const ofConnection = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // Whoever is asked first has answered it.
  "expect"
]

/** Headers without those of the connection. */
const passed = (headers: Http.IncomingHttpHeaders): Record<string, string> => {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase())
  const left = new Set([...ofConnection, ...named])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || left.has(name) ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]]
    )
  )
}

/**
 * What a request brings: sent on as it comes. That of a request to upgrade is not in Node's own, which would end while
 * its header says that more follows: a context would take the next request for it. So it is read before.
 */
const bodyOf = (request: HttpServerRequest.HttpServerRequest) => {
  const source = request.source as Http.IncomingMessage
  if (!Bodies.isSent(request)) return Effect.succeed(null)
  return source.headers.upgrade === undefined
    ? Effect.succeed(source)
    : Effect.map(Effect.orDie(request.arrayBuffer), (bytes) => new Uint8Array(bytes))
}

/** A request as it goes on; `other` takes the place of its body. */
export const onward = Effect.fnUntraced(function* (other?: Uint8Array) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const body = other ?? (yield* bodyOf(request))
  return yield* Effect.withFiber<Asked>((fiber) => {
    const source = request.source as Http.IncomingMessage
    const { requestId } = Context.get(fiber.context, References.CurrentLogAnnotations)
    const { "x-forwarded-for": hops, ...headers } = passed(source.headers)
    const address = Option.getOrElse(request.peerAddress, () => "unknown")
    return Effect.map(Effect.option(Effect.currentSpan), (span) => ({
      method: request.method,
      path: request.url,
      headers: {
        ...headers,
        ...(body instanceof Uint8Array ? { "content-length": String(body.length) } : {}),
        ...Option.match(span, { onNone: () => ({}), onSome: HttpTraceContext.toHeaders }),
        "x-forwarded-for": hops === undefined ? address : `${hops}, ${address}`,
        [RequestIds.header]: String(requestId)
      },
      body
    }))
  })
})

/** An answer as it goes back, sent as it comes: an end of the process ends a feed in good order. */
export const back = Effect.fnUntraced(function* (answer: Http.IncomingMessage) {
  const { method } = yield* HttpServerRequest.HttpServerRequest
  // Whoever does not read on has the context told.
  yield* Effect.addFinalizer(() => Effect.sync(() => void (answer.complete || answer.destroy())))
  const { "content-length": length, "content-type": contentType, ...kept } = passed(answer.headers)
  // Of a body that is left out, it is still what the context said.
  const headers = isEmpty(method, answer) && length !== undefined ? { ...kept, "content-length": length } : kept
  const options = { status: answer.statusCode!, headers }
  if (isEmpty(method, answer)) {
    answer.resume()
    const all = contentType === undefined ? headers : { ...headers, "content-type": contentType }
    return HttpServerResponse.empty({ ...options, headers: all })
  }
  const body = contentType?.startsWith("text/event-stream") === true ? yield* endable(answer) : answer
  // Who was told how long it is need not be sent it in chunks.
  const contentLength = length === undefined ? undefined : Number(length)
  return HttpServerResponse.setBody(
    HttpServerResponse.empty(options),
    HttpBody.raw(body, { contentType, contentLength })
  )
})

/** A stream that ends before its source does when streams have to. */
const endable = Effect.fnUntraced(function* (source: Http.IncomingMessage) {
  const { streamsEnd } = yield* Drain
  const stream = new PassThrough()
  source.on("error", (error) => stream.destroy(error)).pipe(stream)
  const end = Effect.sync(() => {
    source.unpipe(stream).destroy()
    stream.end()
  })
  yield* Effect.forkScoped(Effect.andThen(streamsEnd, end))
  return stream
})

const isEmpty = (method: string, { statusCode }: Http.IncomingMessage): boolean =>
  method === "HEAD" || statusCode === 204 || statusCode === 304

/** In seconds. */
const again = "1"

/** What is said for a context that can't be asked. */
export const unreachable = ({ context }: { readonly context: string }): Response =>
  HttpServerResponse.setHeader(
    ofStatus(503, {
      type: "urn:popug:problem:unavailable",
      title: new Problem.Unavailable({}).title,
      detail: saidOf(context)
    }),
    "retry-after",
    again
  )
