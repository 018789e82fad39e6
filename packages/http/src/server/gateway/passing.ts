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
import * as Tracer from "effect/Tracer"
import type { ContextName } from "../../api/contexts.ts"
import * as Problem from "../../api/Problem.ts"
import * as Bodies from "../platform/Bodies.ts"
import * as RequestIds from "../platform/RequestIds.ts"
import { ofStatus } from "../wire/ProblemResponse.ts"
import { unreachable as saidOf } from "../wire/unreachable.ts"
import { type Asked, Unreachable } from "./Upstreams.ts"

type Response = HttpServerResponse.HttpServerResponse

const ofConnection: ReadonlySet<string> = new Set([
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
])

/** The headers that are left out, with those that the connection's own header names. */
const leftOf = ({ connection }: Http.IncomingHttpHeaders): ReadonlySet<string> =>
  connection === undefined || connection === "keep-alive"
    ? ofConnection
    : new Set([...ofConnection, ...connection.split(",").map((name) => name.trim().toLowerCase())])

/** Headers without those of the connection. */
const passed = (headers: Http.IncomingHttpHeaders): Record<string, string> => {
  const left = leftOf(headers)
  const kept: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !left.has(name)) kept[name] = Array.isArray(value) ? value.join(", ") : value
  }
  return kept
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
    // Nothing is traced without a tracer: asked for as an effect, the span would be an error each time.
    const span = Context.getOrUndefined(fiber.context as Context.Context<never>, Tracer.ParentSpan)
    return Effect.succeed({
      method: request.method,
      path: request.url,
      headers: {
        ...headers,
        ...(body instanceof Uint8Array ? { "content-length": String(body.length) } : undefined),
        ...(span?._tag === "Span" ? HttpTraceContext.toHeaders(span) : undefined),
        "x-forwarded-for": hops === undefined ? address : `${hops}, ${address}`,
        [RequestIds.header]: String(requestId)
      },
      body
    })
  })
})

/**
 * An answer as it goes back: a short one once it is there, which takes a third of the work, and others as they come. An
 * end of the process ends a feed in good order.
 */
export const back = Effect.fnUntraced(function* (
  context: ContextName,
  answer: Http.IncomingMessage,
  streamsEnd: Effect.Effect<void>
) {
  const { method } = yield* HttpServerRequest.HttpServerRequest
  const { "content-length": length, "content-type": contentType, ...kept } = passed(answer.headers)
  if (!isEmpty(method, answer) && contentType !== undefined && Number(length) <= short) {
    const bytes = yield* whole(context, answer)
    return HttpServerResponse.uint8Array(bytes, { status: answer.statusCode!, headers: kept, contentType })
  }
  // Whoever does not read on has the context told.
  yield* Effect.addFinalizer(() => Effect.sync(() => void (answer.complete || answer.destroy())))
  // Of a body that is left out, it is still what the context said.
  const headers = isEmpty(method, answer) && length !== undefined ? { ...kept, "content-length": length } : kept
  const options = { status: answer.statusCode!, headers }
  if (isEmpty(method, answer)) {
    answer.resume()
    const all = contentType === undefined ? headers : { ...headers, "content-type": contentType }
    return HttpServerResponse.empty({ ...options, headers: all })
  }
  const body = contentType?.startsWith("text/event-stream") === true ? yield* endable(answer, streamsEnd) : answer
  // Who was told how long it is need not be sent it in chunks.
  const contentLength = length === undefined ? undefined : Number(length)
  return HttpServerResponse.setBody(
    HttpServerResponse.empty(options),
    HttpBody.raw(body, { contentType, contentLength })
  )
})

/** Up to how many bytes an answer is kept until it is there. */
const short = 65_536

/** All bytes of an answer; it fails where the context does not finish it. */
export const whole = (context: ContextName, answer: Http.IncomingMessage) =>
  Effect.callback<Buffer, Unreachable>((resume) => {
    const chunks: Array<Buffer> = []
    let isOver = false
    const end = (outcome: Effect.Effect<Buffer, Unreachable>) => {
      if (isOver) return
      isOver = true
      resume(outcome)
    }
    const failed = (cause: unknown) => end(Effect.fail(new Unreachable({ context, cause })))
    if (answer.destroyed) return failed(new Error("the answer was cut off"))
    answer.on("data", (chunk: Buffer) => chunks.push(chunk))
    answer.once("end", () => end(Effect.succeed(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))))
    answer.once("error", failed)
    answer.once("close", () => failed(new Error("the answer was cut off")))
    return Effect.sync(() => {
      isOver = true
      answer.destroy()
    })
  })

/** A stream that ends before its source does when streams have to. */
const endable = Effect.fnUntraced(function* (source: Http.IncomingMessage, streamsEnd: Effect.Effect<void>) {
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
