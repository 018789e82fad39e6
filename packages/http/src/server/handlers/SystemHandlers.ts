/**
 * `/livez` and `/readyz`: what a load balancer asks, without a token.
 */
import { EventLog, Readiness } from "@popug/core"
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

export const layer = Contract.group(
  Api,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* EventLog
    const drain = yield* Drain
    const readiness = yield* Readiness
    const silent = "the store does not answer"
    const otherwise = "the server has other settings than the company"
    const trouble = yield* Effect.mapError(log.last("users"), () => silent).pipe(
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
