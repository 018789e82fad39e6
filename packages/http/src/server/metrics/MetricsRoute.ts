/**
 * `/metrics` for Prometheus. It has no authentication: serve it where only the scraper comes, on a router of its own if
 * the API's port is open to the world.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { Gauges } from "./Gauges.ts"

export interface MetricsOptions {
  /** Default: `/metrics`. */
  readonly path?: `/${string}` | undefined
}

/** Everything that is counted in this process, with the gauges as they are now. */
export const layer = ({ path = "/metrics" }: MetricsOptions = {}): Layer.Layer<
  never,
  never,
  HttpRouter.HttpRouter | Gauges
> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const gauges = yield* Gauges
      yield* router.add(
        "GET",
        path,
        gauges.refresh.pipe(
          Effect.andThen(PrometheusMetrics.format()),
          Effect.map((body) =>
            HttpServerResponse.text(body, { contentType: "text/plain; version=0.0.4; charset=utf-8" })
          )
        )
      )
    })
  )
