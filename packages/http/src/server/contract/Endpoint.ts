/**
 * One endpoint whose request and answer are JSON, from its schemas to an effect that serves it.
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as ErrorReporter from "effect/ErrorReporter"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiError from "effect/http-api/HttpApiError"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as Struct from "effect/Struct"
import * as Answer from "./Answer.ts"
import { type Asked, found, refuse } from "./Asked.ts"
import * as Middleware from "./Middleware.ts"
import * as Payload from "./Payload.ts"

type Response = HttpServerResponse.HttpServerResponse
export type Served = Effect.Effect<Response, unknown>

/** An endpoint with the handler that was given for it. */
export interface Handled {
  readonly endpoint: HttpApiEndpoint.Top
  readonly handler: (request: never) => Effect.Effect<unknown, unknown>
  /** Whether it reads the request's body itself. */
  readonly isRaw: boolean
}

export interface Options {
  readonly api: { readonly annotations: Context.Context<never> }
  readonly group: HttpApiGroup.Top
  readonly handled: Handled
  /** Where the middleware is, and what is kept of it for each request. */
  readonly services: Context.Context<never>
  readonly kept: ReadonlyArray<Kept>
  /** What stands before the endpoint's path, with parameters that are not its own. */
  readonly prefix: string
}

/** A service that requests see. */
export type Kept = Context.Key<unknown, unknown>

/** What a part of the request must be; undefined where nothing is asked. */
type Check = ((input: unknown) => Result.Result<unknown, Schema.SchemaError>) | undefined

const checkOf = (schema: Schema.Top | undefined, options: SchemaAST.ParseOptions | undefined): Check =>
  schema === undefined ? undefined : Schema.decodeUnknownResult(schema as Schema.Codec<unknown>, options)

/** The effect that serves a route of the endpoint; undefined when something in it is not JSON. */
export const compile = ({ api, group, handled, kept, prefix, services }: Options): Served | undefined => {
  const { endpoint, isRaw } = handled
  const handler = handled.handler as (asked: Asked) => Effect.Effect<unknown, unknown>
  const annotations = Context.mergeAll(api.annotations, group.annotations, endpoint.annotations)
  const optionsOf = <I>(slot: Context.Key<I, SchemaAST.ParseOptions>) =>
    found(annotations, slot) ?? found(annotations, HttpApi.ParseOptions)
  const payload = Payload.compile(endpoint, optionsOf(HttpApi.PayloadParseOptions))
  const answer = Answer.compile(
    endpoint,
    optionsOf(HttpApi.SuccessParseOptions),
    optionsOf(HttpApi.HeadersParseOptions)
  )
  const surround = Middleware.compile(endpoint, group, services)
  if (isRaw || payload === undefined || answer === undefined || surround === undefined) return undefined

  const params = checkOf(endpoint.params, optionsOf(HttpApi.ParamsParseOptions))
  const headers = checkOf(endpoint.headers, optionsOf(HttpApi.HeadersParseOptions))
  const query = checkOf(
    endpoint.query === undefined ? undefined : Schema.toCodecArrayFromSingle(endpoint.query),
    optionsOf(HttpApi.QueryParseOptions)
  )
  const own = withoutParamsOf(prefix)
  const handle = (asked: Asked): Served => Effect.flatMapEager(handler(asked), answer)

  const serve: Served = Effect.withFiber(({ context }) => {
    const request = Context.getUnsafe(context, HttpServerRequest.HttpServerRequest)
    const asked: Asked = { request, endpoint, group }
    if (params !== undefined) {
      const checked = params(own(found(context, HttpRouter.RouteContext)!.params))
      if (Result.isFailure(checked)) return refuse("Params", checked.failure)
      asked.params = checked.success
    }
    if (headers !== undefined) {
      const checked = headers(request.headers)
      if (Result.isFailure(checked)) return refuse("Headers", checked.failure)
      asked.headers = checked.success
    }
    if (query !== undefined) {
      const checked = query(found(context, HttpServerRequest.ParsedSearchParams))
      if (Result.isFailure(checked)) return refuse("Query", checked.failure)
      asked.query = checked.success
    }
    return payload(asked, context, handle)
  }) as Served

  return withKept(Effect.catchCause(surround(serve), respond), kept, services)
}

type Params = Readonly<Record<string, string | undefined>>

/** The parameters of a path that its prefix does not have. */
const withoutParamsOf = (prefix: string): ((params: Params) => Params) => {
  const names = [...prefix.matchAll(/:(\w+)/gu)].map(([, name]) => name!)
  return names.length === 0 ? (params) => params : (params) => Struct.omit(params, names)
}

/** A failure as its answer, as `HttpApiBuilder` has it: reported, and a defect if it has no answer of its own. */
const respond = (cause: Cause.Cause<unknown>): Served =>
  Effect.andThen(ErrorReporter.report(cause), () => {
    const failed = cause.reasons.find((reason) => reason._tag === "Fail")
    if (failed === undefined) return Effect.failCause(cause)
    const { error } = failed
    return !HttpApiError.HttpApiSchemaError.is(error) && HttpServerRespondable.isRespondable(error)
      ? HttpServerRespondable.toResponse(error)
      : Effect.die(error)
  })

/** The same with services of the server's among those of each request. */
const withKept = (self: Served, kept: Options["kept"], services: Context.Context<never>): Served => {
  const present = kept.flatMap((key) => {
    const service = found(services, key)
    return service === undefined ? [] : [[key, service] as const]
  })
  if (present.length === 0) return self
  return Effect.updateContext(self, (context: Context.Context<never>) =>
    present.reduce((all, [key, service]) => Context.add(all, key, service) as Context.Context<never>, context)
  )
}
