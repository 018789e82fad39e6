/**
 * The typed client, made from the contract: for Node and browsers.
 *
 * It names who asks by a bearer token, gives each command an idempotency key of its own, and so can send again whatever
 * failed on the way: nothing is done twice.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { Api, DevelopmentApi } from "../api/Api.ts"
import { Authorization } from "../api/middleware.ts"

export interface Options {
  /** Where the server is, e.g. `https://popug.example`. */
  readonly baseUrl: string | URL
  /** The bearer token, or what gives it at each request: it may refresh one that expires. */
  readonly token: Redacted.Redacted<string> | string | Effect.Effect<Redacted.Redacted<string> | string>
  /** How often a request is sent again that met no answer, 429 or 503, or that is still under way; 4 unless told. */
  readonly retries?: number
}

/** Popug's HTTP API as methods: `client.tasks.create({ payload: { title }, headers: {} })`. */
export class Client extends Context.Service<Client, HttpApiClient.ForApi<typeof Api>>()("@popug/http/Client") {
  /** A client over whatever `HttpClient` the host has. */
  static readonly layerOver = (options: Options): Layer.Layer<Client, never, HttpClient.HttpClient> =>
    Layer.effect(
      Client,
      HttpApiClient.make(Api, { baseUrl: options.baseUrl, transformClient: reliable(options.retries ?? 4) })
    ).pipe(Layer.provide(authorize(options.token)))

  /** A client over `fetch`. */
  static readonly layer = (options: Options): Layer.Layer<Client> =>
    Client.layerOver(options).pipe(Layer.provide(FetchHttpClient.layer))
}

/** What a development server has besides: logging in as anybody. It needs no token. */
export const development = (
  baseUrl: string | URL
): Effect.Effect<HttpApiClient.ForApi<typeof DevelopmentApi>["development"], never, HttpClient.HttpClient> =>
  Effect.map(HttpApiClient.make(DevelopmentApi, { baseUrl }), (client) => client.development).pipe(
    Effect.provide(authorize(""))
  )

const authorize = (token: Options["token"]) =>
  HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
    Effect.flatMap(Effect.isEffect(token) ? token : Effect.succeed(token), (now) =>
      next(HttpClientRequest.bearerToken(request, now))
    )
  )

const word = Effect.map(Random.nextIntBetween(0, 0xffff_ffff), (bits) => bits.toString(16).padStart(8, "0"))

/** A POST or PATCH without an idempotency key gets one before the first attempt, so that all attempts carry it. */
const keyed = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const changes = request.method === "POST" || request.method === "PATCH"
  return changes && request.headers["idempotency-key"] === undefined
    ? HttpClientRequest.setHeader(request, "idempotency-key", yield* freshKey)
    : request
})

const freshKey = Effect.map(Effect.all([word, word, word, word]), (words) => words.join(""))

const reliable =
  (retries: number) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    client.pipe(
      HttpClient.retryTransient({
        times: retries,
        schedule: Schedule.exponential("100 millis").pipe(Schedule.jittered)
      }),
      // 409 with `Retry-After`: an earlier attempt arrived after all, and is still under way.
      HttpClient.transformResponse(
        Effect.repeat({
          while: (response: HttpClientResponse.HttpClientResponse) =>
            response.status === 409 && response.headers["retry-after"] !== undefined,
          times: retries,
          schedule: Schedule.spaced("1 second")
        })
      ),
      HttpClient.mapRequestEffect(keyed)
    )
