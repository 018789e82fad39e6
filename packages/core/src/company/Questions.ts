/**
 * How a lease asks who acts: one question after the other, each for all who came meanwhile.
 */
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { StoreError } from "../values/StoreError.ts"
import { byId, type Directory, type DirectoryEntry } from "./Actor.ts"
import type { Held } from "./Held.ts"

/** How many users one question asks for. */
const together = 1_000

/** Who waits for an entry; null for a user who is not known. */
export type Answer = Deferred.Deferred<DirectoryEntry | null, StoreError>

const unanswered = new StoreError({
  reason: "Unavailable",
  retryable: true,
  committed: "no",
  message: "users did not say in time who acts"
})

/** Answers everybody who waits for some entries. */
const tell = (
  answers: ReadonlyMap<string, Answer>,
  exit: Exit.Exit<ReadonlyMap<string, DirectoryEntry>, StoreError>
): void => {
  for (const [id, answer] of answers)
    Deferred.doneUnsafe(
      answer,
      Exit.map(exit, (found) => found.get(id) ?? null)
    )
}

export class Questions {
  /** For the next question. */
  #waiting = new Map<string, Answer>()
  /** Of the question that is under way. */
  #asked: ReadonlyMap<string, Answer> = new Map()
  #isAsking = false
  /** Sends the next question, unless one is under way: then it follows by itself. */
  readonly send: Effect.Effect<void>

  constructor(options: {
    readonly remote: Directory["Service"]
    readonly held: Held
    readonly limit: Duration.Duration
    readonly scope: Scope.Scope
    readonly clock: Clock.Clock
  }) {
    const { clock, held, limit, remote, scope } = options
    const question = Effect.suspend(() => {
      this.#take()
      const sent = clock.monotonicTimeNanosUnsafe()
      return Effect.suspend(() => remote.lookup([...this.#asked.keys()])).pipe(
        Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.fail(unanswered) }),
        Effect.map((entries) => byId(held.keep(entries, sent))),
        Effect.onExit((exit) => Effect.sync(() => this.#answered(exit))),
        // Whatever came of it, the next one is sent.
        Effect.exit
      )
    })
    const asking = Effect.whileLoop({
      while: () => (this.#isAsking = this.#waiting.size > 0),
      body: () => question,
      step: () => undefined
    })
    const closed = Effect.sync(() => {
      this.#isAsking = false
      this.#take()
      this.#answered(Exit.fail(unanswered))
    })
    this.send = Effect.suspend(() => {
      if (this.#isAsking || this.#waiting.size === 0) return Effect.void
      this.#isAsking = true
      return Effect.asVoid(
        Effect.forkIn(
          Effect.onInterrupt(asking, () => closed),
          scope
        )
      )
    })
  }

  /** The answer that is under way for somebody. */
  underWay(id: string): Answer | undefined {
    return this.#asked.get(id)
  }

  /** Has somebody asked for by the next question. */
  enqueue(id: string): Answer {
    const known = this.#waiting.get(id)
    if (known !== undefined) return known
    const answer: Answer = Deferred.makeUnsafe()
    this.#waiting.set(id, answer)
    return answer
  }

  /** Takes as many of those who wait as go in one question. */
  #take(): void {
    const all = [...this.#waiting]
    this.#asked = new Map(all.slice(0, together))
    this.#waiting = new Map(all.slice(together))
  }

  #answered(exit: Exit.Exit<ReadonlyMap<string, DirectoryEntry>, StoreError>): void {
    const answers = this.#asked
    // Whoever is told goes on at once, and may ask again.
    this.#asked = new Map()
    tell(answers, exit)
  }
}
