/**
 * What each process answers over HTTP.
 */
import { items } from "@popug-examples/server/kinds"
import { signInToPage } from "@popug-examples/server/server"
import { Dashboard } from "@popug/dashboard"
import { type ContextHttp, DevLogin, Gateway } from "@popug/http/server"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { addresses, type Settings } from "./settings.ts"

/** How many requests one caller gets; behind the front the caller is who asked that. */
const limits = (settings: Settings) => ({
  perUser: settings.POPUG_RATE_LIMIT || null,
  perAddress: settings.POPUG_RATE_LIMIT_ADDRESS || null,
  trustedProxies: settings.POPUG_TRUSTED_PROXIES
})

export const options = (settings: Settings): ContextHttp.Options => ({
  limits: limits(settings),
  metrics: settings.POPUG_METRICS ? {} : null,
  feed: {
    perUser: settings.POPUG_FEEDS,
    perAddress: settings.POPUG_FEEDS_ADDRESS,
    total: settings.POPUG_FEEDS_TOTAL
  },
  maxBodySize: settings.POPUG_BODY_LIMIT
})

/** The page, the documents, and all contexts behind one address. */
export const front = (settings: Settings) => {
  const all: Gateway.Options = {
    contexts: addresses(settings),
    limits: limits(settings),
    metrics: settings.POPUG_METRICS,
    origins: settings.POPUG_CORS_ORIGINS === undefined ? [] : items(settings.POPUG_CORS_ORIGINS),
    security: settings.POPUG_HSTS ? { hsts: "365 days" } : {},
    front: Dashboard.front({ signIn: signInToPage(settings) })
  }
  return settings.POPUG_DEV_LOGIN ? Gateway.layerDevelopment(all) : Gateway.layer(all)
}

/** Development tokens hold with all contexts: they are signed by what their company draws with. */
export const development = (secret: string, now: Effect.Effect<DateTime.Utc>) =>
  DevLogin.layerShared({ secret: Redacted.make(secret), now })
