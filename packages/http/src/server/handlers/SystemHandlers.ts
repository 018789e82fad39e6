/**
 * `/livez` and `/readyz`: what a load balancer asks, without a token.
 */
import { type Envelope, EventLog, Readiness, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import { Api } from "../../api/Api.ts"
import * as Problem from "../../api/Problem.ts"
import * as Contract from "../contract/Contract.ts"
import { Drain } from "../platform/Drain.ts"

const ok = { status: "ok" } as const

/** How long the store may take to answer. */
const patience = "2 seconds"
/** How long its answer holds: probes are many, and must not load the store. */
const memory = "1 second"

/** `probe` is what the store has to answer. */
export const layerOf = <E, R>(probe: Effect.Effect<Effect.Effect<unknown, StoreError>, E, R>) =>
  Contract.group(
    Api,
    "system",
    Effect.fnUntraced(function* (handlers) {
      const asked = yield* probe
      const drain = yield* Drain
      const readiness = yield* Readiness
      const silent = "the store does not answer"
      const otherwise = "the server has other settings than the company"
      const trouble = yield* Effect.mapError(asked, () => silent).pipe(
        Effect.andThen(
          Effect.mapError(readiness, ({ reason }) => (reason === "Mismatch" ? otherwise : "the store takes no writes"))
        ),
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) }),
        Effect.match({ onFailure: (detail) => detail, onSuccess: () => null }),
        Effect.cachedWithTTL(memory)
      )
      return handlers.handleAll({
        live: () => Effect.succeed(ok),
        ready: Effect.fnUntraced(function* () {
          if (drain.isDraining()) return yield* new Problem.Unavailable({ detail: "the server is going down" })
          const detail = yield* trouble
          if (detail !== null) return yield* new Problem.Unavailable({ detail })
          return ok
        })
      })
    })
  )

/** Asks for what the context of a source wrote last. */
export const layerLog = (source: Envelope.Source) => layerOf(Effect.map(EventLog, (log) => log.last(source)))

export const layer = layerLog("users")
