/**
 * The server: the company, who is let in, the API, and how it all starts and ends.
 */
import { join } from "node:path"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, type StoreError, Users } from "@popug/core"
import { Dashboard } from "@popug/dashboard"
import { DevClock, DevLogin, Drain, NodeServer, Oidc, PopugHttp, Wake } from "@popug/http/server"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Company from "./Company.ts"
import * as Demo from "./demo/Demo.ts"
import type { Failure } from "./failure.ts"
import { folder } from "./folder.ts"
import { items, pairs } from "./kinds.ts"
import * as MovedClock from "./MovedClock.ts"
import { ofFolder } from "./secret.ts"
import type { Settings } from "./settings.ts"

/** What is said while the server starts. */
export interface Welcome {
  /** Before the store is opened, which takes some seconds the first time. */
  readonly starting: (settings: Settings) => Effect.Effect<void>
  /** Once the server listens at an address. */
  readonly listening: (settings: Settings, url: string) => Effect.Effect<void>
}

/** How many days the demonstration company has behind it. */
const past = 3

/** The world's clock; where development moves it, one that the company and its store go by as well. */
const clocks = (settings: Settings) =>
  settings.POPUG_DEV_CLOCK
    ? Layer.unwrap(
        Effect.map(
          MovedClock.make(join(settings.POPUG_DATA_DIR, "clock.json"), settings.POPUG_DEMO ? -past : 0),
          ({ advance, behind, clock }) =>
            Layer.mergeAll(
              Layer.succeed(Clock.Clock, clock),
              Layer.succeed(Demo.Past, behind),
              Layer.succeed(DevClock, {
                movable: true,
                advance: (days) =>
                  Effect.map(advance(days), () => ({ now: DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()) }))
              })
            )
        )
      )
    : DevClock.layerOff

/** The first admin, whom nobody is there to make. */
export const admin = (settings: Settings) =>
  Effect.gen(function* () {
    const id = settings.POPUG_ADMIN
    if (id === undefined) return
    const users = yield* Users
    const subject = settings.POPUG_ADMIN_SUBJECT
    const identities = subject === undefined ? [] : [{ issuer: settings.POPUG_OIDC_ISSUER!, subject }]
    yield* users.create(Actor.system, [{ id, name: id, roles: ["admin"], identities }]).pipe(
      // Somebody of that id is there, whatever has become of them since.
      Effect.catchTag("UserAlreadyExists", () => Effect.void)
    )
  }).pipe(Effect.catch(unexpected))

/** Nothing that the system asks for at the start can be refused. */
export const unexpected = <E extends { readonly _tag: string }>(error: E | StoreError) =>
  error._tag === "StoreError" ? Effect.fail(error as StoreError) : Effect.die(error)

/** Who is there before the first request. */
const bootstrap = (settings: Settings) =>
  Effect.andThen(settings.POPUG_DEMO ? Effect.catch(Demo.make, unexpected) : Effect.void, admin(settings))

/** Whose tokens are taken, and how their subjects become users. */
export const oidc = (settings: Settings): Oidc.Options => ({
  issuer: settings.POPUG_OIDC_ISSUER!,
  audience: settings.POPUG_OIDC_AUDIENCE!,
  jwksUri: settings.POPUG_OIDC_JWKS_URL,
  algorithms: items(settings.POPUG_OIDC_ALGORITHMS) as ReadonlyArray<Oidc.Algorithm>,
  types: items(settings.POPUG_OIDC_TYPES) as ReadonlyArray<Oidc.TokenType>,
  claim: settings.POPUG_OIDC_CLAIM,
  identitiesOnly: settings.POPUG_OIDC_IDENTITIES_ONLY,
  provision: settings.POPUG_OIDC_PROVISION ? { nameClaim: settings.POPUG_OIDC_NAME_CLAIM } : undefined,
  roles:
    settings.POPUG_OIDC_ROLES_CLAIM === undefined || settings.POPUG_OIDC_ROLES === undefined
      ? undefined
      : { claim: settings.POPUG_OIDC_ROLES_CLAIM, map: rolesOf(settings.POPUG_OIDC_ROLES) },
  otherwise: items(settings.POPUG_OIDC_ROLES_OTHERWISE)
})

/** How one signs in to the page. */
export const signInToPage = (settings: Settings): Dashboard.SignIn => {
  if (settings.POPUG_DEV_LOGIN) return { by: "development" }
  const clientId = settings.POPUG_OIDC_CLIENT_ID
  if (clientId === undefined) return { by: "nobody" }
  return {
    by: "oidc",
    issuer: settings.POPUG_OIDC_ISSUER!,
    clientId,
    scope: settings.POPUG_OIDC_SCOPE,
    parameters: Object.fromEntries(
      settings.POPUG_OIDC_PARAMETERS === undefined ? [] : pairs(settings.POPUG_OIDC_PARAMETERS)
    )
  }
}

/** The roles that each word stands for. */
const rolesOf = (words: string): Record<string, ReadonlyArray<string>> => {
  const map = new Map<string, Array<string>>()
  for (const [word, role] of pairs(words)) {
    map.set(word, [...(map.get(word) ?? []), role])
  }
  return Object.fromEntries(map)
}

const routes = (settings: Settings) => {
  const options: PopugHttp.Options = {
    limits: {
      perUser: settings.POPUG_RATE_LIMIT || null,
      perAddress: settings.POPUG_RATE_LIMIT_ADDRESS || null,
      trustedProxies: settings.POPUG_TRUSTED_PROXIES
    },
    metrics: settings.POPUG_METRICS ? {} : null,
    origins: settings.POPUG_CORS_ORIGINS === undefined ? [] : items(settings.POPUG_CORS_ORIGINS),
    feed: {
      perUser: settings.POPUG_FEEDS,
      perAddress: settings.POPUG_FEEDS_ADDRESS,
      total: settings.POPUG_FEEDS_TOTAL
    },
    maxBodySize: settings.POPUG_BODY_LIMIT,
    security: settings.POPUG_HSTS ? { hsts: "365 days" } : {},
    front: Dashboard.front({
      signIn: signInToPage(settings)
    })
  }
  return settings.POPUG_DEV_LOGIN
    ? PopugHttp.layerDevelopment(options).pipe(Layer.provide(DevLogin.layer))
    : PopugHttp.layer(options).pipe(Layer.provide(Oidc.layer(oidc(settings))))
}

const secretOf = (settings: Settings, options = { anew: false }) =>
  settings.POPUG_SECRET === undefined
    ? ofFolder(settings.POPUG_DATA_DIR, options)
    : Effect.succeed(settings.POPUG_SECRET)

/** Has the stored company take these settings: an operator's explicit act, beside a server or instead of one. */
export const adopt = (settings: Settings): Effect.Effect<void, Failure> =>
  Effect.andThen(
    folder(settings.POPUG_DATA_DIR),
    Effect.flatMap(secretOf(settings, { anew: true }), (secret) => Company.adopt(settings, secret)).pipe(
      Effect.provide(clocks(settings))
    )
  )

/** Everything, from the data folder to the open port; it drains as it ends. */
export const layer = (settings: Settings, welcome: Welcome): Layer.Layer<never, Failure> =>
  Layer.unwrap(
    Effect.map(secretOf(settings), (secret) => {
      const server = NodeServer.make()
      const listening = HttpRouter.serve(routes(settings), { disableLogger: true, disableListenLog: true }).pipe(
        Layer.provideMerge(
          NodeHttpServer.layer(() => server.server, {
            host: settings.HOST,
            port: settings.PORT,
            // Draining has ended by then: nothing is left to wait for.
            gracefulShutdownTimeout: "1 second"
          })
        )
      )
      const greeting = Layer.effectDiscard(
        Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
          welcome.listening(settings, HttpServer.formatAddress(address))
        )
      )
      return Layer.mergeAll(
        greeting,
        Drain.onShutdown({
          server,
          readinessDelay: Duration.seconds(settings.POPUG_DRAIN_DELAY_SECONDS),
          limit: Duration.seconds(settings.POPUG_DRAIN_SECONDS)
        })
      ).pipe(
        Layer.provideMerge(listening),
        Layer.provideMerge(Drain.layer),
        Layer.provide(Layer.effectDiscard(bootstrap(settings))),
        Layer.provideMerge(Company.layer(settings, secret)),
        Layer.provideMerge(Wake.layer),
        Layer.provideMerge(clocks(settings))
      )
    })
  )
