/**
 * `/livez` and `/readyz` of a server of many companies: it is ready while the directory or a database of companies
 * answers. One that can't be served, or one of several databases, makes it no less ready for the others.
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
    const directory = companies
      .list({ limit: 1 })
      .pipe(Effect.timeout(patience), Effect.match({ onFailure: () => false, onSuccess: () => true }))
    // While the directory is away, companies that were served before go on being served.
    const some = Effect.map(companies.databases, (all) => all.some(({ failure }) => failure === null))
    const answers = yield* Effect.cachedWithTTL(
      Effect.flatMap(directory, (there) => (there ? Effect.succeed(true) : some)),
      memory
    )
    return handlers.handleAll({
      live: () => Effect.succeed(ok),
      ready: Effect.fnUntraced(function* () {
        if (drain.isDraining()) return yield* new Problem.Unavailable({ detail: "the server is going down" })
        if (yield* answers) return ok
        return yield* new Problem.Unavailable({
          detail: "neither the directory of companies nor a database of theirs answers"
        })
      })
    })
  })
)
