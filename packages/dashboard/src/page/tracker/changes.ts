/**
 * What events say about tasks, put into lists. Pure.
 */
import type { Followed } from "@popug/http/promises"
import { type Filter, matches } from "./filter.ts"
import { indexOf, type Listing, withNewTask, withoutTask, withTask } from "./listing.ts"
import type { Task } from "./task.ts"

interface TaskUpdated {
  readonly id: string
  readonly title: string
  readonly jiraId: string | null
  readonly isDone: boolean
  readonly assign: string | null
  readonly assignment: number
  readonly change: "created" | "assigned" | "unassigned" | "edited" | "done"
}

/** What an event says that a task is now; undefined when it is about something else. */
export const changeOf = ({ data, type }: Pick<Followed, "type" | "data">): Change | undefined => {
  if (type !== "task.updated") return undefined
  const { assign, assignment, change, id, isDone, jiraId, title } = data as unknown as TaskUpdated
  return {
    kind: change,
    task: { id, title, jiraId, status: isDone ? "done" : "in progress", assignee: assign, assignment }
  }
}

/** A task as it is now, but for its description, which events do not carry, and what made it so. */
export interface Change {
  readonly kind: TaskUpdated["change"]
  readonly task: Omit<Task, "description"> & Partial<Task>
}

/** The listing after a change: a task that belongs there now comes, one that does not any more goes. */
export const after = (listing: Listing, filter: Filter, { task }: Change): Listing => {
  if (indexOf(listing, task.id) < 0) {
    const whole = { description: "", ...task }
    return matches(filter, whole) ? withNewTask(listing, whole, filter.order) : listing
  }
  const changed = withTask(listing, task.id, task)
  return belongs(filter, task) ? changed : withoutTask(changed, task.id)
}

/** A search is left out: what was found stays in sight when its title changes. */
const belongs = (filter: Filter, task: Change["task"]): boolean =>
  matches({ ...filter, search: "" }, { description: "", ...task })
