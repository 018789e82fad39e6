/**
 * What the rows of the tasks context must follow. Every store asks this before it writes, so that all refuse the same.
 */
import type { TaskHead } from "./Registration.ts"
import type { TaskChanges } from "./TaskStore.ts"

/** Why rows can't be saved by a transaction that took this head; nothing when they can. */
export const follows = (
  taken: TaskHead,
  { creations, head, members, tasks }: Pick<TaskChanges, "creations" | "head" | "members" | "tasks">
): string | undefined => {
  // Members are as the head's cursor says: a process that has a copy knows by the cursor whether it is still good.
  if (members.length > 0 && head.cursor.number === taken.cursor.number) {
    return "the copy of the users changes only with its cursor"
  }
  const odd = tasks.find(({ assignment }) => !Number.isInteger(assignment) || assignment < 0)
  if (odd !== undefined) return `task ${odd.id} can't be in assignment ${odd.assignment}: they are counted from 0`
  const none = creations.find(({ created }) => !Number.isInteger(created) || created < 1)
  if (none !== undefined)
    return `${none.creator} can't have created ${none.created} tasks: who has created none has no row`
  return undefined
}
