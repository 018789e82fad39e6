/**
 * What the stores of all contexts have in common: a stream of events with a head, recorded commands, and rows that
 * follow from the events.
 */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { CompanyMismatch, Identity } from "../company/Identity.ts"
import type { CommandId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { RecordedCommand } from "./Command.ts"
import type * as Envelope from "./Envelope.ts"
import type * as Head from "./Head.ts"

/** What each commit asks for, besides the rows of its context. */
export interface ContextQuery {
  /** Ids of commands that may be recorded already. */
  readonly commands: ReadonlyArray<CommandId>
}

/** What each load returns, besides the rows of its context. */
export interface ContextLoad {
  /** Those of the commands asked for that are recorded. */
  readonly commands: ReadonlyMap<CommandId, RecordedCommand>
}

/** What each commit writes, besides the rows of its context. */
export interface ContextChanges<H extends Head.Head> {
  /** The head after the commit: at its last event, if it has any. */
  readonly head: H
  /** Events that follow the head that was taken, without a hole. */
  readonly events: ReadonlyArray<Envelope.Envelope>
  /** The commands that were done under an id. */
  readonly commands: ReadonlyArray<RecordedCommand>
}

/** A transaction that holds the head. */
export interface ContextTransaction<
  H extends Head.Head,
  Query extends ContextQuery,
  Load extends ContextLoad,
  Changes extends ContextChanges<H>
> {
  /** The head as it was taken. */
  readonly head: H
  /** The instant of the commit: the store's, never earlier than the head's (`Head.instant`). */
  readonly now: DateTime.Utc
  /** Everything that a commit names, in one call; rows found in several ways come once. */
  readonly load: (query: Query) => Effect.Effect<Load, StoreError>
  /**
   * Only where it makes big commits faster: writes a part of the changes, of which `save` brings the rest. Each part
   * has the head after it, which the next follows. It returns when the part is on its way; a refusal is heard at the
   * next call. Nothing is loaded after it.
   */
  readonly ahead?: (part: Changes) => Effect.Effect<void, StoreError>
  /** Writes the changes, at most once in a transaction; rows are whole and replace those of the same key. */
  readonly save: (changes: Changes) => Effect.Effect<void, StoreError>
}

/**
 * A store that belongs to one company and works in transactions.
 *
 * `transact` runs a body: when it succeeds everything it saved is there, when it fails, is interrupted or dies nothing
 * is. Bodies of one company run one after another, and what one saved the next one loads. A body saves at most once; a
 * save that was refused can't be caught and committed. A load or a save once the body is over is refused with
 * `Conflict`, not to be retried.
 *
 * Where two processes share a store, it either locks what it took until the commit, or compares its version at the
 * commit. Every commit moves the version, one without events too, and a body that only read is compared as well. A
 * transaction that is stale fails with `Conflict`, `retryable` true, before it is refused for anything else. An
 * instance runs its own bodies one after another in either case. It may run a body again before it answers, where it
 * found that somebody else was first, or that it has to take a lock: of a run that is not committed nothing counts.
 *
 * A failure says whether the commit may have happened all the same (`committed`): `unknown` where nobody can tell.
 *
 * Before `open`, transactions fail with `Corrupt`, not to be retried, and reads find nothing. Reads outside a
 * transaction see committed rows only, and return each row once.
 */
export interface CompanyStore<Tx, Opening extends ReadonlyArray<unknown> = []> {
  /**
   * Creates the company's rows at the first call; later calls compare the identity. The contexts of one database agree:
   * the one that was opened first decides, also when several are opened at once. Every transaction of this host
   * compares the identity again once it holds what it took, and fails with reason `Mismatch` if it has changed.
   */
  readonly open: (company: Identity, ...opening: Opening) => Effect.Effect<void, CompanyMismatch | StoreError>
  /**
   * Puts this identity in the place of the stored one, for all contexts of the database at once, as
   * `CompanyIdentity.adoption` says, and counts as `open`. Hosts that were opened for the old one are refused from then
   * on. For an operator's explicit act.
   */
  readonly adopt: (company: Identity, ...opening: Opening) => Effect.Effect<void, CompanyMismatch | StoreError>
  readonly transact: <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>
}

/**
 * The store of a context that writes a stream: all that the stores of users, tasks and billing promise alike.
 *
 * `transact` takes the head first, in a statement of its own, and moves it with what is saved: the commits of a context
 * are in one total order, and nothing that was read before the head was taken is used. A store that takes no lock reads
 * the head and what is loaded at one moment, and saves only while the head is still that one, which comes to the same.
 *
 * Refused with `Conflict`: what `Head.follows` refuses (events that do not follow the head without a hole, are of
 * another stream or do not carry the digest of the one before; a head that is not at its last event, whose digest
 * changed without an event, or that is earlier than the one before); a command id that is recorded already, or twice in
 * one commit. All this contradicts what is stored and would be refused again: `retryable` is false. Command ids are a
 * context's own: another context may use the same.
 */
export interface ContextStore<
  Tx extends { readonly head: Head.Head },
  Opening extends ReadonlyArray<unknown> = []
> extends CompanyStore<Tx, Opening> {
  /** The head as it is committed. Before `open` it fails with `Corrupt`, not to be retried. */
  readonly head: Effect.Effect<Tx["head"], StoreError>
  /**
   * Forgets the recorded commands of commits that are at least `age` old, the oldest first and `limit` at most; returns
   * how many they were. The age is reckoned by the store's clock, which gave the commits their instants: a process
   * whose clock is wrong forgets nothing too early. Takes no head, and holds up no commit.
   */
  readonly forgetCommands: ForgetCommands
}

/** See `ContextStore`; what `CommandRetention` has called. */
export type ForgetCommands = (age: Duration.Duration, limit: number) => Effect.Effect<number, StoreError>
