/**
 * The typed client, made from the contract: for Node and browsers.
 *
 * It names who asks by a bearer token, gives each command an idempotency key of its own, and so can send again whatever
 * failed on the way: nothing is done twice.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { Api, DevelopmentApi } from "../api/Api.ts"
import { Authorization, Idempotency } from "../api/middleware.ts"
import { type Options as Retries, reliable } from "./reliable.ts"

export type Token = Redacted.Redacted<string> | string

export interface Options extends Retries {
  /** Where the server is, e.g. `https://popug.example`. */
  readonly baseUrl: string | URL
  /** The bearer token, or an effect that returns it at each request. */
  readonly token: Token | Effect.Effect<Token>
  /**
   * Asked for another token after a 401, once for each request; nothing is done twice for it. Default: `token` is
   * asked again, if it is an effect.
   */
  readonly freshToken?: Effect.Effect<Token> | undefined
}

/** Popug's HTTP API as methods: `client.tasks.create({ payload: { title }, headers: {} })`. */
export class Client extends Context.Service<Client, HttpApiClient.ForApi<typeof Api>>()("@popug/http/Client") {
  /** A client over whatever `HttpClient` the host has. */
  static readonly layerOver = (options: Options): Layer.Layer<Client, never, HttpClient.HttpClient> =>
    Layer.effect(
      Client,
      HttpApiClient.make(Api, { baseUrl: options.baseUrl, transformClient: reliable(options) })
    ).pipe(Layer.provide(authorize(options)))

  /** A client over `fetch`. */
  static readonly layer = (options: Options): Layer.Layer<Client> =>
    Client.layerOver(options).pipe(Layer.provide(FetchHttpClient.layer))
}

/** What a development server has besides: logging in as anybody. It needs no token. */
export const development = (
  baseUrl: string | URL
): Effect.Effect<HttpApiClient.ForApi<typeof DevelopmentApi>["development"], never, HttpClient.HttpClient> =>
  Effect.flatMap(HttpClient.HttpClient, (httpClient) =>
    HttpApiClient.group(DevelopmentApi, { group: "development", httpClient, baseUrl })
  )

const text = (token: Token): string => (Redacted.isRedacted(token) ? Redacted.value(token) : token)

const authorize = ({ freshToken, token }: Options) => {
  const current = Effect.isEffect(token) ? token : Effect.succeed(token)
  const fresh = freshToken ?? (Effect.isEffect(token) ? token : undefined)
  return HttpApiMiddleware.layerClient(
    Authorization,
    Effect.fnUntraced(function* ({ endpoint, next, request }) {
      // Made before the first attempt, so that all of them carry it, whoever sends them again.
      const command = yield* keyed(endpoint, request)
      const known = yield* current
      const response = yield* next(HttpClientRequest.bearerToken(command, known))
      if (response.status !== 401 || fresh === undefined) return response
      const other = yield* fresh
      return text(other) === text(known) ? response : yield* next(HttpClientRequest.bearerToken(command, other))
    })
  )
}

const word = Effect.map(Random.nextIntBetween(0, 0xffff_ffff), (bits) => bits.toString(16).padStart(8, "0"))
const freshKey = Effect.map(Effect.all([word, word, word, word]), (words) => words.join(""))

/** A command without an idempotency key gets one. */
const keyed = (endpoint: HttpApiEndpoint.Top, request: HttpClientRequest.HttpClientRequest) =>
  endpoint.middlewares.has(Idempotency) && request.headers["idempotency-key"] === undefined
    ? Effect.map(freshKey, (key) => HttpClientRequest.setHeader(request, "idempotency-key", key))
    : Effect.succeed(request)
