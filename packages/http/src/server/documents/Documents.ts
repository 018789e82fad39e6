/**
 * What popug says about itself to anybody: the API's documents and a picture.
 */
import type { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { documented, documentedHost, type Host } from "../../api/openapi/documented.ts"
import type { Limits } from "../guard/RateLimit.ts"
import * as Favicon from "./Favicon.ts"
import { kept } from "./kept.ts"

/** The paths that are served here. */
export const paths = ["/docs", "/openapi.json", Favicon.path] as const

/** The page asks for a token, and leads nowhere else. */
const scalar = {
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: "never",
  hideClientButton: true,
  authentication: { preferredSecurityScheme: "bearer" }
}

/** The documents of an API. */
export const layer = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): Layer.Layer<never, never, HttpRouter.HttpRouter | Digest.Digest | Limits> => of(documented(api))

/** The documents of a server of many companies. */
export const layerHost = (host: Host): Layer.Layer<never, never, HttpRouter.HttpRouter | Digest.Digest | Limits> =>
  of(documentedHost(host))

const of = <Id extends string, Groups extends HttpApiGroup.Constraint>(told: HttpApi.HttpApi<Id, Groups>) =>
  Layer.mergeAll(
    Favicon.layer,
    kept(HttpApiScalar.layer(told, { path: "/docs", scalar })),
    kept(
      HttpRouter.use((router) =>
        router.add(
          "GET",
          "/openapi.json",
          Effect.sync(() => HttpServerResponse.jsonUnsafe(OpenApi.fromApi(told)))
        )
      )
    )
  )
