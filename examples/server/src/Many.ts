/**
 * Many companies behind one port: where they are kept, who is let in where, and who operates the server.
 */
import { join } from "node:path"
import { Companies, type CompanyHome } from "@popug/core"
import { Bell, CompaniesHttp, DevLogin, Oidc } from "@popug/http/server"
import { Nats } from "@popug/nats"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Company from "./Company.ts"
import * as Http from "./Http.ts"
import { items } from "./kinds.ts"
import { type DatabaseSetting, databasesOf, main, type ServerSettings } from "./settings.ts"

/** A database of companies: Postgres at an address, otherwise a PGlite of its own in the data folder. */
const database = (settings: ServerSettings, { address, name }: DatabaseSetting) =>
  address === "pglite"
    ? Pglite.layerDatabase({
        ...Company.database(settings),
        folder: join(settings.POPUG_DATA_DIR, name === main ? "companies" : `companies-${name}`)
      })
    : Postgres.layerDatabase(Company.server(settings, address))

/** Where companies live; their events go by NATS where there is one. Each word is for the work of one database. */
const home = ({ POPUG_NATS_URL: nats }: ServerSettings, name: string) =>
  nats === undefined
    ? Bell.layerHome(Postgres.layerHome)
    : Bell.layerHome(
        Nats.layerHome({ words: name === main ? "words" : `words-${name}` }).pipe(Layer.provide(Postgres.layerHome)),
        { words: "one" }
      )

type Home = Layer.Layer<CompanyHome, Layer.Error<ReturnType<typeof database>>, Layer.Services<ReturnType<typeof home>>>

/** One connection to NATS for all databases. */
const carrier = ({ POPUG_NATS_URL: nats }: ServerSettings) =>
  nats === undefined ? Layer.empty : Layer.orDie(Nats.layerConnection({ servers: items(nats) }))

/** The companies, whose work is done as it comes; `key` is what their secrets are derived from. */
const companies = (settings: ServerSettings, key: string) => {
  const [first, ...others] = databasesOf(settings)
  const apart = others.map(
    (one) => [one.name, Layer.provide(home(settings, one.name), database(settings, one))] as const
  )
  return Companies.layerWork().pipe(
    Layer.provideMerge(
      Companies.layer({
        databases: Object.fromEntries<Home>([[main, home(settings, main)] as const, ...apart]),
        defaultDatabase: settings.POPUG_DEFAULT_DATABASE,
        notifier: ({ id }) => Layer.orDie(Company.notifier(settings, id))
      })
    ),
    Layer.provide([Postgres.layerDirectory, Postgres.layerSecrets(Redacted.make(key))]),
    Layer.provideMerge(Postgres.layerDigest),
    Layer.provide(database(settings, first)),
    Layer.provide(carrier(settings) as Layer.Layer<Nats.PopugNats>),
    Layer.provide(Company.policies(settings))
  )
}

/** The SHA-256 of the operator's token; undefined where nobody operates this server over HTTP. */
const operatorOf = ({ POPUG_PLATFORM_TOKEN: token, POPUG_PLATFORM_TOKEN_SHA256: sha256 }: ServerSettings) =>
  token === undefined ? sha256?.toLowerCase() : CompaniesHttp.fingerprint(token)

const routes = (settings: ServerSettings) => {
  const around = Http.around(settings, true)
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
  routes(settings).pipe(Layer.provide(companies(settings, key)), Layer.provide(Bell.layer))
