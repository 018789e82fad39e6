/**
 * What stands around the handlers of a whole company, and of one context alone.
 */
import * as Layer from "effect/Layer"
import type { ContextName } from "../api/contexts.ts"
import { Feed, type FeedOptions } from "./feed/Feed.ts"
import { Hub, type HubOptions } from "./feed/Hub.ts"
import * as Authorization from "./guard/auth/Authorization.ts"
import * as Idempotency from "./guard/Idempotency.ts"
import * as RateLimit from "./guard/RateLimit.ts"
import * as Validation from "./guard/Validation.ts"
import { type GaugeOptions, Gauges } from "./metrics/Gauges.ts"
import * as MetricsRoute from "./metrics/MetricsRoute.ts"
import * as Outages from "./wire/Outages.ts"
import { Prefix } from "./wire/Prefix.ts"

export interface AroundOptions {
  /** How many requests one user and one address get. */
  readonly limits: RateLimit.Options
  /** `/metrics`, to whoever reaches it; null for none. */
  readonly metrics?: GaugeOptions | null | undefined
  /** How the feed of events follows them. */
  readonly feed?: (FeedOptions & HubOptions) | undefined
  readonly prefix?: Prefix | undefined
}

/** What stands around every handler, who calls and what for. */
type Guards =
  | typeof Authorization.layer
  | typeof Idempotency.layer
  | ReturnType<typeof RateLimit.layer>
  | typeof Validation.layer
type Metrics = ReturnType<typeof MetricsRoute.layer> | ReturnType<typeof Gauges.layer>

/** The middleware of the contract, and `/metrics`: of a whole company, or of one context. */
export const around = (
  { limits, metrics, prefix = "" }: AroundOptions,
  context?: ContextName
): Layer.Layer<Layer.Success<Guards>, never, Exclude<Layer.Services<Guards | Metrics>, RateLimit.Limits | Gauges>> =>
  Layer.mergeAll(
    Layer.succeed(Prefix, prefix),
    Layer.mergeAll(Authorization.layer, Idempotency.layer).pipe(Layer.provideMerge(RateLimit.layer(limits))),
    Validation.layer,
    metrics === null ? Layer.empty : MetricsRoute.layer().pipe(Layer.provide(Gauges.layer(metrics, context)))
  ).pipe(Layer.provideMerge(Outages.layer()))

/** The same with the feed of the events that this process reads. */
export const aroundFeed = (
  options: AroundOptions,
  context?: ContextName
): Layer.Layer<
  Feed | Layer.Success<ReturnType<typeof around>>,
  never,
  | Layer.Services<ReturnType<typeof around>>
  | Exclude<Layer.Services<ReturnType<typeof Feed.layer>>, Hub>
  | Layer.Services<ReturnType<typeof Hub.layer>>
> =>
  Feed.layer({ trustedProxies: options.limits.trustedProxies, ...options.feed }).pipe(
    Layer.provide(Hub.layer(options.feed)),
    Layer.provideMerge(around(options, context))
  )
