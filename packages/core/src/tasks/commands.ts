/**
 * What is asked of the tasks context, what it answers, and what can be wrong with it.
 */
import * as Schema from "effect/Schema"
import type * as Access from "../company/Access.ts"
import type { Changed, OnlyIf } from "../stream/Command.ts"
import type { NotSkippable, PreparedSkip, StreamNotStopped } from "../stream/Resume.ts"
import { Period } from "../values/BusinessDay.ts"
import { isId, TaskId, UserId } from "../values/Ids.ts"
import * as Text from "../values/Text.ts"
import type { Task } from "./Task.ts"

/** What `Tasks.create` takes for each task; without an id a new one is made. */
export const NewTask = Schema.Struct({
  id: Schema.optionalKey(TaskId),
  title: Text.Title,
  description: Schema.optionalKey(Text.Description),
  jiraId: Schema.optionalKey(Schema.NullOr(Text.JiraId))
})
export type NewTask = typeof NewTask.Encoded

/** Reads a new task of an id and a plain title, as most are, at once: undefined leaves it to the schema. */
export const newTaskAtOnce = (input: unknown): typeof NewTask.Type | undefined => {
  if (typeof input !== "object" || input === null || Object.keys(input).length !== 2) return undefined
  const { id, title } = input as { readonly id?: unknown; readonly title?: unknown }
  return isId(id) && Text.isPlainTitle(title) ? { id, title } : undefined
}

/** Reads the id of a task at once. */
export const taskIdAtOnce = (input: unknown): TaskId | undefined => (isId(input) ? input : undefined)

/** What `Tasks.edit` takes: what is left out stays. */
export const TaskEdit = Schema.Struct({
  id: TaskId,
  title: Schema.optionalKey(Text.Title),
  description: Schema.optionalKey(Text.Description),
  jiraId: Schema.optionalKey(Schema.NullOr(Text.JiraId))
})
export type TaskEdit = typeof TaskEdit.Encoded

export type TaskCommand =
  | { readonly _tag: "Create"; readonly tasks: ReadonlyArray<NewTaskWithId> }
  | { readonly _tag: "Edit"; readonly edit: typeof TaskEdit.Type; readonly onlyIf?: OnlyIf<Task> }
  | { readonly _tag: "Assign"; readonly id: TaskId; readonly assignee: UserId; readonly onlyIf?: OnlyIf<Task> }
  | { readonly _tag: "CompleteMany"; readonly ids: ReadonlyArray<TaskId> }
  /** Answers as the other does: the content of both is the same, and so is what is recorded. */
  | { readonly _tag: "Complete"; readonly id: TaskId; readonly onlyIf?: OnlyIf<Task> }
  | { readonly _tag: "Shuffle" }
  /** Without a period: whatever is due. */
  | { readonly _tag: "EndRegistration"; readonly period: Period | null; readonly afterJump: boolean }
  | { readonly _tag: "Resume"; readonly skip: PreparedSkip | null }
export type NewTaskWithId = typeof NewTask.Type & { readonly id: TaskId }

/**
 * What each command is recorded as, in the words of the event storming: `task.assign` is of one task to the one named,
 * or of all open tasks at random; `task.update` says what becomes of a task, also that it is done.
 */
export const names = {
  Create: "task.create",
  Edit: "task.update",
  Assign: "task.assign",
  CompleteMany: "task.update",
  Complete: "task.update",
  Shuffle: "task.assign",
  EndRegistration: "task.end-registration",
  Resume: "task.resume"
} as const satisfies Record<TaskCommand["_tag"], string>

/** What a shuffle comes to. */
export interface Shuffled {
  /** How many open tasks there were. */
  readonly open: number
  /** How many of them fell on somebody else. */
  readonly reassigned: number
}

/** What each command answers and can fail with. */
export interface TaskOutcomes {
  readonly Create: {
    readonly answer: ReadonlyArray<Task>
    readonly error: TaskAlreadyExists | CreationLimitReached | ClockJumped
  }
  readonly Edit: { readonly answer: Task; readonly error: OpenTaskError | Changed }
  readonly Assign: {
    readonly answer: Task
    readonly error: OpenTaskError | Changed | NotEligible | AssignmentByHandOff
  }
  readonly CompleteMany: { readonly answer: ReadonlyArray<Task>; readonly error: OpenTaskError | NotAssignee }
  readonly Complete: { readonly answer: ReadonlyArray<Task>; readonly error: OpenTaskError | NotAssignee | Changed }
  readonly Shuffle: { readonly answer: Shuffled; readonly error: Access.NotAllowed | ClockJumped }
  readonly EndRegistration: {
    readonly answer: { readonly ended: ReadonlyArray<Period> }
    readonly error: PeriodNotOver | PeriodAlreadyEnded | Access.NotAllowed | ClockJumped
  }
  readonly Resume: {
    readonly answer: null
    readonly error: StreamNotStopped | NotSkippable | Access.NotAllowed | ClockJumped
  }
}
type OpenTaskError = TaskNotFound | TaskAlreadyDone | Access.NotAllowed | ClockJumped

/** No task has this id. */
export class TaskNotFound extends Schema.TaggedError<TaskNotFound>()("TaskNotFound", { id: Schema.String }) {
  override get message(): string {
    return `no task has the id ${this.id}`
  }
}

/** A task with this id exists already. */
export class TaskAlreadyExists extends Schema.TaggedError<TaskAlreadyExists>()("TaskAlreadyExists", { id: TaskId }) {
  override get message(): string {
    return `a task with the id ${this.id} exists already`
  }
}

/**
 * A person would create more tasks in the period than the company lets one person create (`CreationLimit`): nothing was
 * created. It holds until the period is over.
 */
export class CreationLimitReached extends Schema.TaggedError<CreationLimitReached>()("CreationLimitReached", {
  creator: UserId,
  period: Period,
  limit: Schema.Int,
  /** How many they have created in the period. */
  created: Schema.Int,
  /** How many more they have asked for. */
  asked: Schema.Int
}) {
  override get message(): string {
    const { asked, created, creator, limit, period } = this
    return `${creator} has created ${created} tasks in period ${period}: ${asked} more would exceed their ${limit}`
  }
}

/** Done is final. */
export class TaskAlreadyDone extends Schema.TaggedError<TaskAlreadyDone>()("TaskAlreadyDone", { id: TaskId }) {
  override get message(): string {
    return `task ${this.id} is done, and done is final`
  }
}

/** Only the assignee finishes a task, or an admin for them. To those who may see the task: others are `NotAllowed`. */
export class NotAssignee extends Schema.TaggedError<NotAssignee>()("NotAssignee", {
  id: TaskId,
  actor: Schema.String,
  assignee: Schema.NullOr(UserId)
}) {
  override get message(): string {
    return `task ${this.id} is with ${this.assignee ?? "nobody"}, not with ${this.actor}`
  }
}

/** The user named is unknown to the tasks context, deactivated, or in a role that gets no tasks. */
export class NotEligible extends Schema.TaggedError<NotEligible>()("NotEligible", { user: UserId }) {
  override get message(): string {
    return `user ${this.user} can't get tasks`
  }
}

/** The company has switched assigning by hand off. */
export class AssignmentByHandOff extends Schema.TaggedError<AssignmentByHandOff>()("AssignmentByHandOff", {}) {
  override get message(): string {
    return "tasks are not assigned by hand in this company"
  }
}

/** The period has not ended yet by the company's calendar. */
export class PeriodNotOver extends Schema.TaggedError<PeriodNotOver>()("PeriodNotOver", {
  period: Period,
  endsAt: Schema.DateTimeUtc
}) {
  override get message(): string {
    return `period ${this.period} is not over`
  }
}

/** The registration of tasks in this period has ended before. */
export class PeriodAlreadyEnded extends Schema.TaggedError<PeriodAlreadyEnded>()("PeriodAlreadyEnded", {
  period: Period
}) {
  override get message(): string {
    return `the registration of period ${this.period} has ended already`
  }
}

/**
 * The clock has jumped further than the company allows: an operator must say that it is right
 * (`Tasks.endRegistration` with `afterJump`), since a clock gone wrong must not pay out a year.
 */
export class ClockJumped extends Schema.TaggedError<ClockJumped>()("ClockJumped", {
  from: Period,
  to: Period,
  days: Schema.Int
}) {
  override get message(): string {
    return `the clock went from ${this.from} to ${this.to}, ${this.days} days at once`
  }
}
