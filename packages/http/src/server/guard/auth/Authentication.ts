/**
 * The port that tells whose a bearer token is.
 */
import type { UserId } from "@popug/core"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Problem from "../../../api/Problem.ts"

/**
 * A server has exactly one: `Oidc.layer`, `DevLogin.layer` for development, or the host's own, for tokens that it gives
 * out itself: `Layer.succeed(Authentication, { verify })`.
 */
export class Authentication extends Context.Service<
  Authentication,
  {
    /**
     * The user that a token names. Fails with `Unauthenticated` when anything is wrong with the token: `detail` says
     * what, in a few words and without the token. Fails with `UnknownSubject` when the token holds, but is about nobody
     * here, and with `Unavailable` when it can't be told now. Whether the user is active is the core's to say.
     */
    readonly verify: (
      token: Redacted.Redacted
    ) => Effect.Effect<UserId, Problem.Unauthenticated | Problem.UnknownSubject | Problem.Unavailable>
    /**
     * For how many milliseconds a token that was verified still holds: what was opened with it ends then. Null when
     * that is not known; without the function it is known of none.
     */
    readonly lifetime?: (token: Redacted.Redacted) => Effect.Effect<number | null>
  }
>()("@popug/http/Authentication") {}
