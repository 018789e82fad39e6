/**
 * What surrounds every request: its id, its time, its count, and an answer whatever happens. A handler that fails is
 * logged once (see `Failures`), with the id that the caller gets.
 */
import { TraceContext } from "@popug/core"
import type * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ErrorReporter from "effect/ErrorReporter"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as References from "effect/References"
import * as HttpMetrics from "../metrics/HttpMetrics.ts"
import type { Prefix } from "../wire/Prefix.ts"
import * as ProblemResponse from "../wire/ProblemResponse.ts"
import type { Allow } from "./Allow.ts"
import * as Bodies from "./Bodies.ts"
import { Drain } from "./Drain.ts"
import * as Failures from "./Failures.ts"
import * as RequestIds from "./RequestIds.ts"
import * as SecurityHeaders from "./SecurityHeaders.ts"
import * as TimeLimit from "./TimeLimit.ts"

export interface Options {
  readonly allow: Allow
  readonly security: SecurityHeaders.Options
  readonly maxBodySize: ByteSize.ByteSize
  readonly timeLimit: Duration.Input | null
  readonly prefix: Prefix
}

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse
/** An application around which nothing is known of its errors. */
export type Application = Effect.Effect<Response, unknown, HttpServerRequest.HttpServerRequest>

/** Seconds after which what took too long may be tried again. */
const retryAfterSeconds = 1

/** Makes the outermost layer of an application; inside of it errors are answers already. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const drain = yield* Drain
  const idOf = yield* RequestIds.make
  const timeLimit = yield* TimeLimit.make(options.timeLimit)
  const metrics = yield* HttpMetrics.make(timeLimit.underWay)
  const failures = Failures.make()
  const secure = SecurityHeaders.make(options.security)
  const problemOf = (response: Response, request: Request, requestId: string) =>
    ProblemResponse.fromResponse(response, {
      instance: options.prefix + SecurityHeaders.pathOf(request.url),
      ...(response.status >= 500 ? { requestId } : {})
    })
  const reporters = new Set([...(yield* ErrorReporter.CurrentErrorReporters), logUnencodable(failures)])

  const contextOf = contextWith(reporters, options.maxBodySize)

  return (self: Application): Application =>
    Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      const requestId = idOf(request)
      const startedAt = metrics.now()
      const ticket = timeLimit.enter(request, fiber)
      const observe = (status: number) => {
        timeLimit.leave(ticket)
        metrics.observe({ method: request.method, route: templateOf(fiber.context), status, startedAt })
      }

      const answer = (response: Response): Effect.Effect<Response> => {
        const { status } = response
        observe(status)
        const secured = secure(request, status < 400 ? response : problemOf(response, request, requestId), {
          [RequestIds.header]: requestId,
          ...(drain.isDraining() ? closing : undefined)
        })
        return status >= 500 || failures.isCalm()
          ? Effect.succeed(secured)
          : Effect.as(failures.served(routeOf(fiber.context)), secured)
      }

      const recover = (cause: Cause.Cause<unknown>): Effect.Effect<Response, unknown> => {
        if (Cause.hasInterruptsOnly(cause)) {
          if (ticket.expired) {
            return Effect.andThen(failures.slow(routeOf(fiber.context)), () => answer(tooLate))
          }
          // Who asked is gone.
          observe(499)
          return Effect.failCause(cause)
        }
        if (isRouteNotFound(cause)) return answer(notFound(options.allow.methods(request.url)))
        return Effect.flatMap(HttpServerError.causeResponse(cause), ([response]) =>
          response.status >= 500
            ? Effect.andThen(failures.failed(routeOf(fiber.context), cause), () => answer(response))
            : answer(response)
        )
      }

      const handled = Effect.matchCauseEffect(self as Effect.Effect<Response, unknown>, {
        onFailure: recover,
        onSuccess: answer
      })
      const within: Effect.Effect<Response, unknown> = Effect.updateContext(
        handled,
        (context: Context.Context<never>) => contextOf(context, request, requestId)
      )
      return within
    })
})

const closing = { connection: "close" }

/**
 * What the parts of a request's handling find in its context. Each service more makes it dearer: up to eight are looked
 * through, with the ninth all of them are copied.
 */
const contextWith = (reporters: ReadonlySet<ErrorReporter.ErrorReporter>, maxBodySize: ByteSize.ByteSize) => {
  const most = Number(maxBodySize)
  return (context: Context.Context<never>, request: Request, requestId: string): Context.Context<never> => {
    const annotations = { ...Context.get(context, References.CurrentLogAnnotations), requestId }
    const annotated = Context.add(context, References.CurrentLogAnnotations, annotations).pipe(
      Context.add(ErrorReporter.CurrentErrorReporters, reporters)
    )
    const traced = isTraced(request)
      ? Context.add(annotated, TraceContext.TraceState, request.headers["tracestate"])
      : annotated
    // A body that says that it is shorter can't become longer.
    return Bodies.mayExceed(request, most) ? Context.add(traced, HttpIncomingMessage.MaxBodySize, maxBodySize) : traced
  }
}

/** What tracers say to one another goes with the trace that a request goes on with: its span is effect's to make. */
const isTraced = ({ headers }: Request): boolean =>
  headers["traceparent"] !== undefined && headers["tracestate"] !== undefined

/** An answer that its endpoint's schema can't write is reported by HttpApi and nowhere else. */
const logUnencodable = (failures: Failures.Failures): ErrorReporter.ErrorReporter =>
  ErrorReporter.make(({ cause, fiber }) => {
    if (Cause.hasInterruptsOnly(cause) || isOfTheCaller(cause)) return
    Effect.runForkWith(fiber.context)(failures.unwritten(routeOf(fiber.context), cause))
  })

/** What the caller sent can't be read, or is too much: they are told, and it is no error of ours. */
const isOfTheCaller = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.every(
    (reason) => reason._tag === "Interrupt" || isHttpError(reason._tag === "Fail" ? reason.error : reason.defect)
  )

const isHttpError = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) &&
  (error.reason._tag === "RequestParseError" || error.reason._tag === "RouteNotFound")

/** The template of the route that was found; undefined when none was. */
const templateOf = (context: Context.Context<never>): string | undefined =>
  Context.getOrUndefined(context as Context.Context<HttpRouter.RouteContext>, HttpRouter.RouteContext)?.route.path

/** The route by its method and template: never what a caller can choose. */
const routeOf = (context: Context.Context<never>): string => {
  const request = Context.getOrUndefined(
    context as Context.Context<HttpServerRequest.HttpServerRequest>,
    HttpServerRequest.HttpServerRequest
  )
  const template = templateOf(context)
  return template === undefined ? "a request to no route" : `${request?.method} ${template}`
}

const tooLate = HttpServerResponse.setHeader(
  ProblemResponse.ofStatus(503, {
    type: "urn:popug:problem:unavailable",
    detail: "This took too long: try again, under the same idempotency key"
  }),
  "retry-after",
  String(retryAfterSeconds)
)

const notFound = (allowed: string | undefined): Response =>
  allowed === undefined
    ? HttpServerResponse.empty({ status: 404 })
    : HttpServerResponse.empty({ status: 405, headers: { allow: allowed } })

const isRouteNotFound = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(
    (reason) =>
      reason._tag === "Fail" &&
      HttpServerError.isHttpServerError(reason.error) &&
      reason.error.reason._tag === "RouteNotFound"
  )

/** Refuses what nothing is to be asked of. Around it stands what all answers get, refusals too. */
export const refusing = (allow: Allow, self: Application): Application =>
  Effect.withFiber(
    (fiber) => refusalOf(Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest), allow) ?? self
  )

const refusalOf = (request: HttpServerRequest.HttpServerRequest, allow: Allow): Effect.Effect<Response> | undefined => {
  if (!hasOneHost(request)) return Effect.succeed(withoutHost)
  if (allow.isMisspelt(request.method, request.url)) return Effect.succeed(notFound(undefined))
  if (!Bodies.isSent(request)) return undefined
  if (Bodies.isTaken(request)) return Effect.as(Effect.logError(taken), ProblemResponse.ofStatus(500))
  if (Bodies.isPacked(request)) return Effect.succeed(packed)
  return undefined
}

/** Empty as it seems now, it would be refused as a fault of the caller's. */
const taken = "the host has read this request's body: put popug before the host's parsers of bodies"

const packed = HttpServerResponse.setHeader(
  ProblemResponse.ofStatus(415, { detail: "Bodies are not taken compressed" }),
  "accept-encoding",
  "identity"
)

const withoutHost = ProblemResponse.ofStatus(400, { detail: "HTTP/1.1 asks for one Host" })

/**
 * RFC 9112 3.2: a request of HTTP/1.1 without `Host`, or with two, is refused. A proxy may go by the other one than we
 * do.
 */
const hasOneHost = ({ source }: HttpServerRequest.HttpServerRequest): boolean => {
  const { httpVersion, rawHeaders } = source as {
    readonly httpVersion?: string
    readonly rawHeaders?: readonly string[]
  }
  if (rawHeaders === undefined) return true
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === "host") hosts += 1
  }
  return hosts === 1 || (hosts === 0 && httpVersion !== "1.1")
}
