/**
 * The port that tells what a bearer token says before it is known in which company: of a server of many companies.
 */
import type { Users } from "@popug/core"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Problem from "../../../api/Problem.ts"
import type { Claims, Resolve } from "./SignIn.ts"

/** A server of many companies has exactly one: `Oidc.layerTokens`, or `DevLogin.layerTokens` for development. */
export class Tokens extends Context.Service<
  Tokens,
  {
    /**
     * What a token says that holds in the company that is asked for, if there is such a company: nothing is looked up
     * for a token that does not hold. `company` is undefined where the token itself says which.
     */
    readonly verify: (
      token: Redacted.Redacted,
      company: string | undefined
    ) => Effect.Effect<Claims, Problem.Unauthenticated | Problem.Unavailable>
    /** For how many milliseconds a token that was verified still holds; null when that is not known. */
    readonly lifetime: (token: Redacted.Redacted, company: string | undefined) => Effect.Effect<number | null>
    /** How one company finds its user of what a token says. */
    readonly signIn: Effect.Effect<Resolve, never, Users>
    /**
     * Whether signing in makes users, or writes their roles. Then the token has to say which company it is for: where
     * the path does, whoever has a token of one company would become a user of any.
     */
    readonly signInWrites: boolean
  }
>()("@popug/http/Tokens") {}
