/**
 * Going down without breaking a request: not ready at once, then open streams end, then requests under way are
 * finished, and only then the server closes.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { NodeServer } from "./NodeServer.ts"

export interface DrainOptions {
  /** The server whose requests are waited for. */
  readonly server: NodeServer
  /** How long requests are still taken while load balancers learn that this process is not ready; default: no time. */
  readonly readinessDelay?: Duration.Input | undefined
  /** How long requests under way may take before their connections are cut; default: 10 seconds. */
  readonly limit?: Duration.Input | undefined
}

export class Drain extends Context.Service<
  Drain,
  {
    /** Whether the process is going down. */
    readonly isDraining: () => boolean
    /** Not ready from now on; answers close their connections. */
    readonly begin: Effect.Effect<void>
    /** Has streams end that would go on for ever. */
    readonly endStreams: Effect.Effect<void>
    /** Waits until streams have to end. */
    readonly streamsEnd: Effect.Effect<void>
  }
>()("@popug/http/Drain") {
  static readonly layer: Layer.Layer<Drain> = Layer.sync(Drain, () => {
    let draining = false
    const closing = Latch.makeUnsafe(false)
    return {
      isDraining: () => draining,
      begin: Effect.sync(() => {
        draining = true
      }),
      endStreams: Effect.asVoid(closing.open),
      streamsEnd: Effect.asVoid(closing.await)
    }
  })

  /** Drains when its scope closes. Build it over the server's layer, so that it is closed before the server is. */
  static readonly onShutdown = ({
    limit = "10 seconds",
    readinessDelay = 0,
    server
  }: DrainOptions): Layer.Layer<never, never, Drain> =>
    Layer.effectDiscard(
      Effect.gen(function* () {
        const drain = yield* Drain
        yield* Effect.addFinalizer(() =>
          Effect.gen(function* () {
            yield* drain.begin
            if (Duration.toMillis(readinessDelay) > 0) yield* Effect.sleep(readinessDelay)
            yield* server.stopListening
            yield* drain.endStreams
            const finished = yield* Effect.timeoutOption(server.idle, limit)
            if (finished._tag === "None") yield* Effect.logWarning("requests under way were cut: they took too long")
            // Whoever is still connected sends no request, or none that is finished in time.
            yield* server.closeConnections
          })
        )
      })
    )
}
