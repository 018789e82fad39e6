/**
 * `/metrics` of a server of many companies: sums over those that it serves, and, where that is asked for, the busiest
 * by their names. A label is never the name of every company: whoever opens companies would decide how many there are.
 */
import { Companies, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import type { Tenant } from "./Tenant.ts"
import { Tenants } from "./Tenants.ts"

export interface HostMetricsOptions {
  /** How many companies are shown by their names, the busiest; default: none. */
  readonly busiest?: number | undefined
  /** How old the sums may be; default: 10 seconds. */
  readonly maxAge?: Duration.Input | undefined
}

/** Of how many companies sums are made: those that have most to tell are among the busiest. */
const most = 1_000
const patience = "2 seconds"

const gauge = (name: string, description: string) => Metric.gauge(name, { description })
const ready = gauge("popug_companies_ready", "Companies that this process has made ready for requests")
const behind = gauge("popug_companies_events_behind", "Events that consumers of these companies have not applied yet")
const stopped = gauge(
  "popug_companies_consumers_stopped",
  "Consumers of these companies that an operator has to look at"
)
const failing = gauge("popug_companies_failing", "How many of these companies had work that failed and is tried again")
const up = gauge("popug_store_up", "0 when no store answered: the other gauges are old")
const databaseUp = gauge("popug_database_up", "0 when a database did not answer: the sums are without its companies")

const byRequests = (tenants: ReadonlyArray<Tenant>) => [...tenants].sort((a, b) => b.requests - a.requests)

/** What Prometheus reads of the busiest companies: their ids need no escaping. */
const busiestOf = (tenants: ReadonlyArray<Tenant>, count: number): string => {
  const lines = byRequests(tenants)
    .slice(0, count)
    .map(({ id, requests }) => `popug_company_requests{company="${id}"} ${requests}\n`)
  if (lines.length === 0) return ""
  const name = "popug_company_requests"
  const help = "Requests served since the company was made ready, of the busiest"
  return `\n# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`
}

export const layer = ({
  busiest = 0,
  maxAge = "10 seconds"
}: HostMetricsOptions): Layer.Layer<never, never, HttpRouter.HttpRouter | Companies | Tenants> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const companies = yield* Companies
      const tenants = yield* Tenants
      const trouble = Trouble.make("the gauges could not be read")
      const context = yield* Effect.context<never>()
      const set = (metric: Metric.Gauge<number>, value: number) => metric.updateUnsafe(value, context)

      const read = Effect.gen(function* () {
        const ids = byRequests(tenants.ready())
          .slice(0, most)
          .map(({ id }) => id)
        for (const { failure, name } of yield* companies.databases) {
          Metric.withAttributes(databaseUp, { database: name }).updateUnsafe(failure === null ? 1 : 0, context)
        }
        const states = ids.length === 0 ? [] : yield* companies.status(ids)
        const healths = states.flatMap(({ health }) => (health === null ? [] : [health]))
        const consumers = healths.flatMap((health) => health.consumers)
        set(
          behind,
          consumers.reduce((sum, consumer) => sum + Math.max(0, consumer.behind), 0)
        )
        set(stopped, consumers.filter((consumer) => consumer.stopped !== null).length)
        set(failing, healths.filter(({ attempts }) => attempts > 1).length)
        set(up, 1)
      }).pipe(
        Effect.timeout(patience),
        Effect.andThen(trouble.over),
        Effect.catch((error) => {
          set(up, 0)
          return trouble.met(Cause.fail(error))
        })
      )
      const refresh = yield* Effect.cachedWithTTL(read, maxAge)
      yield* router.add(
        "GET",
        "/metrics",
        refresh.pipe(
          Effect.andThen(Effect.sync(() => set(ready, tenants.ready().length))),
          Effect.andThen(PrometheusMetrics.format()),
          Effect.map((body) =>
            HttpServerResponse.text(body + busiestOf(tenants.ready(), busiest), {
              contentType: "text/plain; version=0.0.4; charset=utf-8"
            })
          )
        )
      )
    })
  )
