/**
 * What the copy of the users in the tasks context must follow. Every store asks this before it writes, so that all
 * refuse the same.
 */
import type { TaskHead } from "./Registration.ts"
import type { TaskChanges } from "./TaskStore.ts"

/**
 * Why members can't be saved by a transaction that took this head; nothing when they can. They are as the head's cursor
 * says: a process that has a copy knows by the cursor whether it is still good.
 */
export const follows = (
  taken: TaskHead,
  { head, members }: Pick<TaskChanges, "head" | "members">
): string | undefined =>
  members.length > 0 && head.cursor.number === taken.cursor.number
    ? "the copy of the users changes only with its cursor"
    : undefined
