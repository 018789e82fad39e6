/**
 * What people see first at the server's address: a page that a host puts in front of the API, or the documents.
 */
import type { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import type { Limits } from "../guard/RateLimit.ts"
import { Prefix } from "../wire/Prefix.ts"

export interface Front {
  /** The paths that it answers, as routes have them, such as `/tasks/:id`; `/` is one of them. */
  readonly paths: ReadonlyArray<`/${string}`>
  /** It says its own Content-Security-Policy and Cache-Control. */
  readonly routes: Layer.Layer<never, never, HttpRouter.HttpRouter | Digest.Digest | Limits>
}

/** The API by its address alone leads to its documents. */
export const documents: Front = {
  paths: ["/"],
  routes: HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      yield* router.add("GET", "/", HttpServerResponse.redirect(`${yield* Prefix}/docs`))
    })
  )
}
