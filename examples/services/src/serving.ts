/**
 * From settings to a process that listens, and drains as it ends.
 */
import { clocks } from "@popug-examples/server/clocks"
import * as Listening from "@popug-examples/server/listening"
import { ofFolder } from "@popug-examples/server/secret"
import { Bell, Drain, ServicesHttp } from "@popug/http/server"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { credentials } from "./asking.ts"
import * as Contexts from "./Contexts.ts"
import * as Routes from "./Routes.ts"
import type { Settings } from "./settings.ts"
import { worldTime } from "./worldTime.ts"

/** Serves routes on the port of the settings; what is under way is finished as it ends. */
const listening = <E, R>(settings: Settings, routes: Layer.Layer<never, E, R>) =>
  Listening.listening(settings, routes, (url) => Effect.logInfo(`popug's ${settings.POPUG_SERVICE} listens at ${url}`))

const serving = (settings: Settings, login: Routes.Development) => {
  const { secret } = login
  const internal = ServicesHttp.routes({ credentials: credentials(settings) })
  switch (settings.POPUG_SERVICE) {
    case "users":
      return listening(settings, Layer.merge(internal, Routes.users(settings, login))).pipe(
        Layer.provide(Contexts.users(settings, secret))
      )
    case "tasks":
      return listening(settings, Layer.merge(internal, Routes.tasks(settings, login))).pipe(
        Layer.provide(Contexts.tasks(settings, secret))
      )
    case "billing":
      return listening(settings, Layer.merge(internal, Routes.billing(settings, login))).pipe(
        Layer.provide(Contexts.billing(settings, secret))
      )
    case "reports":
      return listening(settings, Layer.merge(internal, Routes.reports(settings, login))).pipe(
        Layer.provide(Contexts.reports(settings, secret))
      )
    case "front":
      return listening(settings, Routes.front(settings)).pipe(Layer.provide(Postgres.layerDigest))
  }
}

/** The process of these settings. */
export const layer = (settings: Settings) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const now = yield* worldTime
      const secret =
        settings.POPUG_SECRET ??
        (settings.POPUG_SERVICE === "front" ? "" : yield* ofFolder(settings.POPUG_DATA_DIR, { anew: false }))
      return serving(settings, { secret, now }).pipe(
        Layer.provide([Drain.layer, Bell.layer]),
        Layer.provide(clocks(settings))
      )
    })
  )
