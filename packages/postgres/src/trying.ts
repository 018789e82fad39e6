/**
 * How a transaction is tried: without a lock where nobody else seems to write, otherwise under it.
 */
import { type Head, StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase } from "./Database.ts"
import type { Left, Outcome } from "./unlocked.ts"

/** What came of a body under the lock. */
export interface Locked<A, H> {
  readonly answer: A
  /** The mark of the head that it found, and the head that it leaves. */
  readonly found: string
  readonly left: Left<H>
  /** Whether it wrote much: a part ahead. */
  readonly isLong: boolean
}

/** The two ways. */
interface Ways<H extends Head.Head, Tx> {
  readonly db: CompanyDatabase
  readonly codec: Contexts.HeadCodec<H>
  readonly locked: <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) => Effect.Effect<Locked<A, H>, E | StoreError, R>
  /** None for a context that has every transaction take the lock. */
  readonly unlocked:
    | (<A, E, R>(
        left: Left<H>,
        body: (tx: Tx) => Effect.Effect<A, E, R>
      ) => Effect.Effect<Outcome<A, H>, E | StoreError, R>)
    | undefined
}

/** Whether a failure says that nothing was written, and nothing will be. */
const isUndone = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return error instanceof StoreError && error.committed === "no"
}

/**
 * Transactions under a context's head; those of this process wait here for it, without a connection each. Where the
 * head was found as this process had left it, or as it has read it first, nobody else seems to write: the next is tried
 * without a lock, unless much was written last.
 */
export const trying = <H extends Head.Head, Tx>({ codec, db, locked, unlocked }: Ways<H, Tx>) => {
  const turn = Semaphore.makeUnsafe(1)
  let left: Left<H> | undefined
  let isAlone = true
  let isLong = false
  // Whether something may still be on its way.
  let isUnsure = false

  const underLock = <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    Effect.map(locked(body), (done) => {
      isAlone = left === undefined || left.mark === done.found
      ;({ isLong, left } = done)
      return done.answer
    })

  const tried = Effect.fnUntraced(function* <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) {
    const isFree = yield* db.isFree
    if (isUnsure) {
      yield* Contexts.touch(db, codec)
      // In a transaction of the caller's it is undone if that is.
      isUnsure = !isFree
    }
    if (unlocked === undefined || !isFree || !isAlone || isLong) return yield* underLock(body)
    const from = left ?? (yield* Contexts.found(db, codec))
    // After a failure of any kind the lock says what the head is.
    isAlone = false
    const outcome = yield* Effect.tapCause(unlocked(from, body), (cause) =>
      Effect.sync(() => void (isUnsure = !isUndone(cause)))
    )
    if (outcome._tag !== "Done") return yield* underLock(body)
    isAlone = true
    left = outcome.left
    return outcome.answer
  })

  return {
    transact: <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
      Semaphore.withPermit(turn, tried(body)),
    /** The head as it is committed. */
    head: Effect.map(Contexts.found(db, codec), (found) => {
      left ??= found
      return found.head
    })
  }
}
