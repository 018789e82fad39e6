/**
 * The port through which a sign-in asks which user an identity provider's subject is.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { UserId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { ExternalIdentity } from "./ExternalIdentity.ts"

/** Whose an identity is. */
export interface KnownIdentity extends ExternalIdentity {
  readonly id: UserId
}

/**
 * Contract: `lookup` returns those of the identities that somebody has, each once, in any order. Identities are
 * compared to the letter. `withoutIdentity` returns those of the ids that are users' who have none: they alone may be
 * found by an id that a token claims. Otherwise a subject of any provider that happens to be somebody's id would be let
 * in as that user. Whether the user is active is the `Directory`'s to say.
 */
export class IdentityDirectory extends Context.Service<
  IdentityDirectory,
  {
    readonly lookup: (
      identities: ReadonlyArray<ExternalIdentity>
    ) => Effect.Effect<ReadonlyArray<KnownIdentity>, StoreError>
    readonly withoutIdentity: (ids: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyArray<UserId>, StoreError>
  }
>()("@popug/core/IdentityDirectory") {}
