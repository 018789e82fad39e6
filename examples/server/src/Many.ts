/**
 * Many companies behind one port: where they are kept, who is let in where, and who operates the server.
 */
import { join } from "node:path"
import { Companies } from "@popug/core"
import { CompaniesHttp, DevLogin, Oidc, Wakes } from "@popug/http/server"
import { Nats } from "@popug/nats"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Company from "./Company.ts"
import * as Http from "./Http.ts"
import { items } from "./kinds.ts"
import type { ServerSettings } from "./settings.ts"

/** One database for all: Postgres where there is a URL, otherwise PGlite in the data folder. */
const database = (settings: ServerSettings) =>
  settings.DATABASE_URL === undefined
    ? Pglite.layerDatabase({ ...Company.database(settings), folder: join(settings.POPUG_DATA_DIR, "companies") })
    : Postgres.layerDatabase(Company.server(settings, settings.DATABASE_URL))

/** Where companies live; their events go by NATS where there is one. */
const home = ({ POPUG_NATS_URL: nats }: ServerSettings) =>
  nats === undefined
    ? Wakes.layerHome(Postgres.layerHome)
    : Wakes.layerHome(
        Nats.layerHome().pipe(
          Layer.provide([Postgres.layerHome, Layer.orDie(Nats.layerConnection({ servers: items(nats) }))])
        ),
        { hears: false }
      )

/** The companies, whose work is done as it comes; `key` is what their secrets are derived from. */
const companies = (settings: ServerSettings, key: string) =>
  Companies.layerWork().pipe(
    Layer.provideMerge(
      Companies.layer({
        databases: { main: home(settings) },
        notifier: ({ id }) => Layer.orDie(Company.notifier(settings, id))
      })
    ),
    Layer.provide([Postgres.layerDirectory, Postgres.layerSecrets(Redacted.make(key))]),
    Layer.provideMerge(Postgres.layerDigest),
    Layer.provide(database(settings)),
    Layer.provide(Company.policies(settings))
  )

/** The SHA-256 of the operator's token; undefined where nobody operates this server over HTTP. */
const operatorOf = ({ POPUG_PLATFORM_TOKEN: token, POPUG_PLATFORM_TOKEN_SHA256: sha256 }: ServerSettings) =>
  token === undefined ? sha256?.toLowerCase() : CompaniesHttp.fingerprint(token)

const routes = (settings: ServerSettings) => {
  const around = Http.around(settings)
  const options = {
    ...around,
    operator: operatorOf(settings),
    limits: { ...around.limits, perCompany: settings.POPUG_RATE_LIMIT_COMPANY || null },
    feed: {
      ...around.feed,
      perCompany: settings.POPUG_FEEDS_COMPANY,
      // What other nodes write is found by looking where the database does not tell of it.
      ...(settings.POPUG_NATS_URL === undefined ? {} : { pollInterval: "1 second" as const })
    },
    metrics: settings.POPUG_METRICS ? { busiest: settings.POPUG_METRICS_COMPANIES } : null,
    ready: { most: settings.POPUG_COMPANIES_READY }
  }
  if (settings.POPUG_DEV_LOGIN) {
    return CompaniesHttp.layerDevelopment({ ...options, companies: "path" }).pipe(Layer.provide(DevLogin.layerTokens))
  }
  const claim = settings.POPUG_OIDC_COMPANY_CLAIM
  return CompaniesHttp.layer({ ...options, companies: claim === undefined ? "path" : { claim } }).pipe(
    Layer.provide(Oidc.layerTokens(Http.oidc(settings)))
  )
}

export const layer = (settings: ServerSettings, key: string) =>
  routes(settings).pipe(Layer.provide(companies(settings, key)), Layer.provide(Wakes.layer))
