/**
 * What the whole server does around its routes, as one global middleware of the router: the order of its parts matters
 * and is written here.
 */
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import type * as Types from "effect/Types"
import { checked, type Prefix } from "../wire/Prefix.ts"
import * as Allow from "./Allow.ts"
import type { Drain } from "./Drain.ts"
import * as Requests from "./Requests.ts"
import type * as SecurityHeaders from "./SecurityHeaders.ts"

export interface PlatformOptions<Id extends string, Groups extends HttpApiGroup.Constraint> {
  /** The API that is served: what tells a wrong method (405) from a wrong path (404). */
  readonly api: HttpApi.HttpApi<Id, Groups>
  /** Other APIs that are served beside it, with what stands before their paths. */
  readonly beside?: ReadonlyArray<Allow.Served> | undefined
  /** Other paths that are read with GET. */
  readonly pages?: ReadonlyArray<`/${string}`> | undefined
  readonly security?: SecurityHeaders.Options | undefined
  /** The origins whose pages may call, such as `https://popug.example`; default: none. */
  readonly origins?: ReadonlyArray<string> | undefined
  /** How large the body of a request may be; default: 1 MiB, which a list of 1,000 usual tasks fits into. */
  readonly maxBodySize?: ByteSize.Input | undefined
  /** How long a handler may take before it is interrupted (503); default: 30 seconds; `null` under virtual time. */
  readonly timeLimit?: Duration.Input | null | undefined
  /**
   * The path under which a host serves these routes beside its own, such as `/popug`; default: none. It is taken off
   * before they get a request (by the framework, or `withoutPrefix`), and stands before every path in answers. No
   * header of a request changes it.
   */
  readonly prefix?: Prefix | undefined
  /** Whether answers of more than 1 KiB are compressed for those who take it; default: true. */
  readonly compression?: boolean | undefined
}

const preflightSeconds = 600

/** The headers of answers that pages may read besides those that they always may. */
const exposed = ["etag", "location", "retry-after", "x-request-id", "content-disposition", "www-authenticate", "allow"]

/** Installs it all; build it with the routes. */
export const layer = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  options: PlatformOptions<Id, Groups>
): Layer.Layer<
  never,
  never,
  HttpRouter.HttpRouter | Drain | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>
> => {
  const allow = Allow.make([{ api: options.api as never }, ...(options.beside ?? [])], options.pages)
  return HttpRouter.middleware(
    Effect.map(
      Requests.make({
        allow,
        security: options.security ?? {},
        maxBodySize:
          options.maxBodySize === undefined ? ByteSize.mebibytes(1) : ByteSize.fromInputUnsafe(options.maxBodySize),
        timeLimit: options.timeLimit === undefined ? Duration.seconds(30) : options.timeLimit,
        prefix: checked(options.prefix ?? "")
      }),
      (surround) => {
        const cors = corsOf(options.origins ?? [])
        // It hooks onto the sending, and so acts on what everything else has made of the response.
        const compress = options.compression === false ? unchanged : compression
        return (self: Inner): Outer =>
          surround(cors(Requests.refusing(allow, compress(self as Requests.Application)))) as Outer
      }
    ),
    { global: true }
  )
}

type Inner = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled, HttpServerRequest.HttpServerRequest>
type Outer = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  Types.unhandled,
  HttpServerRequest.HttpServerRequest | HttpPlatform.HttpPlatform
>

/** The parts of effect, by what matters here. */
type Part = (self: Requests.Application) => Requests.Application

const unchanged: Part = (self) => self

const compression: Part = HttpMiddleware.compression({
  algorithms: ["br", "gzip"],
  minSize: 1024,
  // An event must not wait in a compressor's buffer.
  compressible: (contentType) =>
    /^(text\/(?!event-stream)|application\/(json|javascript|problem\+json))/u.test(contentType)
}) as Part

/** With no origins nothing is said of CORS, and browsers keep other sites' pages out. */
const corsOf = (origins: ReadonlyArray<string>): Part =>
  origins.length === 0
    ? unchanged
    : HttpMiddleware.cors({
        allowedOrigins: (origin: string) => origins.includes(origin),
        allowedMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allowedHeaders: [
          "authorization",
          "content-type",
          "idempotency-key",
          "if-match",
          "if-none-match",
          "last-event-id",
          "x-request-id",
          // The typed client sends them always.
          "traceparent",
          "tracestate",
          "b3"
        ],
        exposedHeaders: exposed,
        maxAge: preflightSeconds
      })
