/**
 * Whom a token names, where those who know run in another process: believed for as long as who acts is, so that not
 * every request has to wait for an answer, and that process may be away for a moment.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Claims, Resolve } from "./SignIn.ts"

/** For how long, in nanoseconds of the monotonic clock since the question was sent. */
const lease = 5_000_000_000n
/** How many subjects are remembered. */
const most = 10_000

/** The same, remembering those who were found; that somebody is unknown is asked again each time. */
export const remembering = (resolve: Resolve, keyOf: (claims: Claims) => string): Effect.Effect<Resolve> =>
  Effect.map(Clock.Clock, (clock) => {
    const known = new Map<string, { readonly id: Effect.Success<ReturnType<Resolve>>; readonly until: bigint }>()
    return Effect.fnUntraced(function* (claims, fresh) {
      const key = keyOf(claims)
      const asked = clock.monotonicTimeNanosUnsafe()
      const found = known.get(key)
      if (found !== undefined && found.until > asked) return found.id
      const id = yield* resolve(claims, fresh)
      // The latest goes to the end, and the longest known is the first to go.
      known.delete(key)
      known.set(key, { id, until: asked + lease })
      const [oldest] = known.keys()
      if (known.size > most) known.delete(oldest!)
      return id
    })
  })
