/**
 * What is known of whoever sent the request at hand besides who they are. One service for all of it: each more makes
 * the context of every request dearer.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Tenant } from "../../many/Tenant.ts"

export interface Caller {
  /** In which company; undefined on a server of one. */
  readonly tenant?: Tenant | undefined
  /**
   * Counts a batch by what it makes or does, not as the one request that it is: what goes beyond the user's limit is
   * filled in before anything else of theirs is let in.
   */
  readonly countBatch: (items: ReadonlyArray<unknown>) => Effect.Effect<void>
  /** For how many milliseconds from now on the token holds, asked for by what lasts; null when that is not known. */
  readonly tokenLifetime: () => Effect.Effect<number | null>
  /**
   * Whether the token still lets in the same user: an admin may have taken away the identity that it is found by.
   * False, too, when that can't be told now: what lasts ends then, and its client comes back.
   */
  readonly tokenHolds: () => Effect.Effect<boolean>
}

/** Without a token that was looked at, nothing is counted, and what lasts goes on. */
export const Caller = Context.Reference<Caller>("@popug/http/Caller", {
  defaultValue: () => ({
    countBatch: () => Effect.void,
    tokenLifetime: () => Effect.succeed(null),
    tokenHolds: () => Effect.succeed(true)
  })
})
