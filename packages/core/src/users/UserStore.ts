/**
 * The port that keeps users, their stream of events and their recorded commands.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { UserStatus } from "../company/Actor.ts"
import type { ExternalIdentity } from "../company/ExternalIdentity.ts"
import type {
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction
} from "../stream/ContextStore.ts"
import type { Head } from "../stream/Head.ts"
import type { UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { User } from "./User.ts"

/** What a commit needs to know; users found in several ways come once. */
export interface UserQuery extends ContextQuery {
  readonly users: ReadonlyArray<UserId>
  /** Whoever has one of these. */
  readonly identities?: ReadonlyArray<ExternalIdentity>
}

export interface UserLoad extends ContextLoad {
  /** In any order. */
  readonly users: ReadonlyArray<User>
}

/** What a commit writes, all or nothing. */
export interface UserChanges extends ContextChanges<Head> {
  readonly users: ReadonlyArray<User>
}

/** A transaction that holds the head. */
export interface UserTransaction extends ContextTransaction<Head, UserQuery, UserLoad, UserChanges> {}

export interface UserFilter {
  readonly status?: UserStatus
  readonly role?: string
}

/**
 * What all stores promise is said in `ContextStore`. Besides, a commit that would give an identity to two users, or
 * twice to one, is refused with `Conflict`, not to be retried.
 */
export class UserStore extends Context.Service<
  UserStore,
  ContextStore<UserTransaction> & {
    /** Those of the ids that exist, in any order. */
    readonly get: (ids: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyArray<User>, StoreError>
    /** Those who have one of the identities, each once, in any order. Identities are compared byte by byte. */
    readonly byIdentity: (identities: ReadonlyArray<ExternalIdentity>) => Effect.Effect<ReadonlyArray<User>, StoreError>
    /** Users by id in byte order. A filter's conditions all hold. */
    readonly list: (filter: UserFilter, paging: Paging<UserId>) => Effect.Effect<Page<User>, StoreError>
  }
>()("@popug/core/UserStore") {}
