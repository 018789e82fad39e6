/**
 * `/livez` and `/readyz`: what a load balancer asks, without a token.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import * as Problem from "../../api/problems.ts"
import { Drain } from "../platform/Drain.ts"

const ok = { status: "ok" } as const

/** How long the store may take to answer. */
const patience = "2 seconds"
/** How long its answer holds: probes are many, and must not load the store. */
const memory = "1 second"

export const layer = HttpApiBuilder.group(
  Api,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* EventLog
    const drain = yield* Drain
    const answers = yield* log
      .last("users")
      .pipe(
        Effect.timeout(patience),
        Effect.match({ onFailure: () => false, onSuccess: () => true }),
        Effect.cachedWithTTL(memory)
      )
    return handlers.handleAll({
      live: () => Effect.succeed(ok),
      ready: Effect.fnUntraced(function* () {
        if (drain.isDraining()) return yield* new Problem.Unavailable({ detail: "the server is going down" })
        if (!(yield* answers)) return yield* new Problem.Unavailable({ detail: "the store does not answer" })
        return ok
      })
    })
  })
)
