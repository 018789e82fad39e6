/**
 * From routes to an open port; it drains as it ends.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Drain, NodeServer } from "@popug/http/server"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { Settings } from "./settings.ts"

/** What it takes of the settings. */
type Listening = Pick<Settings, "HOST" | "PORT" | "POPUG_DRAIN_DELAY_SECONDS" | "POPUG_DRAIN_SECONDS">

/** Serves routes, says at which address, and finishes what is under way as it ends. */
export const listening = <E, R>(
  settings: Listening,
  routes: Layer.Layer<never, E, R>,
  say: (url: string) => Effect.Effect<void>
) => {
  const server = NodeServer.make()
  const said = Layer.effectDiscard(
    Effect.flatMap(HttpServer.HttpServer, ({ address }) => say(HttpServer.formatAddress(address)))
  )
  return Layer.mergeAll(
    said,
    Drain.onShutdown({
      server,
      readinessDelay: Duration.seconds(settings.POPUG_DRAIN_DELAY_SECONDS),
      limit: Duration.seconds(settings.POPUG_DRAIN_SECONDS)
    })
  ).pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(
      NodeHttpServer.layer(() => server.server, {
        host: settings.HOST,
        port: settings.PORT,
        // Draining has ended by then: nothing is left to wait for.
        gracefulShutdownTimeout: "1 second"
      })
    )
  )
}
