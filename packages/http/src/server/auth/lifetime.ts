/**
 * For how long the token of the request at hand still holds: for what lasts longer than a request.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** In milliseconds from now on; null when nothing is known of that. Asked for only by what lasts. */
export const TokenLifetime = Context.Reference<Effect.Effect<number | null>>("@popug/http/TokenLifetime", {
  defaultValue: () => Effect.succeed(null)
})
