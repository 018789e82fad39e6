/**
 * What a commit knows of a task, in one record: an event of a task looks it up once.
 */
import type { TaskId } from "../../values/Ids.ts"
import type { AccountId } from "./Account.ts"
import type { Price } from "./Pricing.ts"

export interface BookedTask {
  /** Its recorded price; null where none is known. */
  price: Price | null
  /** Whether the price was found to be as it was recorded: one that was loaded is looked at once. */
  isProven: boolean
  /** The assignment of the last fee that is known of: 0 where the task is new, `unknown` where nothing is known. */
  charged: number
  /** Whom that fee was charged to: nobody else earns the award. */
  chargedTo: AccountId | null
  /** Whether it is known that none was charged after it. */
  isLast: boolean
  /** What `charged` will be once the events that `asked` has looked at are booked; `unknown` where that is open. */
  foreseen: number
}

/** What stands in the place of an assignment where none is known. */
export const unknown = -1

/** Tasks by their ids; where nothing is known of one, it gets a record that says so. */
export type BookedTasks = Map<TaskId, BookedTask>

/** The record of a task. */
export const taskOf = (tasks: BookedTasks, id: TaskId): BookedTask => {
  let task = tasks.get(id)
  if (task === undefined) {
    task = { price: null, isProven: false, charged: unknown, chargedTo: null, isLast: false, foreseen: unknown }
    tasks.set(id, task)
  }
  return task
}

/** Notes a price that was loaded, and is to be proven yet. */
export const load = (task: BookedTask, price: Price): void => {
  task.price = price
  task.isProven = false
}

/** Notes whom the fee of an assignment was charged to; the fee of a later one stays noted. */
export const charge = (task: BookedTask, assignment: number, account: AccountId | null, isLast = task.isLast): void => {
  if (assignment > task.charged) {
    task.charged = assignment
    task.chargedTo = account
    task.isLast = isLast
  } else task.isLast = false
}

/** Forgets whom fees were charged to. */
export const forgetCharge = (task: BookedTask): void => {
  task.charged = unknown
  task.chargedTo = null
  task.isLast = false
}
