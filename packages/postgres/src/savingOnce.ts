/**
 * Transactions as the ports have them, and what holds of the `save` of each.
 */
import type { CommandId, RecordedCommand, StoreError } from "@popug/core"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { conflict } from "./errors.ts"

/** A transaction as the ports of the three contexts with a stream have it. */
export interface Transaction<H, Query, Loaded, C> {
  readonly head: H
  readonly now: DateTime.Utc
  readonly load: (
    query: Query
  ) => Effect.Effect<Loaded & { readonly commands: ReadonlyMap<CommandId, RecordedCommand> }, StoreError>
  readonly ahead: (part: C) => Effect.Effect<void, StoreError>
  readonly save: (changes: C) => Effect.Effect<void, StoreError>
}

/**
 * The `save` of a transaction: once at most, and not when it is over. A transaction whose `save` was refused is lost,
 * whatever its body makes of the error; and so is one that wrote a part ahead and never saved.
 */
export const savingOnce = <C>(write: (changes: C, isLast: boolean) => Effect.Effect<unknown, StoreError>) => {
  let state: "open" | "ahead" | "saved" | "over" = "open"
  let refusal: StoreError | undefined
  const writing = (changes: C, isLast: boolean): Effect.Effect<void, StoreError> =>
    Effect.suspend(() => {
      const before = state
      if (before === "over") return Effect.fail(conflict("the transaction is over"))
      state = isLast ? "saved" : "ahead"
      return before === "saved"
        ? Effect.fail(conflict("a transaction saves once"))
        : Effect.asVoid(write(changes, isLast))
    }).pipe(Effect.tapError((error) => Effect.sync(() => void (refusal ??= error))))
  /** Runs the body; what it leaves running can't save any more, and a refusal that it hides counts all the same. */
  const during = <A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    body.pipe(
      Effect.ensuring(
        Effect.sync(() => {
          if (state === "ahead") refusal ??= conflict("what was written ahead was never saved")
          state = "over"
        })
      ),
      Effect.flatMap((answer) => (refusal === undefined ? Effect.succeed(answer) : Effect.fail(refusal)))
    )
  return {
    ahead: (part: C) => writing(part, false),
    save: (changes: C) => writing(changes, true),
    during,
    isOver: () => state === "over"
  }
}
