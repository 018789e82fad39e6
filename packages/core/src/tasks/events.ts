/**
 * What the tasks context tells the others: what became of each task, of the shuffles, and of the days.
 */
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { decoder, define, type Event, publisher } from "../stream/Event.ts"
import { EventSkipped } from "../stream/Resume.ts"
import { isPeriod, Period } from "../values/BusinessDay.ts"
import { isId, TaskId, UserId } from "../values/Ids.ts"
import { bracketedKey } from "../values/Text.ts"

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

const changes: ReadonlySet<unknown> = new Set(TaskChange.literals)

/** Whether JSON is `TaskUpdated` to the last field, told at once. */
export const isTaskUpdated = (json: unknown): boolean => {
  if (typeof json !== "object" || json === null) return false
  const { assign, assignment, change, id, isDone, jiraId, period, title } = json as Readonly<Record<string, unknown>>
  return (
    (assign === null || isId(assign)) &&
    Number.isSafeInteger(assignment) &&
    (assignment as number) >= 0 &&
    changes.has(change) &&
    isId(id) &&
    typeof isDone === "boolean" &&
    (jiraId === null || typeof jiraId === "string") &&
    isPeriod(period) &&
    typeof title === "string" &&
    Object.keys(json).length === 8
  )
}

const nullOr = (text: string | null): string => (text === null ? "null" : JSON.stringify(text))

/** What `canonicalJson` makes of `TaskUpdated`, put together by hand: its fields are in the order of their names. */
export const canonicalTaskUpdated = (data: TaskUpdated): string =>
  `{"assign":${nullOr(data.assign)},"assignment":${data.assignment},"change":"${data.change}",` +
  `"id":${JSON.stringify(data.id)},"isDone":${data.isDone},"jiraId":${nullOr(data.jiraId)},` +
  `"period":"${data.period}","title":${JSON.stringify(data.title)}}`

/**
 * Says in a title of version 1 that what follows is a title as it stands (U+2060, a word joiner, which nobody sees): no
 * key is looked for in it, and no blank is taken from it.
 */
const asItStands = "\u2060"

/**
 * `task.updated` 1 -> 2: titles carried another tracker's key, `"[KEY-1] Mend the roof"`; since version 2 it is the
 * `jiraId`. A title that was nothing but a key keeps the key as its title.
 */
export const splitBracketedKey = <Data extends { readonly title: string }>(
  data: Data
): Data & { readonly jiraId: string | null } => {
  const { title } = data
  const match = bracketedKey.exec(title)
  const key = match?.[1] ?? null
  const rest = title.slice(match?.[0].length ?? 0)
  if (rest.startsWith(asItStands)) return { ...data, title: rest.slice(asItStands.length), jiraId: key }
  return { ...data, title: rest || (key ?? ""), jiraId: key }
}

/**
 * `task.updated` 2 -> 1, for producers whose consumers do not know version 2 yet. Every title and key can be said:
 * `splitBracketedKey` brings back what they were.
 */
export const joinBracketedKey = ({ jiraId, title, ...data }: TaskUpdated): typeof taskUpdatedV1.Type => {
  const before = jiraId === null ? "" : `[${jiraId}] `
  const read = splitBracketedKey({ title: before + title })
  const isPlain = read.title === title && read.jiraId === jiraId
  return { ...data, title: isPlain ? before + title : before + asItStands + title }
}

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

/** The events of the tasks' stream. */
export const taskEvents = {
  "task.updated": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 2,
    description: "A task was created, assigned, unassigned, edited or done. The state after the one change named.",
    data: TaskUpdated,
    isData: isTaskUpdated,
    canonical: canonicalTaskUpdated,
    earlier: [{ version: 1, data: taskUpdatedV1, upcast: splitBracketedKey, downcast: joinBracketedKey }],
    visibleTo: (actor, { assign }) => Access.may(actor, "see all tasks") || Actor.isUser(actor, assign)
  }),
  "task.shuffled": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 1,
    description:
      "All open tasks were shuffled. What became of the reassigned ones is in as many events right after this one.",
    data: TaskShuffled,
    visibleTo: (actor) => Access.may(actor, "see what shuffles cost")
  }),
  "task.registration-ended": define({
    kind: "business",
    producer: "tasks",
    consumers: ["billing"],
    version: 1,
    description: "The registration of tasks in a period ended: no event of the period can follow.",
    data: RegistrationEnded,
    visibleTo: () => true
  }),
  "task.event-skipped": define({
    kind: "business",
    producer: "tasks",
    consumers: [],
    version: 1,
    description: "An operator let the tasks context go on past events it could not apply.",
    data: EventSkipped,
    visibleTo: (actor) => Access.may(actor, "operate the streams")
  })
} as const

/** Whether an event, read or not, took a task from somebody: it went to somebody else, or to nobody. */
export const takesTask = ({ data, type }: { readonly type: string; readonly data: unknown }): boolean => {
  if (type !== "task.updated") return false
  const { assignment, change } = (data ?? {}) as Partial<TaskUpdated>
  return change === "unassigned" || (change === "assigned" && Number(assignment) > 1)
}

/** An event of the tasks' stream that was read; of one type with `T`. */
export type TaskEvent<T extends keyof typeof taskEvents = keyof typeof taskEvents> = Event<typeof taskEvents, T>

export const decodeTaskEvent = decoder(taskEvents)
export const publishTaskEvent = publisher(taskEvents)

/** Whether an event ends a period, as it can be told before it is read. */
export const isMarker = ({ type }: { readonly type: string }): boolean => type === "task.registration-ended"
