/**
 * Questions that many companies ask at the same time, sent as one. A host with thousands of companies spends most of
 * its time on sending statements, and on being woken by their answers.
 */
import type { PgClient } from "@effect/sql-pg/PgClient"
import { StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Param } from "./Param.ts"

/** What questions are asked with: of a database, what is no company's. */
export interface Asking {
  readonly client: PgClient
  /** The name of the schema, and the same quoted. */
  readonly name: string
  readonly schema: string
  /** The SQL of the instant of a commit in epoch milliseconds; null where Effect's clock gives it. */
  readonly clockSql: string
  readonly query: <Row extends object>(
    sql: string,
    params?: ReadonlyArray<Param>
  ) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  /**
   * A statement that commits by itself, on a connection of its own. Once it is sent it is waited for, whoever is
   * interrupted.
   */
  readonly send: <Row extends object>(
    sql: string,
    params: ReadonlyArray<Param>
  ) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  /** Fails once the patience of a caller is over. */
  readonly patiently: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | StoreError>
}

/** A question to the database: as one company asks it, and as many do. */
export interface Question<Ask, Answer> {
  readonly one: (db: Asking, ask: Ask) => Effect.Effect<Answer, StoreError>
  /** Answers by place. What is the same may be asked several times. */
  readonly many: (db: Asking, asks: ReadonlyArray<Ask>) => Effect.Effect<ReadonlyArray<Answer>, StoreError>
  /** What only one of those that go together has; default: nothing. */
  readonly keyOf?: (ask: Ask) => number
  /** Whether it writes: then whoever asks waits for what becomes of it. */
  readonly isWrite?: boolean
}

/** How many statements of one question are under way at once, and how many go in one. */
const abreast = 2
const together = 256
/** After how many milliseconds a statement holds up nobody else any more: its connection may be lost. */
const longest = 1_000

interface Waiting<Ask, Answer> {
  readonly ask: Ask
  readonly answered: Deferred.Deferred<Answer, StoreError>
}

/** One question of one database: who asks now, and who waits to be asked for. */
class Turns<Ask, Answer> {
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  #waiting: Array<Waiting<Ask, Answer>> = []
  readonly #db: Asking
  readonly #question: Question<Ask, Answer>

  constructor(db: Asking, question: Question<Ask, Answer>) {
    this.#db = db
    this.#question = question
  }

  /** Asks at once where few do; otherwise together with those who wait, once one of those under way is answered. */
  ask(ask: Ask): Effect.Effect<Answer, StoreError> {
    return Effect.suspend(() => {
      if (this.#underWay < abreast) {
        this.#underWay += 1
        return Effect.ensuring(this.#question.one(this.#db, ask), this.#next)
      }
      const waiting = { ask, answered: Deferred.makeUnsafe<Answer, StoreError>() }
      this.#waiting.push(waiting)
      this.#watch()
      if (this.#question.isWrite === true) return Effect.uninterruptible(Deferred.await(waiting.answered))
      return this.#db.patiently(
        Effect.onInterrupt(Deferred.await(waiting.answered), () => Effect.sync(() => this.#leave(waiting)))
      )
    })
  }

  /** Lets those who wait for too long go on beside what is under way. */
  #watch(): void {
    if (this.#timer !== undefined) return
    const [first] = this.#waiting
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#waiting.length === 0) return
      if (first === this.#waiting[0]) {
        this.#underWay += 1
        Effect.runFork(this.#next)
      }
      this.#watch()
    }, longest)
    this.#timer.unref()
  }

  #leave(waiting: Waiting<Ask, Answer>): void {
    const place = this.#waiting.indexOf(waiting)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  readonly #next: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#waiting.length === 0) {
      this.#underWay -= 1
      return Effect.void
    }
    const batch = this.#take()
    // Nobody's own: whoever of these is interrupted, the others wait for it.
    return Effect.asVoid(Effect.forkDetach(Effect.ensuring(this.#answer(batch), this.#next)))
  })

  #take(): ReadonlyArray<Waiting<Ask, Answer>> {
    const { keyOf } = this.#question
    if (keyOf === undefined) return this.#waiting.splice(0, together)
    const batch = new Map<number, Waiting<Ask, Answer>>()
    const later: Array<Waiting<Ask, Answer>> = []
    for (const waiting of this.#waiting) {
      const key = keyOf(waiting.ask)
      if (batch.size === together || batch.has(key)) later.push(waiting)
      else batch.set(key, waiting)
    }
    this.#waiting = later
    return [...batch.values()]
  }

  #answer(batch: ReadonlyArray<Waiting<Ask, Answer>>): Effect.Effect<void> {
    const asked = Effect.suspend(() =>
      this.#question.many(
        this.#db,
        batch.map(({ ask }) => ask)
      )
    )
    return Effect.flatMap(Effect.exit(asked), (exit) => {
      if (Exit.isFailure(exit)) return this.#failed(batch, exit.cause)
      for (const [place, { answered }] of batch.entries()) {
        Deferred.doneUnsafe(answered, Exit.succeed(exit.value[place]!))
      }
      return Effect.void
    })
  }

  /**
   * What fails for many may be the fault of one of them, unless it is the database that is away. What may have been
   * written all the same is not sent again.
   */
  #failed(batch: ReadonlyArray<Waiting<Ask, Answer>>, cause: Cause.Cause<StoreError>): Effect.Effect<void> {
    const error = Cause.squash(cause)
    if (!(error instanceof StoreError) || error.reason === "Unavailable" || error.committed !== "no") {
      for (const { answered } of batch) Deferred.doneUnsafe(answered, Exit.failCause(cause))
      return Effect.void
    }
    return Effect.forEach(
      batch,
      ({ answered, ask }) =>
        Effect.flatMap(Effect.exit(this.#question.one(this.#db, ask)), (exit) =>
          Effect.sync(() => Deferred.doneUnsafe(answered, exit))
        ),
      { concurrency: abreast, discard: true }
    )
  }
}

/** All questions of one database. */
export class Gathered {
  readonly #db: Asking
  readonly #turns = new Map<object, Turns<never, unknown>>()

  constructor(db: Asking) {
    this.#db = db
  }

  /**
   * Asks a question. What is asked while it is asked for others already goes together in the next statement, which
   * begins after all of its callers asked: nobody is answered by what was so before. In a transaction it is asked on
   * its connection.
   */
  ask<Ask, Answer>(question: Question<Ask, Answer>, ask: Ask): Effect.Effect<Answer, StoreError> {
    return Effect.contextWith((context: Context.Context<never>) => {
      const transaction = Context.getOption(context, this.#db.client.transactionService)
      if (Option.isSome(transaction)) return question.one(this.#db, ask)
      let turns = this.#turns.get(question) as Turns<Ask, Answer> | undefined
      if (turns === undefined) {
        turns = new Turns(this.#db, question)
        this.#turns.set(question, turns as unknown as Turns<never, unknown>)
      }
      return turns.ask(ask)
    })
  }
}
