/**
 * What services say to one another, and how much of it at once.
 */
import {
  Actor,
  BusinessDay,
  Envelope,
  ExternalIdentity,
  Money,
  Report,
  TaskId,
  TraceContext,
  UserId
} from "@popug/core"
import * as Schema from "effect/Schema"

/** How many streams one question about their ends names. */
export const mostStreams = 1_000
/** How many users or tasks one question names. */
export const mostIds = 1_000
/** How many identities one question names: each may be two thousand bytes long. */
export const mostIdentities = 200
/** How many events a page has. */
export const mostEvents = 5_000
/** How many bytes of JSON a page of events has, but for one event that is longer alone. */
export const mostBytes = 4 * 1024 * 1024
/** How long a question about the ends of streams waits for news, in milliseconds. */
export const longestWaitMillis = 25_000

/** The id of a company, of whatever form: one that is not there is unknown. */
export const CompanyId = Schema.String.check(Schema.isBetweenLength(1, 100))

/** A stream of a company. */
const stream = { company: CompanyId, source: Envelope.Source }
export const CompanyStream = Schema.Struct(stream)
export type CompanyStream = typeof CompanyStream.Type

/** A stream with the number of its last event, 0 before the first; or with the number that somebody has. */
export const StreamEnd = Schema.Struct({
  ...stream,
  number: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type StreamEnd = typeof StreamEnd.Type

/** An event of the stream that was asked for; its instant in epoch milliseconds, UTC. */
export const WireEvent = Schema.Struct({
  number: Schema.Int,
  type: Schema.String,
  version: Schema.Int,
  at: Schema.Int,
  actor: Schema.String,
  previous: Schema.String,
  data: Schema.Unknown,
  /** What caused it, where somebody traced that. */
  trace: Schema.optionalKey(TraceContext.TraceContext)
})
export type WireEvent = typeof WireEvent.Type

/** Events in the order of their numbers; `more` where the log went on when it was read. */
export const EventPage = Schema.Struct({ events: Schema.Array(WireEvent), more: Schema.Boolean })

export const News = Schema.Struct({
  /** The streams whose last event is another than the one that whoever asks has. */
  heads: Schema.Array(StreamEnd),
  /** The streams that are not here. */
  unknown: Schema.Array(CompanyStream)
})
export type News = typeof News.Type

export const DirectoryEntry = Schema.Struct({
  id: UserId,
  roles: Schema.Array(Actor.Role),
  status: Actor.UserStatus
})

/** Whose an identity is. */
export const IdentityEntry = Schema.Struct({ ...ExternalIdentity.fields, id: UserId })

export const TaskFee = Schema.Struct({ task: TaskId, fee: Money.Amount })

/** How many lines of the audit log a page has: each may have a title and a reason. */
export const mostEntries = 1_000

const AuditEntry = Schema.Struct({
  transfer: Schema.Int,
  period: BusinessDay.Period,
  kind: Schema.Literals(["fee", "award", "payout"]),
  owner: Schema.NullOr(UserId),
  name: Schema.NullOr(Schema.String),
  task: Schema.NullOr(Schema.Struct({ id: TaskId, title: Schema.String })),
  amount: Money.Amount,
  corrects: Schema.NullOr(Schema.Int),
  reason: Schema.NullOr(Schema.String),
  recordedAt: Schema.DateTimeUtc
})

export const AuditPage = Schema.Struct({ rows: Schema.Array(AuditEntry), more: Schema.Boolean })

export const PayoutPage = Schema.Struct({ rows: Schema.Array(Report.Payout), more: Schema.Boolean })
