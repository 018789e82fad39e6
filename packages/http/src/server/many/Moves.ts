/**
 * The moves of companies between databases that were asked of this process: they go on whoever hangs up. What they have
 * done is in the databases; what is kept here only tells how they go.
 */
import {
  Companies,
  type MoveProgress,
  MoveRefused,
  type StoreError,
  type UnknownCompany,
  type UnknownDatabase
} from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { CompanyMove } from "../../api/Platform.ts"
import * as Problem from "../../api/Problem.ts"

type View = NonNullable<Schema.Schema.Type<typeof CompanyMove>["move"]>
type Failure = UnknownCompany | UnknownDatabase | MoveRefused | StoreError

/** A move, as it goes. */
interface Move {
  readonly to: string
  readonly startedAt: DateTime.Utc
  readonly over: Deferred.Deferred<void, Failure>
  progress: MoveProgress
  endedAt: DateTime.Utc | null
  problem: View["problem"]
}

export interface Moves {
  /**
   * Begins to move a company, unless that is under way, and waits for a while: fails as the move does. One that takes
   * longer goes on.
   */
  readonly start: (id: string, database: string, wake: boolean) => Effect.Effect<void, Failure>
  /** The last move of a company that is known here. */
  readonly of: (id: string) => View | null
}

/** How long a request waits for a move to be over: less than requests may take. */
const patience = "10 seconds"

/** How many moves are told of after their end. */
const most = 1_000

/** A database that is away for a moment is waited for: until the move is over the company serves nobody. */
const again = { schedule: Schedule.exponential("1 second"), times: 4 } as const

const told = ({ detail, status, title, type }: View["problem"] & object): View["problem"] => ({
  type,
  title,
  status,
  ...(detail === undefined ? {} : { detail })
})

/** What its caller is told of a failure, or would have been. */
const problemOf = (cause: Cause.Cause<Failure>): View["problem"] => {
  const error = cause.reasons.find(Cause.isFailReason)?.error
  if (error?._tag === "MoveRefused") {
    return told(new Problem.MoveRefused({ company: error.company, reason: error.reason, detail: error.message }))
  }
  if (error?._tag === "StoreError" && error.retryable) {
    return told(new Problem.Unavailable({ detail: "a database did not answer: the same request goes on with it" }))
  }
  return { type: "about:blank", title: "Internal Server Error", status: 500, detail: "the log has what went wrong" }
}

/** Those of a server; `forget` has a company's next request find it where it lives. */
export const make = Effect.fnUntraced(function* (
  forget: (id: string) => Effect.Effect<void>
): Effect.fn.Return<Moves, never, Companies | Scope.Scope> {
  const companies = yield* Companies
  const scope = yield* Effect.scope
  const moves = new Map<string, Move>()

  const keep = (id: string, move: Move) => {
    moves.delete(id)
    moves.set(id, move)
    if (moves.size > most) for (const [known, { endedAt }] of moves) if (endedAt !== null && moves.delete(known)) break
  }

  const moving = (id: string, wake: boolean, move: Move) =>
    companies.move(id, move.to, { wake, told: (progress) => void (move.progress = progress) }).pipe(
      Effect.retry({ ...again, while: (error) => error._tag === "StoreError" && error.retryable }),
      Effect.onExit((exit) =>
        Effect.gen(function* () {
          yield* forget(id)
          move.endedAt = yield* DateTime.now
          if (Exit.isFailure(exit)) move.problem = problemOf(exit.cause)
          yield* Deferred.done(move.over, exit)
          yield* Exit.isSuccess(exit)
            ? Effect.logInfo(`company ${id} lives in ${move.to} now`)
            : Effect.logWarning(`company ${id} was not moved to ${move.to}`, exit.cause)
        })
      ),
      Effect.annotateLogs("company.id", id)
    )

  /** Begins a move, unless one is under way; returns which is. */
  const begun = (id: string, to: string, wake: boolean, startedAt: DateTime.Utc) =>
    Effect.suspend(() => {
      const known = moves.get(id)
      if (known !== undefined && known.endedAt === null) return Effect.succeed(known)
      const move: Move = {
        to,
        startedAt,
        over: Deferred.makeUnsafe(),
        progress: { step: "resting", rows: 0 },
        endedAt: null,
        problem: null
      }
      keep(id, move)
      return Effect.as(Effect.forkIn(Effect.interruptible(moving(id, wake, move)), scope), move)
    }).pipe(Effect.uninterruptible)

  return {
    start: Effect.fnUntraced(function* (id, database, wake) {
      // What is wrong with the request itself is told before anything is begun.
      yield* companies.record(id)
      const move = yield* begun(id, database, wake, yield* DateTime.now)
      if (move.to !== database) {
        return yield* new MoveRefused({ company: id, reason: `it is on its way to ${move.to}` })
      }
      yield* Effect.timeoutOption(Deferred.await(move.over), patience)
    }),
    of: (id) => {
      const move = moves.get(id)
      if (move === undefined) return null
      const { endedAt, problem, progress, startedAt, to } = move
      const status = endedAt === null ? "moving" : problem === null ? "moved" : "failed"
      return { to, status, ...progress, startedAt, endedAt, problem }
    }
  }
})
