/**
 * The server: the company, who is let in, the API, and how it all starts and ends.
 */
import { Actor, type StoreError, Users } from "@popug/core"
import { Bell, DevLogin, Drain, Oidc, PopugHttp } from "@popug/http/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { clocks } from "./clocks.ts"
import * as Company from "./Company.ts"
import * as Demo from "./demo/Demo.ts"
import type { Failure } from "./failure.ts"
import { folder } from "./folder.ts"
import * as Http from "./Http.ts"
import { listening } from "./listening.ts"
import * as Many from "./Many.ts"
import { ofFolder } from "./secret.ts"
import type { ServerSettings, Settings } from "./settings.ts"

/** What is said while the server starts. */
export interface Welcome {
  /** Before the store is opened, which takes some seconds the first time. */
  readonly starting: (settings: Settings) => Effect.Effect<void>
  /** Once the server listens at an address. */
  readonly listening: (settings: Settings, url: string) => Effect.Effect<void>
}

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

const routes = (settings: Settings) => {
  const options: PopugHttp.Options = { ...Http.around(settings), metrics: settings.POPUG_METRICS ? {} : null }
  return settings.POPUG_DEV_LOGIN
    ? PopugHttp.layerDevelopment(options).pipe(Layer.provide(DevLogin.layer))
    : PopugHttp.layer(options).pipe(Layer.provide(Oidc.layer(Http.oidc(settings))))
}

/** The secret of the company of these settings. */
export const secretOf = (settings: Settings, options = { anew: false }) =>
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

/** One company, and who is there before the first request. */
const one = (settings: Settings, secret: string) =>
  routes(settings).pipe(
    Layer.provide(Layer.effectDiscard(bootstrap(settings))),
    Layer.provide(Company.layer(settings, secret)),
    Layer.provide(Bell.layer)
  )

/** Everything, from the data folder to the open port; it drains as it ends. */
export const layer = (settings: ServerSettings, welcome: Welcome): Layer.Layer<never, Failure> =>
  Layer.unwrap(
    Effect.map(secretOf(settings), (secret) => {
      const app = settings.POPUG_COMPANIES === "off" ? one(settings, secret) : Many.layer(settings, secret)
      return listening(settings, app, (url) => welcome.listening(settings, url)).pipe(
        Layer.provideMerge(Drain.layer),
        Layer.provideMerge(clocks(settings))
      )
    })
  )
