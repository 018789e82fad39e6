/**
 * How the core's errors become problems: by name, with the same fields, and the message as `detail`. HTTP's statuses
 * live in the contract alone.
 */
import type {
  Access,
  Actor,
  AlreadyCorrected,
  AssignmentByHandOff,
  Changed,
  ClockJumped,
  CommandConflict,
  CompanyAlreadyExists,
  CompanyMismatch,
  CompanyResting,
  CreationLimitReached,
  IdentityTaken,
  InvalidInput,
  MoveRefused,
  NotAssignee,
  NotEligible,
  NotSkippable,
  PeriodAlreadyClosed,
  PeriodAlreadyEnded,
  PeriodNotComplete,
  PeriodNotFound,
  PeriodNotOver,
  PositionBeyondLog,
  StoreError,
  StreamNotStopped,
  SumTooLarge,
  TaskAlreadyDone,
  TaskAlreadyExists,
  TaskNotFound,
  TransferNotFound,
  UndoIsFinal,
  UnknownCompany,
  UnknownConsumer,
  UnknownDatabase,
  UserAlreadyExists,
  UserNotFound
} from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Struct from "effect/Struct"
import * as Problem from "../../api/Problem.ts"
import { Outages } from "./Outages.ts"
import { unreachable } from "./unreachable.ts"

/** Every error that a use case or query of the core fails with. */
export type CoreError =
  | Actor.ActorError
  | Access.NotAllowed
  | AlreadyCorrected
  | AssignmentByHandOff
  | Changed
  | ClockJumped
  | CommandConflict
  | CompanyAlreadyExists
  | CompanyMismatch
  | CompanyResting
  | CreationLimitReached
  | IdentityTaken
  | InvalidInput
  | MoveRefused
  | NotAssignee
  | NotEligible
  | NotSkippable
  | PeriodAlreadyClosed
  | PeriodAlreadyEnded
  | PeriodNotComplete
  | PeriodNotFound
  | PeriodNotOver
  | PositionBeyondLog
  | StoreError
  | StreamNotStopped
  | SumTooLarge
  | TaskAlreadyDone
  | TaskAlreadyExists
  | TaskNotFound
  | TransferNotFound
  | UndoIsFinal
  | UnknownCompany
  | UnknownConsumer
  | UnknownDatabase
  | UserAlreadyExists
  | UserNotFound

type Problems = typeof Problem
type Named = Exclude<CoreError["_tag"], "StoreError">
type ProblemOf<E> = E extends { readonly _tag: infer Tag extends Named & keyof Problems }
  ? InstanceType<Problems[Tag]>
  : Problem.Unavailable

/** Seconds to wait before a request that the store could not serve is sent again. */
const retryAfterSeconds = 1

const storeAway = (error: StoreError) => Effect.flatMap(Outages, ({ met }) => met(Cause.fail(error)))
const storeServed = Effect.flatMap(Outages, ({ over }) => over)

/** The same error as a problem. What the store has to say stays in the log: it may name what callers must not know. */
const toProblem = <E extends CoreError>(error: E): Effect.Effect<never, ProblemOf<E>> => {
  if (error._tag === "StoreError") {
    // What does not pass by itself is a defect: 500, a person must look, and clients don't come again.
    if (error.reason === "Resting") {
      return Effect.fail(new Problem.Unavailable({ detail: "the company rests" }) as ProblemOf<E>)
    }
    if (!error.retryable) return Effect.die(error)
    const detail = error.service === undefined ? "try again in a moment" : unreachable(error.service)
    return storeAway(error).pipe(
      Effect.andThen(retryLater),
      Effect.andThen(Effect.fail(new Problem.Unavailable({ detail }) as ProblemOf<E>))
    )
  }
  const { _tag, message, ...fields } = error as Exclude<CoreError, StoreError>
  const Class = Problem[_tag] as unknown as new (fields: object) => ProblemOf<E>
  const detail = _tag === "CommandConflict" ? "this key was used before with other content" : message
  return Effect.fail(new Class({ ...withoutCommandId(fields), detail }))
}

/** Does nothing outside of a request. */
const retryLater = Effect.withFiber<void>(({ context }) => {
  HttpEffect.appendPreResponseHandlerUnsafe(context, (_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", String(retryAfterSeconds)))
  )
  return Effect.void
})

/** The core's command id is made from the caller's key: it means nothing to them. */
const withoutCommandId = (fields: object): object => Struct.omit(fields as { commandId?: string }, ["commandId"])

/** Has a use case of the core fail with problems. */
export const asProblems = <A, E extends CoreError, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, ProblemOf<E>, R> => Effect.catch(Effect.tap(self, storeServed), toProblem)
