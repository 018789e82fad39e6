/**
 * What each process answers over HTTP.
 */
import { intake, limits, oidc, outside } from "@popug-examples/server/Http"
import { ContextHttp, DevLogin, Gateway, Oidc } from "@popug/http/server"
import { Remote } from "@popug/http/services"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { peer } from "./asking.ts"
import { addresses, type Settings } from "./settings.ts"

const options = (settings: Settings): ContextHttp.Options => ({
  ...intake(settings),
  metrics: settings.POPUG_METRICS ? {} : null
})

/** The page, the documents, and all contexts behind one address. */
export const front = (settings: Settings) => {
  const all: Gateway.Options = {
    ...outside(settings),
    contexts: addresses(settings),
    limits: limits(settings),
    metrics: settings.POPUG_METRICS
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
