/**
 * How a commit is tried: again while that may help, until its outcome is known, and by halves where the store refuses a
 * part of it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import { CommandId, Ids } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import type { RecordedCommand } from "./Command.ts"
import { isRefusal } from "./refusals.ts"
import type { Handle } from "./Writer.ts"

/**
 * A commit of which the store refuses a part, and nobody knows which: it is done again by halves, in the same order,
 * until what is refused stands alone. The other commands are done.
 */
export const apart =
  <Item, Answer, Error>(commit: Handle<Item, Answer, Error>): Handle<Item, Answer, Error> =>
  (batch) =>
    Effect.catch(commit(batch), (error) => {
      if (batch.length < 2 || !isRefusal(error)) return Effect.fail(error)
      const middle = batch.length >>> 1
      const halves = [batch.slice(0, middle), batch.slice(middle)]
      return Effect.map(
        Effect.forEach(halves, (half) =>
          Effect.catchCause(apart(commit)(half), (cause) => Effect.succeed(half.map(() => Exit.failCause(cause))))
        ),
        (exits) => exits.flat()
      )
    })

/** A short wait that doubles: from 20 ms, seven times, some two and a half seconds in all. */
const patience = Schedule.exponential("20 millis").pipe(Schedule.upTo({ times: 7 }))

/**
 * Runs a transaction until it is known to have committed, or fails for good. The body stores the receipt that it is
 * passed among its recorded commands: after an unknown outcome the receipt tells whether the commit happened, so that
 * nothing is done twice.
 */
export const untilKnown = Effect.fnUntraced(function* <Tx, P, A, E, R>(options: {
  /** What each attempt looks up before it takes the head. */
  readonly prepare: Effect.Effect<P, StoreError, R>
  readonly transact: <B, E2>(body: (tx: Tx) => Effect.Effect<B, E2>) => Effect.Effect<B, E2 | StoreError>
  readonly recorded: (
    tx: Tx,
    ids: ReadonlyArray<CommandId>
  ) => Effect.Effect<ReadonlyMap<CommandId, RecordedCommand>, StoreError>
  readonly body: (tx: Tx, receipt: RecordedCommand, prepared: P) => Effect.Effect<A, E | StoreError>
}): Effect.fn.Return<A, E | StoreError, Ids | R> {
  const ids = yield* Ids
  const commandId = CommandId.make(`commit.${(yield* ids.many(1))[0]}`)
  const receipt: RecordedCommand = { commandId, digest: "commit", answer: null }
  let outcome: { readonly value: A } | undefined
  // Of the attempts so far: whether the last commit may have happened, and whether one is known to have.
  let state: "no" | "unknown" | "done" = "no"
  const attempt = Effect.flatMap(options.prepare, (prepared) =>
    options.transact((tx) =>
      Effect.gen(function* () {
        if (outcome !== undefined && (yield* options.recorded(tx, [commandId])).size > 0) {
          state = "done"
          return outcome.value
        }
        state = "no"
        const value = yield* options.body(tx, receipt, prepared)
        outcome = { value }
        return value
      })
    )
  )
  return yield* attempt.pipe(
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (state === "no" && error instanceof StoreError) state = error.committed
      })
    ),
    Effect.retry({
      while: (error) => state !== "done" && error instanceof StoreError && error.retryable,
      schedule: patience
    }),
    Effect.catch((error) => {
      if (state === "done") return Effect.succeed(outcome!.value)
      if (state === "no" || !(error instanceof StoreError)) return Effect.fail(error)
      // The last attempt did not find out what became of the one before.
      const { message, reason, retryable } = error
      return Effect.fail(new StoreError({ reason, retryable, committed: "unknown", message, cause: error }))
    })
  )
})
