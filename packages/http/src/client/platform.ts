/**
 * The typed client of whoever operates a server of many companies.
 */
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { HostApi } from "../api/HostApi.ts"
import { Operator } from "../api/middleware.ts"
import type { Options, Token } from "./Client.ts"

/** The companies of a server of many, for its operator. */
export const platform = (
  options: Pick<Options, "baseUrl"> & { readonly token: Token }
): Effect.Effect<HttpApiClient.ForApi<typeof HostApi>["platform"], never, HttpClient.HttpClient> =>
  Effect.flatMap(HttpClient.HttpClient, (httpClient) =>
    HttpApiClient.group(HostApi, { group: "platform", httpClient, baseUrl: options.baseUrl })
  ).pipe(
    Effect.provide(
      HttpApiMiddleware.layerClient(Operator, ({ next, request }) =>
        next(HttpClientRequest.bearerToken(request, options.token))
      )
    )
  )
