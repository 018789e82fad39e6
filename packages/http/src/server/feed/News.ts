/**
 * What may concern any stream: all that wait are woken at once, and look for themselves.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

export class News {
  #next = Deferred.makeUnsafe<void>()
  /** How many signs of life were due so far. */
  beats = 0
  /** Whether streams have to end. */
  isOver = false
  /** Waits for the next. */
  readonly next: Effect.Effect<void> = Effect.suspend(() => Deferred.await(this.#next))

  tell(): void {
    const told = this.#next
    this.#next = Deferred.makeUnsafe()
    Deferred.doneUnsafe(told, Effect.void)
  }

  beat(): void {
    this.beats += 1
    this.tell()
  }

  end(): void {
    this.isOver = true
    this.tell()
  }
}
