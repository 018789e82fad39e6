/**
 * The port that keeps the cursors of a host's own consumers, together with their effects.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type * as Cursor from "./Cursor.ts"
import type * as Envelope from "./Envelope.ts"

/**
 * Contract: `transact` locks the consumer's cursor (a new one starts at 0), runs the body and stores the cursor it
 * returns, all or nothing: with what the body wrote where the adapter shares its transaction. Bodies of one consumer
 * run one after another; an adapter that compares versions instead of locking fails a stale one with `Conflict`,
 * `retryable` true. A cursor may go back, for a replay, but keeps its consumer and source; others are refused with
 * `Conflict`, and so is a consumer that turns to another source than it began with: none of it is to be retried.
 */
export class CursorStore extends Context.Service<
  CursorStore,
  {
    readonly transact: <A, E, R>(
      consumer: string,
      source: Envelope.Source,
      body: (cursor: Cursor.Cursor) => Effect.Effect<readonly [A, Cursor.Cursor], E, R>
    ) => Effect.Effect<A, E | StoreError, R>
    /** The cursors of all consumers that ever ran, by name. */
    readonly list: Effect.Effect<ReadonlyArray<Cursor.Cursor>, StoreError>
  }
>()("@popug/core/CursorStore") {}
