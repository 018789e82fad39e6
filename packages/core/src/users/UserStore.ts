/**
 * The port that keeps users, their stream of events and their recorded commands.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { UserStatus } from "../company/Actor.ts"
import type { RecordedCommand } from "../stream/Command.ts"
import type { ForgetCommands } from "../stream/Retention.ts"
import type { CompanyMismatch, Identity } from "../company/Identity.ts"
import type * as Envelope from "../stream/Envelope.ts"
import type { Head } from "../stream/Head.ts"
import type { CommandId, UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { ExternalIdentity } from "../company/ExternalIdentity.ts"
import type { User } from "./User.ts"

/** What a commit needs to know; users found in several ways come once. */
export interface UserQuery {
  readonly users: ReadonlyArray<UserId>
  /** Whoever has one of these. */
  readonly identities?: ReadonlyArray<ExternalIdentity>
  readonly commands: ReadonlyArray<CommandId>
}

/** What a commit writes, all or nothing. */
export interface UserChanges {
  readonly head: Head
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly users: ReadonlyArray<User>
  readonly commands: ReadonlyArray<RecordedCommand>
}

/** A transaction that holds the head. */
export interface UserTransaction {
  readonly head: Head
  /** The instant of the commit: the store's, never earlier than the head's. */
  readonly now: DateTime.Utc
  readonly load: (query: UserQuery) => Effect.Effect<
    {
      readonly users: ReadonlyArray<User>
      readonly commands: ReadonlyMap<CommandId, RecordedCommand>
    },
    StoreError
  >
  readonly save: (changes: UserChanges) => Effect.Effect<void, StoreError>
}

export interface UserFilter {
  readonly status?: UserStatus
  readonly role?: string
}

/**
 * Contract: `transact` takes the head in a statement of its own, then runs the body; when it succeeds everything saved
 * is there, when it fails, is interrupted or dies nothing is. Transactions of one company run one after another, and
 * what one saved the next one loads. A body saves at most once; a save that was refused can't be caught and committed.
 *
 * Where two processes share a store, it locks the head until the commit, or compares the head's version at the commit,
 * be it one without events or of a body that only read: a transaction whose head is stale fails with `Conflict`,
 * `retryable` true, before it is refused for anything else. An instance runs its own bodies one after another.
 *
 * Refused with `Conflict`: events that do not follow the head without a hole, are of another stream or do not carry
 * the digest of the one before; a head that is not at its last event, whose digest changed without an event, or that is
 * earlier than the one before; a command id that is recorded already, or twice in one commit; an identity of two users; a load or a save once the
 * body is over. All this contradicts what is stored and would be refused again: `retryable` is false. Command ids are a
 * context's own.
 *
 * Before `open`, transactions and heads fail with `Corrupt`, not to be retried, and reads find nothing. Reads outside a
 * transaction see committed rows only, and give each row once.
 */
export class UserStore extends Context.Service<
  UserStore,
  {
    /**
     * Creates the company's rows at the first call; later calls compare the identity. The contexts of one database agree:
     * which was opened first decides, whoever opens them at once. Every transaction of this host compares the identity
     * again once it holds the head, and fails with reason `Mismatch` if it has changed.
     */
    readonly open: (company: Identity) => Effect.Effect<void, CompanyMismatch | StoreError>
    /**
     * Puts this identity in the place of the stored one, for all contexts of the database at once, as
     * `CompanyIdentity.adoption` says, and counts as `open`. Hosts that were opened for the old one are refused from then
     * on. For an operator's explicit act.
     */
    readonly adopt: (company: Identity) => Effect.Effect<void, CompanyMismatch | StoreError>
    readonly transact: <A, E, R>(
      body: (tx: UserTransaction) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | StoreError, R>
    /**
     * Forgets recorded commands of commits that are at least `age` old by the store's clock, the oldest first and
     * `limit` at most; returns how many. Takes no head, and holds up no commit.
     */
    readonly forgetCommands: ForgetCommands
    /** Those of the ids that exist, in any order. */
    readonly get: (ids: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyArray<User>, StoreError>
    /** Those who have one of the identities, each once, in any order. Identities are compared byte by byte. */
    readonly byIdentity: (identities: ReadonlyArray<ExternalIdentity>) => Effect.Effect<ReadonlyArray<User>, StoreError>
    /** Users by id in byte order. */
    readonly list: (filter: UserFilter, paging: Paging<UserId>) => Effect.Effect<Page<User>, StoreError>
  }
>()("@popug/core/UserStore") {}
