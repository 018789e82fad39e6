/**
 * The catalogue of events that cross contexts: the seed's table as code.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Role, UserStatus } from "../company/Actor.ts"
import { Period } from "../values/BusinessDay.ts"
import { TaskId, UserId } from "../values/Ids.ts"
import { Amount } from "../values/Money.ts"
import * as Envelope from "./Envelope.ts"
import { Identities } from "../company/ExternalIdentity.ts"
import { splitBracketedKey } from "./Versions.ts"

export type Context = "users" | "tasks" | "billing" | "reports"

interface Entry<Data extends Schema.Codec<unknown, unknown>> {
  /** CUD: something was created or changed; business: something happened that others act on. */
  readonly kind: "CUD" | "business"
  readonly producer: Envelope.Source
  readonly consumers: ReadonlyArray<Context>
  /** The version written today. */
  readonly version: number
  readonly description: string
  readonly data: Data
  /** The versions of the past: how each was shaped, and how it becomes the one after it. */
  readonly earlier: ReadonlyArray<Earlier>
}

interface Earlier {
  readonly version: number
  readonly data: Schema.Codec<unknown, unknown>
  readonly upcast: (data: never) => unknown
}

const define = <Data extends Schema.Codec<unknown, unknown>>(
  entry: Omit<Entry<Data>, "earlier"> & { readonly earlier?: ReadonlyArray<Earlier> }
): Entry<Data> => ({ earlier: [], ...entry })

const NonNegative = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What a `task.updated` says about a task besides its state. */
export const TaskChange = Schema.Literals(["created", "assigned", "unassigned", "edited", "done"])
export type TaskChange = typeof TaskChange.Type

// Fields in the order of the canonical JSON, which digests are made of: the hottest event needs no sorting.
const taskUpdatedV1 = Schema.Struct({
  assign: Schema.NullOr(UserId),
  assignment: NonNegative,
  change: TaskChange,
  id: TaskId,
  isDone: Schema.Boolean,
  period: Period,
  title: Schema.String
})

export const UserCreated = Schema.Struct({ id: UserId, name: Schema.String, roles: Schema.Array(Role) })
export type UserCreated = typeof UserCreated.Type

export const UserUpdated = Schema.Struct({ ...UserCreated.fields, status: UserStatus })
export type UserUpdated = typeof UserUpdated.Type

/** Apart from the others, since it is for the eyes of those who may change users. */
export const UserIdentified = Schema.Struct({ id: UserId, identities: Identities })
export type UserIdentified = typeof UserIdentified.Type

export const TaskUpdated = Schema.Struct({
  assign: Schema.NullOr(UserId),
  assignment: NonNegative,
  change: TaskChange,
  id: TaskId,
  isDone: Schema.Boolean,
  /** The key of an issue in another tracker. */
  jiraId: Schema.NullOr(Schema.String),
  period: Period,
  title: Schema.String
})
export type TaskUpdated = typeof TaskUpdated.Type

export const TaskShuffled = Schema.Struct({
  /** How many open tasks there were. */
  open: NonNegative,
  period: Period,
  /** How many of them fell on somebody else: each has an event of its own, right after this one. */
  reassigned: NonNegative,
  /** 1 for the company's first shuffle, 2 for the second, ... */
  shuffle: Schema.Int.check(Schema.isGreaterThan(0))
})
export type TaskShuffled = typeof TaskShuffled.Type

export const RegistrationEnded = Schema.Struct({
  period: Period,
  /** The number of the event before this one: with it applied, the period is complete. */
  lastNumber: NonNegative,
  /** The last task created in the period; null on a day without tasks. */
  lastTaskId: Schema.NullOr(TaskId)
})
export type RegistrationEnded = typeof RegistrationEnded.Type

/** A done task and its award. */
export const TopTask = Schema.Struct({ id: TaskId, title: Schema.String, total: Amount })
export type TopTask = typeof TopTask.Type

/** A period's totals in minor units, corrections counted with reversed sign. */
export const Totals = Schema.Struct({
  tasksCreated: NonNegative,
  assigned: NonNegative,
  done: NonNegative,
  transfers: NonNegative,
  fees: Amount,
  awards: Amount,
  payouts: Amount
})
export type Totals = typeof Totals.Type

export const BillingClosed = Schema.Struct({
  period: Period,
  currency: Schema.String,
  totals: Totals,
  /** Management's earnings: fees less awards. */
  earnings: Amount,
  /** How many popugs carry a balance below zero into the next period. */
  inTheRed: NonNegative,
  topTask: Schema.NullOr(TopTask),
  seal: Schema.String
})
export type BillingClosed = typeof BillingClosed.Type

/** An operator let a consumer go on past events that it could not apply. */
export const EventSkipped = Schema.Struct({
  consumer: Schema.String,
  source: Envelope.Source,
  /** The first and last number that was passed over; `last` below `first` when only a broken digest was accepted. */
  first: Schema.Int,
  last: Schema.Int,
  reason: Schema.String
})
export type EventSkipped = typeof EventSkipped.Type

export const catalog = {
  "user.created": define({
    kind: "CUD",
    producer: "users",
    consumers: ["tasks", "billing"],
    version: 1,
    description: "A user was created, active.",
    data: UserCreated
  }),
  "user.updated": define({
    kind: "CUD",
    producer: "users",
    consumers: ["tasks", "billing"],
    version: 1,
    description: "A user's name, roles or status changed. The state after the change.",
    data: UserUpdated
  }),
  "user.identified": define({
    kind: "CUD",
    producer: "users",
    consumers: [],
    version: 1,
    description: "Who a user is to identity providers changed. All identities after the change.",
    data: UserIdentified
  }),
  "task.updated": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 2,
    description: "A task was created, assigned, unassigned, edited or done. The state after the one change named.",
    data: TaskUpdated,
    earlier: [{ version: 1, data: taskUpdatedV1, upcast: splitBracketedKey }]
  }),
  "task.shuffled": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 1,
    description:
      "All open tasks were shuffled. What became of the reassigned ones is in as many events right after this one.",
    data: TaskShuffled
  }),
  "task.registration-ended": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 1,
    description: "The registration of tasks in a period ended: no event of the period can follow.",
    data: RegistrationEnded
  }),
  "task.event-skipped": define({
    kind: "business",
    producer: "tasks",
    consumers: [],
    version: 1,
    description: "An operator let the tasks context go on past events it could not apply.",
    data: EventSkipped
  }),
  "billing.closed": define({
    kind: "business",
    producer: "billing",
    consumers: ["billing", "reports"],
    version: 1,
    description: "Billing closed a period: earnings paid out, debt carried over, the books sealed.",
    data: BillingClosed
  }),
  "billing.event-skipped": define({
    kind: "business",
    producer: "billing",
    consumers: [],
    version: 1,
    description: "An operator let billing go on past events it could not apply.",
    data: EventSkipped
  })
} as const
export type EventType = keyof typeof catalog
export type EventData<T extends EventType> = (typeof catalog)[T]["data"]["Type"]

/** An event whose data was read at today's version. */
export type Event = { [T in EventType]: EventOf<T> }[EventType]
export interface EventOf<T extends EventType> {
  readonly type: T
  readonly data: EventData<T>
  readonly envelope: Envelope.Envelope
}

/** The event's type or version is not in the catalogue: this host is older than its producer. */
export class UnknownEventVersion extends Schema.TaggedError<UnknownEventVersion>()("UnknownEventVersion", {
  type: Schema.String,
  version: Schema.Int,
  number: Schema.Int
}) {
  override get message(): string {
    return `event ${this.number} is a ${this.type} of version ${this.version}, which is not in the catalogue`
  }
}

/** The event's data is not what its type and version say. */
export class MalformedEvent extends Schema.TaggedError<MalformedEvent>()("MalformedEvent", {
  number: Schema.Int,
  message: Schema.String
}) {}

interface Reader {
  readonly version: number
  readonly read: (data: unknown) => Result.Result<unknown, Schema.SchemaError>
  readonly upcasts: ReadonlyArray<(data: never) => unknown>
}

const readers: ReadonlyMap<string, ReadonlyArray<Reader>> = new Map(
  Object.entries(catalog as Record<EventType, Entry<Schema.Codec<unknown, unknown>>>).map(([type, entry]) => [
    type,
    [...entry.earlier, { version: entry.version, data: entry.data, upcast: undefined }].map((shape, index, all) => ({
      version: shape.version,
      read: Schema.decodeUnknownResult(Schema.toCodecJson(shape.data)),
      upcasts: all.slice(index).flatMap((later) => later.upcast ?? [])
    }))
  ])
)

/** Reads an event's data and brings it to today's version. */
export const decode = (envelope: Envelope.Envelope): Result.Result<Event, UnknownEventVersion | MalformedEvent> => {
  const { data, number, type, version } = envelope
  const reader = readers.get(type)?.find((candidate) => candidate.version === version)
  if (reader === undefined) return Result.fail(new UnknownEventVersion({ type, version, number }))
  const read = reader.read(data)
  if (Result.isFailure(read)) return Result.fail(new MalformedEvent({ number, message: read.failure.message }))
  const current = reader.upcasts.reduce((value, upcast) => upcast(value as never), read.success)
  return Result.succeed({ type, data: current, envelope } as Event)
}

/** Amounts are strings in JSON; the data of all other events is JSON as it is. */
const encoders: { readonly [T in EventType]?: (data: EventData<T>) => unknown } = {
  "billing.closed": Schema.encodeSync(Schema.toCodecJson(BillingClosed))
}

/** A draft of an event at today's version; `actor` is `Actor.key` of who caused it. */
export const draft = <T extends EventType>(type: T, actor: string, data: EventData<T>) => ({
  type,
  version: catalog[type].version,
  actor,
  data: encoders[type]?.(data) ?? data
})
