/**
 * `/livez` and `/readyz` of a server of many companies: it is ready when it knows which companies there are. One that
 * can't be served, or one of several databases, makes it no less ready for the others.
 */
import { Companies } from "@popug/core"
import * as Effect from "effect/Effect"
import { HostApi } from "../../api/HostApi.ts"
import * as Problem from "../../api/Problem.ts"
import * as Contract from "../contract/Contract.ts"
import { Drain } from "../platform/Drain.ts"

const ok = { status: "ok" } as const

/** How long the directory may take to answer. */
const patience = "2 seconds"
/** How long its answer holds: probes are many. */
const memory = "1 second"

export const layer = Contract.group(
  HostApi,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const companies = yield* Companies
    const drain = yield* Drain
    const answers = yield* companies
      .list({ limit: 1 })
      .pipe(
        Effect.timeout(patience),
        Effect.match({ onFailure: () => false, onSuccess: () => true }),
        Effect.cachedWithTTL(memory)
      )
    return handlers.handleAll({
      live: () => Effect.succeed(ok),
      ready: Effect.fnUntraced(function* () {
        if (drain.isDraining()) return yield* new Problem.Unavailable({ detail: "the server is going down" })
        if (yield* answers) return ok
        return yield* new Problem.Unavailable({ detail: "the directory of companies does not answer" })
      })
    })
  })
)
