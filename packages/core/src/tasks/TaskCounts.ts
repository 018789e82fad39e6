/**
 * How many tasks there are: kept in the head and moved with each commit, since it is asked often and of any number.
 */
import type { Task } from "./Task.ts"

export interface TaskCounts {
  readonly open: number
  /** Open tasks that nobody holds. */
  readonly waiting: number
  readonly done: number
}

/** A company without tasks. */
export const none: TaskCounts = { open: 0, waiting: 0, done: 0 }

/** What becomes of the counts when a task does; `before` is undefined for one that is new. */
export const moved = (counts: TaskCounts, before: Task | undefined, after: Task): TaskCounts => {
  if (before?.status === after.status && before.assignee === after.assignee) return counts
  return {
    open: counts.open + open(after) - open(before),
    waiting: counts.waiting + waiting(after) - waiting(before),
    done: counts.done + done(after) - done(before)
  }
}

const open = (task: Task | undefined) => (task?.status === "in progress" ? 1 : 0)
const waiting = (task: Task | undefined) => (task?.status === "in progress" && task.assignee === null ? 1 : 0)
const done = (task: Task | undefined) => (task?.status === "done" ? 1 : 0)
