/**
 * What the token of the request at hand is good for later on: for what lasts longer than a request.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** In milliseconds from now on; null when nothing is known of that. Asked for only by what lasts. */
export const TokenLifetime = Context.Reference<Effect.Effect<number | null>>("@popug/http/TokenLifetime", {
  defaultValue: () => Effect.succeed(null)
})

/**
 * Whether the token still lets in the same user: an admin may have taken away the identity that it is found by. False,
 * too, when that can't be told now: what lasts ends then, and its client comes back.
 */
export const TokenHolds = Context.Reference<Effect.Effect<boolean>>("@popug/http/TokenHolds", {
  defaultValue: () => Effect.succeed(true)
})
