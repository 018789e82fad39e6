/**
 * What the server counts of its requests, by OpenTelemetry's names.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Series from "./Series.ts"

/** How long requests took, by these labels. */
const duration = (attributes: Metric.Metric.AttributeSet) =>
  Metric.histogram("http_server_request_duration_seconds", {
    description: "How long requests took until the response began, by method, route and status",
    boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    attributes
  })

const active = Metric.gauge("http_server_active_requests", { description: "Requests being handled now" })

/** The methods that get a label of their own: names are the caller's, and there must not be many. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

export interface Observed {
  readonly method: string
  /** The route's template, never the path; undefined when no route was found. */
  readonly route: string | undefined
  readonly status: number
  /** When the request came, in nanoseconds of the monotonic clock. */
  readonly startedAt: bigint
}

/** Returns what observes a request; `underWay` tells how many there are at a scrape. */
export const make = Effect.fnUntraced(function* (underWay: () => number) {
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<never>()
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      Metric.registerUnsafe(active, context, {
        get: () => ({ value: underWay() }),
        update: () => undefined,
        modify: () => undefined
      })
    ),
    (registration) => Effect.sync(() => registration.remove())
  )
  const took = Series.make(context, ["method", "route", "status"], duration)
  return {
    now: (): bigint => clock.monotonicTimeNanosUnsafe(),
    observe: ({ method, route, startedAt, status }: Observed): void => {
      const seconds = Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e9
      took(seconds, methods.has(method) ? method : "_OTHER", route ?? "none", String(status))
    }
  }
})
