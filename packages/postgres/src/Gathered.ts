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
  /** How many milliseconds a caller waits for an answer, and what it hears then. */
  readonly patience: number
  readonly late: StoreError
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
  /** How many statements of it are under way at once; default: 2. */
  readonly abreast?: number
}

/** How many statements of one question are under way at once, and how many go in one. */
const abreast = 2
const together = 256
/** After how many milliseconds a statement holds up nobody else any more: its connection may be lost. */
const longest = 1_000

interface Waiting<Ask, Answer> {
  readonly ask: Ask
  readonly answered: Deferred.Deferred<Answer, StoreError>
  /** The look at which it gives up (`#watch`); `Infinity` for what is written. */
  readonly until: number
}

/** One question of one database: who asks now, and who waits to be asked for. */
class Turns<Ask, Answer> {
  #underWay = 0
  /** Whether what waits is about to be asked. */
  #isNext = false
  #timer: NodeJS.Timeout | undefined
  #looks = 0
  /** All that is not answered, in the order of asking: what waits, and what was asked. */
  readonly #open = new Set<Waiting<Ask, Answer>>()
  #waiting: Array<Waiting<Ask, Answer>> = []
  readonly #db: Asking
  readonly #question: Question<Ask, Answer>
  /** For how many looks a caller waits; the first may come at once. */
  readonly #patience: number

  constructor(db: Asking, question: Question<Ask, Answer>) {
    this.#db = db
    this.#question = question
    this.#patience = Math.ceil(db.patience / longest) + 1
  }

  /**
   * Asks as soon as whatever else is ready to run has run, which may ask as well; where enough is under way, once
   * something of that is answered. All who wait by then go together.
   */
  ask(ask: Ask): Effect.Effect<Answer, StoreError> {
    return Effect.withFiber(({ context }) => {
      const isWrite = this.#question.isWrite === true
      const answered = Deferred.makeUnsafe<Answer, StoreError>()
      const waiting = { ask, answered, until: isWrite ? Infinity : this.#looks + this.#patience }
      this.#waiting.push(waiting)
      this.#open.add(waiting)
      this.#watch()
      if (!this.#isNext && this.#underWay < (this.#question.abreast ?? abreast)) this.#begin(context)
      return isWrite
        ? Effect.uninterruptible(Deferred.await(answered))
        : Effect.onInterrupt(Deferred.await(answered), () => Effect.sync(() => this.#leave(waiting)))
    })
  }

  /** Nobody's own: whoever is interrupted, the others wait for it. */
  #begin(context: Context.Context<never>): void {
    this.#underWay += 1
    Effect.runForkWith(context)(this.#soon)
  }

  /** Looks once in a while whether somebody waits for too long: for others, or at all. One timer serves all. */
  #watch(): void {
    if (this.#timer !== undefined) return
    const [first] = this.#waiting
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#looks += 1
      this.#giveUp()
      if (first !== undefined && first === this.#waiting[0]) this.#begin(Context.empty())
      if (this.#open.size > 0) this.#watch()
    }, longest)
    this.#timer.unref()
  }

  #giveUp(): void {
    for (const waiting of this.#open) {
      if (waiting.until > this.#looks) break
      this.#leave(waiting)
      this.#done(waiting, Exit.fail(this.#db.late))
    }
  }

  #leave(waiting: Waiting<Ask, Answer>): void {
    this.#open.delete(waiting)
    const place = this.#waiting.indexOf(waiting)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  #done(waiting: Waiting<Ask, Answer>, exit: Exit.Exit<Answer, StoreError>): void {
    this.#open.delete(waiting)
    Deferred.doneUnsafe(waiting.answered, exit)
  }

  /** Asks for those who wait as long as there are some. */
  readonly #turns: Effect.Effect<void> = Effect.suspend(() => {
    this.#isNext = false
    if (this.#waiting.length === 0) {
      this.#underWay -= 1
      return Effect.void
    }
    return Effect.andThen(this.#answer(this.#take()), this.#soon)
  })

  /** The same, once all that is ready to run has run. */
  readonly #soon: Effect.Effect<void> = Effect.suspend(() => {
    this.#isNext = true
    return Effect.andThen(Effect.yieldNow, this.#turns)
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
    if (batch.length === 1) return this.#answerAlone(batch[0]!)
    const asked = Effect.suspend(() =>
      this.#question.many(
        this.#db,
        batch.map(({ ask }) => ask)
      )
    )
    return Effect.flatMap(Effect.exit(asked), (exit) => {
      if (Exit.isFailure(exit)) return this.#failed(batch, exit.cause)
      for (const [place, waiting] of batch.entries()) this.#done(waiting, Exit.succeed(exit.value[place]!))
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
      for (const waiting of batch) this.#done(waiting, Exit.failCause(cause))
      return Effect.void
    }
    return Effect.forEach(batch, (waiting) => this.#answerAlone(waiting), { concurrency: abreast, discard: true })
  }

  #answerAlone(waiting: Waiting<Ask, Answer>): Effect.Effect<void> {
    return Effect.map(Effect.exit(Effect.suspend(() => this.#question.one(this.#db, waiting.ask))), (exit) =>
      this.#done(waiting, exit)
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
