/**
 * What the rows of the tasks context must follow. Every store asks this before it writes, so that all refuse the same.
 */
import type { TaskHead } from "./Registration.ts"
import type { TaskChanges } from "./TaskStore.ts"

type Rows = Pick<TaskChanges, "created" | "creations" | "head" | "members" | "tasks">

/**
 * Why rows can't be saved under a head; nothing when they can. `taken` is the head that the transaction took: another
 * one where a part was written ahead.
 */
export const follows = (before: TaskHead, rows: Rows, taken: TaskHead = before): string | undefined => {
  const { creations, head, members, tasks } = rows
  // Members are as the head's cursor says: a process that has a copy knows by the cursor whether it is still good.
  if (members.length > 0 && head.cursor.number === taken.cursor.number) {
    return "the copy of the users changes only with its cursor"
  }
  const odd = tasks.find(({ assignment }) => !Number.isInteger(assignment) || assignment < 0)
  if (odd !== undefined) return `task ${odd.id} can't be in assignment ${odd.assignment}: they are counted from 0`
  const none = creations.find(({ created }) => !Number.isInteger(created) || created < 1)
  if (none !== undefined)
    return `${none.creator} can't have created ${none.created} tasks: who has created none has no row`
  return miscounted(before, rows)
    ? `the counts of tasks don't follow from the ${tasks.length} that are written`
    : undefined
}

/**
 * Whether the head counts what no commit of these tasks comes to. That it counts less than none is not refused: so it
 * would where somebody has edited rows by hand, which is for a verification to name, and no reason to stand still.
 */
const miscounted = ({ counts: before }: TaskHead, { created, head: { counts }, tasks }: Rows): boolean => {
  const moves = [counts.open - before.open, counts.waiting - before.waiting, counts.done - before.done]
  const fresh = counts.open + counts.done - before.open - before.done
  const follows = (move: number) => Number.isSafeInteger(move) && Math.abs(move) <= tasks.length
  return ![fresh, ...moves].every(follows) || fresh < (created?.size ?? 0)
}
