/**
 * A task as it is kept.
 */
import * as Schema from "effect/Schema"
import * as Actor from "../company/Actor.ts"
import { TaskId, UserId } from "../values/Ids.ts"
import * as Text from "../values/Text.ts"

export const TaskStatus = Schema.Literals(["in progress", "done"])
export type TaskStatus = typeof TaskStatus.Type

export const Task = Schema.Struct({
  id: TaskId,
  title: Text.Title,
  description: Text.Description,
  /** The key of an issue in another tracker. */
  jiraId: Schema.NullOr(Text.JiraId),
  status: TaskStatus,
  /** Who holds the task; null while nobody is eligible. */
  assignee: Schema.NullOr(UserId),
  /** How many times it was assigned to someone. */
  assignment: Schema.Int
})
export type Task = typeof Task.Type

/** Whether an actor holds a task. */
export const isHeldBy = (actor: Actor.ActiveActor, { assignee }: Task): boolean =>
  assignee !== null && Actor.isUser(actor, assignee)
