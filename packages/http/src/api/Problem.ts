/**
 * Everything that can be wrong with a request, as RFC 9457 problems: `type` tells which, the extension members are what
 * one needs to act. Their names are those of the core's errors; what HTTP adds comes last.
 */
import * as ErrorReporter from "effect/ErrorReporter"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as Schema from "effect/Schema"
import { problem } from "./naming.ts"

const Text = Schema.String

/** 400: the input breaks a rule; `errors` names every place, by its part of the request and its path there. */
export class InvalidInput extends problem<InvalidInput>()("InvalidInput", 400, "The request breaks a rule", {
  errors: Schema.optionalKey(Schema.Array(HttpApiError.ProblemIssue))
}) {}

/** 401: no token, or one that does not hold. `WWW-Authenticate` says how to do better. */
export class Unauthenticated extends problem<Unauthenticated>()(
  "Unauthenticated",
  401,
  "A valid bearer token is needed"
) {}

/** 403: the token is good, but names nobody of this company. */
export class UnknownActor extends problem<UnknownActor>()("UnknownActor", 403, "Not a user of this company", {
  actor: Text
}) {}

/**
 * 403: the token is good, but whom it is about is no user of this company; what it says of itself, to tell an admin.
 */
export class UnknownSubject extends problem<UnknownSubject>()(
  "UnknownSubject",
  403,
  "The token's subject is no user of this company",
  { issuer: Text, subject: Text }
) {}

/** 403: the user was deactivated, and is out at once. */
export class DeactivatedActor extends problem<DeactivatedActor>()("DeactivatedActor", 403, "The user is deactivated", {
  actor: Text
}) {}

/** 403: the user has none of the roles that may do this. */
export class NotAllowed extends problem<NotAllowed>()("NotAllowed", 403, "The user may not do this", {
  actor: Text,
  action: Text
}) {}

/** 403: only the assignee finishes a task, or an admin for them. */
export class NotAssignee extends problem<NotAssignee>()("NotAssignee", 403, "The task is with somebody else", {
  id: Text,
  actor: Text,
  assignee: Schema.NullOr(Text)
}) {}

export class UserNotFound extends problem<UserNotFound>()("UserNotFound", 404, "No such user", { id: Text }) {}

export class TaskNotFound extends problem<TaskNotFound>()("TaskNotFound", 404, "No such task", { id: Text }) {}

export class TransferNotFound extends problem<TransferNotFound>()("TransferNotFound", 404, "No such transfer", {
  number: Schema.Int
}) {}

export class PeriodNotFound extends problem<PeriodNotFound>()("PeriodNotFound", 404, "The period is not there", {
  period: Text
}) {}

export class UnknownConsumer extends problem<UnknownConsumer>()("UnknownConsumer", 404, "No consumer of that name", {
  consumer: Text
}) {}

/** 404: no company of that id was opened on this server. Only its operator is told. */
export class UnknownCompany extends problem<UnknownCompany>()("UnknownCompany", 404, "No such company", {
  company: Text
}) {}

/** 409: the company is there, with other settings, in another database or with another first admin. */
export class CompanyAlreadyExists extends problem<CompanyAlreadyExists>()(
  "CompanyAlreadyExists",
  409,
  "The company exists already, otherwise than asked for",
  { companies: Schema.Array(Text) }
) {}

/** 409: the database has rows of a company of that id, which was opened with something else. */
export class CompanyMismatch extends problem<CompanyMismatch>()(
  "CompanyMismatch",
  409,
  "The company was opened otherwise",
  { setting: Text }
) {}

/** 409: the company rests: it has to be woken first. */
export class CompanyResting extends problem<CompanyResting>()("CompanyResting", 409, "The company rests", {
  company: Text
}) {}

/** 409: the company stays where it is, and rests until it is woken or moved after all; `reason` says why. */
export class MoveRefused extends problem<MoveRefused>()("MoveRefused", 409, "The company can't be moved", {
  company: Text,
  reason: Text
}) {}

/** 409: the server has no database of that name. */
export class UnknownDatabase extends problem<UnknownDatabase>()("UnknownDatabase", 409, "No such database", {
  database: Text
}) {}

export class UserAlreadyExists extends problem<UserAlreadyExists>()(
  "UserAlreadyExists",
  409,
  "The user exists already",
  { id: Text }
) {}

/** 409: the identity is another user's. */
export class IdentityTaken extends problem<IdentityTaken>()("IdentityTaken", 409, "The identity is another user's", {
  issuer: Text,
  subject: Text,
  id: Text
}) {}

export class TaskAlreadyExists extends problem<TaskAlreadyExists>()(
  "TaskAlreadyExists",
  409,
  "The task exists already",
  { id: Text }
) {}

export class TaskAlreadyDone extends problem<TaskAlreadyDone>()("TaskAlreadyDone", 409, "The task is done", {
  id: Text
}) {}

export class NotEligible extends problem<NotEligible>()("NotEligible", 409, "The user can't get tasks", {
  user: Text
}) {}

/**
 * 403, not 429: asking again helps nobody before the period is over, which no `Retry-After` should have a client wait
 * for.
 */
export class CreationLimitReached extends problem<CreationLimitReached>()(
  "CreationLimitReached",
  403,
  "The user may not create that many tasks in a period",
  { creator: Text, period: Text, limit: Schema.Int, created: Schema.Int, asked: Schema.Int }
) {}

export class AssignmentByHandOff extends problem<AssignmentByHandOff>()(
  "AssignmentByHandOff",
  409,
  "Tasks are not assigned by hand in this company"
) {}

export class AlreadyCorrected extends problem<AlreadyCorrected>()(
  "AlreadyCorrected",
  409,
  "The transfer is corrected already",
  { number: Schema.Int, correction: Schema.Int }
) {}

export class UndoIsFinal extends problem<UndoIsFinal>()("UndoIsFinal", 409, "What undoes a correction is final", {
  number: Schema.Int
}) {}

export class SumTooLarge extends problem<SumTooLarge>()(
  "SumTooLarge",
  409,
  "The sums of the account would pass what books can hold",
  { account: Text }
) {}

export class PeriodNotOver extends problem<PeriodNotOver>()("PeriodNotOver", 409, "The period is not over", {
  period: Text,
  endsAt: Schema.DateTimeUtc
}) {}

export class PeriodAlreadyEnded extends problem<PeriodAlreadyEnded>()(
  "PeriodAlreadyEnded",
  409,
  "The registration of the period has ended",
  { period: Text }
) {}

export class PeriodAlreadyClosed extends problem<PeriodAlreadyClosed>()(
  "PeriodAlreadyClosed",
  409,
  "The period is closed",
  { period: Text }
) {}

export class PeriodNotComplete extends problem<PeriodNotComplete>()(
  "PeriodNotComplete",
  409,
  "Billing does not have all of the period",
  { period: Text }
) {}

export class ClockJumped extends problem<ClockJumped>()(
  "ClockJumped",
  409,
  "The clock has jumped: an operator must accept it",
  { from: Text, to: Text, days: Schema.Int }
) {}

export class StreamNotStopped extends problem<StreamNotStopped>()(
  "StreamNotStopped",
  409,
  "The stream is not stopped",
  { consumer: Text }
) {}

export class NotSkippable extends problem<NotSkippable>()("NotSkippable", 409, "The events can't be passed over", {
  consumer: Text,
  number: Schema.Int
}) {}

/**
 * 410: the log does not hold what the caller has seen: it was restored from a backup. Asking again is of no use:
 * whoever follows has to begin anew, without a position or at 0.
 */
export class PositionBeyondLog extends problem<PositionBeyondLog>()(
  "PositionBeyondLog",
  410,
  "The log is not the one any more that was followed",
  { source: Text, number: Schema.Int, last: Schema.Int }
) {}

/** 412: it is not any more what `If-Match` says. */
export class Changed extends problem<Changed>()("Changed", 412, "Somebody changed it meanwhile", { id: Text }) {}

/** 422: the idempotency key was used before for something else. */
export class CommandConflict extends problem<CommandConflict>()(
  "CommandConflict",
  422,
  "The idempotency key was used before for something else"
) {}

/** 503: the store can't be reached in time. `Retry-After` says when to try again, under the same idempotency key. */
export class Unavailable extends problem<Unavailable>()("Unavailable", 503, "The server can't do this now") {
  /** Why it can't is in the log already, under the request's id. */
  override readonly [ErrorReporter.ignore] = true
}

/** 409: the first request with this idempotency key is still under way. */
export class CommandInFlight extends problem<CommandInFlight>()(
  "CommandInFlight",
  409,
  "A request with this idempotency key is under way"
) {}

/** 429: too many requests. `Retry-After` says when to come back. */
export class TooManyRequests extends problem<TooManyRequests>()("TooManyRequests", 429, "Too many requests", {
  retryAfterSeconds: Schema.Int
}) {}

/** 409: the server's clock is the world's, and does not move on request. */
export class ClockOff extends problem<ClockOff>()("ClockOff", 409, "This server's clock can't be moved") {}

/** 403: what is for development answers on this machine alone. */
export class NotLoopback extends problem<NotLoopback>()(
  "NotLoopback",
  403,
  "Only for requests to a loopback address"
) {}
