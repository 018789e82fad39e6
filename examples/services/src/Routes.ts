/**
 * What each process answers over HTTP.
 */
import { oidc, signInToPage } from "@popug-examples/server/Http"
import { items } from "@popug-examples/server/kinds"
import { Dashboard } from "@popug/dashboard"
import { ContextHttp, DevLogin, Gateway, Oidc } from "@popug/http/server"
import { Remote } from "@popug/http/services"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { peer } from "./asking.ts"
import { addresses, type Settings } from "./settings.ts"

/** How many requests one caller gets; behind the front the caller is who asked that. */
const limits = (settings: Settings) => ({
  perUser: settings.POPUG_RATE_LIMIT || null,
  perAddress: settings.POPUG_RATE_LIMIT_ADDRESS || null,
  trustedProxies: settings.POPUG_TRUSTED_PROXIES
})

const options = (settings: Settings): ContextHttp.Options => ({
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

/** Who is let in by development: its tokens hold with all contexts, signed by what their company draws with. */
export interface Development {
  readonly secret: string
  /** What time it is in the world. */
  readonly now: Effect.Effect<DateTime.Utc>
}

const development = ({ now, secret }: Development) => DevLogin.layerShared({ secret: Redacted.make(secret), now })

/** Whose tokens are taken where the users are, and elsewhere. */
const here = (settings: Settings) => Oidc.layer(oidc(settings))
const elsewhere = (settings: Settings) =>
  Oidc.layerApart(oidc(settings)).pipe(
    Layer.provide(Layer.unwrap(Effect.map(peer(settings, "users"), Remote.layerIdentities)))
  )

export const users = (settings: Settings, login: Development) =>
  settings.POPUG_DEV_LOGIN
    ? ContextHttp.layerUsersDevelopment(options(settings)).pipe(Layer.provide(development(login)))
    : ContextHttp.layerUsers(options(settings)).pipe(Layer.provide(here(settings)))

export const tasks = (settings: Settings, login: Development) =>
  settings.POPUG_DEV_LOGIN
    ? ContextHttp.layerTasksDevelopment(options(settings)).pipe(Layer.provide(development(login)))
    : ContextHttp.layerTasks(options(settings)).pipe(Layer.provide(elsewhere(settings)))

export const billing = (settings: Settings, login: Development) =>
  settings.POPUG_DEV_LOGIN
    ? ContextHttp.layerBillingDevelopment(options(settings)).pipe(Layer.provide(development(login)))
    : ContextHttp.layerBilling(options(settings)).pipe(Layer.provide(elsewhere(settings)))

export const reports = (settings: Settings, login: Development) =>
  settings.POPUG_DEV_LOGIN
    ? ContextHttp.layerReportsDevelopment(options(settings)).pipe(Layer.provide(development(login)))
    : ContextHttp.layerReports(options(settings)).pipe(Layer.provide(elsewhere(settings)))
