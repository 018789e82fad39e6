/**
 * What popug says about itself to anybody: the API's documents and a picture.
 */
import type { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { documented, openapi } from "../../api/openapi/documented.ts"
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
): Layer.Layer<never, never, HttpRouter.HttpRouter | Digest.Digest | Limits> =>
  Layer.mergeAll(
    Favicon.layer,
    kept(HttpApiScalar.layer(documented(api), { path: "/docs", scalar })),
    kept(
      HttpRouter.use((router) =>
        router.add(
          "GET",
          "/openapi.json",
          Effect.sync(() => HttpServerResponse.jsonUnsafe(openapi(api)))
        )
      )
    )
  )
