/**
 * A lock that is handed on in the order of asking, and that can be taken away from a holder who is gone.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** A place in the queue of a lock; the first place holds it. */
export interface Ticket {
  /** Waits until the lock is held. */
  readonly turn: Effect.Effect<void>
  /** Gives the lock back, or the place in the queue; once is enough. */
  readonly leave: () => void
}

export class Lock {
  readonly #queue: Array<{ readonly turn: Deferred.Deferred<void> }> = []

  /** Takes a place in the queue, at once. */
  enter(): Ticket {
    const place = { turn: Deferred.makeUnsafe<void>() }
    this.#queue.push(place)
    return {
      // A waiter goes on by itself, not inside the one who left: a long queue would otherwise be a deep stack.
      turn: this.#queue[0] === place ? Effect.void : Effect.andThen(Deferred.await(place.turn), Effect.yieldNow),
      leave: () => {
        const index = this.#queue.indexOf(place)
        if (index === -1) return
        this.#queue.splice(index, 1)
        const next = this.#queue[0]
        if (index === 0 && next !== undefined) Deferred.doneUnsafe(next.turn, Effect.void)
      }
    }
  }
}
