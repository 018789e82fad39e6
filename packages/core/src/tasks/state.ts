/**
 * The tasks and users that one commit works on: loaded for it, changed by it, thrown away after it.
 */
import type * as DateTime from "effect/DateTime"
import type { Cursor } from "../stream/Cursor.ts"
import type { WrittenVersions } from "../stream/Event.ts"
import type { EventSkipped } from "../stream/Resume.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import * as Digest from "../values/Digest.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Policies } from "./Assignment.ts"
import type { Shuffled } from "./commands.ts"
import type { Creations } from "./Creations.ts"
import type { TaskChange } from "./events.ts"
import type { Replica } from "./Replica.ts"
import type { Task } from "./Task.ts"

/** A change of one task, who caused it (`Actor.key`), and the task before and after it. */
export interface TaskChanged {
  readonly _tag: "Task"
  readonly by: string
  readonly change: TaskChange
  /** Undefined for a task that is created. */
  readonly before: Task | undefined
  readonly task: Task
}

/** What a commit does, and who caused it. */
export type TaskFact =
  | TaskChanged
  /** Counts what a person creates: the row after it. */
  | { readonly _tag: "Counted"; readonly creations: Creations }
  /** A shuffle, before the changes of the tasks that it reassigns. */
  | ({ readonly _tag: "Shuffled"; readonly by: string; readonly shuffle: number } & Shuffled)
  | { readonly _tag: "RegistrationEnded"; readonly afterJump: boolean }
  | { readonly _tag: "Resumed"; readonly by: string; readonly cursor: Cursor; readonly skipped: EventSkipped | null }

/** What happens to a task. */
export const changed = (by: string, change: TaskChange, before: Task | undefined, task: Task): TaskChanged => ({
  _tag: "Task",
  by,
  change,
  before,
  task
})

/** What does not change from commit to commit. */
export interface TaskRules {
  readonly sha256: Digest.Sha256
  /** What keys the draws (`Digest.drawKey`). */
  readonly drawKey: string
  readonly policies: Policies
  readonly calendar: BusinessDay.Calendar
  /** How many days the clock may jump over; null for any number that makes sense. */
  readonly longestJump: number | null
  /** Of the events; default: today's. */
  readonly versions?: WrittenVersions | undefined
}

export interface Board {
  readonly rules: TaskRules
  readonly now: DateTime.Utc
  /** The period that this commit is in by the calendar. */
  readonly today: BusinessDay.Period
  /** The period open for registration: that of the commit before, until this one has done anything. */
  period: BusinessDay.Period
  readonly tasks: Map<TaskId, Task>
  readonly replica: Replica
  /** How many tasks those who create some have created. */
  readonly creations: Map<UserId, Creations>
  /** How many shuffles there have been: part of the key of a shuffle's draws. */
  shuffles: number
  /** How far the users' stream was applied. */
  cursor: Cursor
  /** The open tasks by assignee; made when first asked for, kept up to date from then on. */
  held: Map<UserId | null, Set<TaskId>> | undefined
}

export const makeBoard = (
  fields: Omit<Board, "tasks" | "creations" | "held" | "today"> & {
    readonly tasks: ReadonlyArray<Task>
    readonly creations: ReadonlyArray<Creations>
  }
): Board => ({
  ...fields,
  today: BusinessDay.periodAt(fields.rules.calendar, fields.now),
  tasks: new Map(fields.tasks.map((task) => [task.id, task])),
  creations: new Map(fields.creations.map((row) => [row.creator, row])),
  held: undefined
})

/** Takes a fact into the board. */
export const evolve = (board: Board, fact: TaskFact): void => {
  if (fact._tag === "Resumed") board.cursor = fact.cursor
  else if (fact._tag === "Counted") board.creations.set(fact.creations.creator, fact.creations)
  else {
    if (fact._tag === "Task") put(board, fact.task)
    else if (fact._tag === "Shuffled") board.shuffles = fact.shuffle
    // Whatever is registered today ends the days before.
    if (board.today > board.period) board.period = board.today
  }
}

const put = (board: Board, task: Task): void => {
  const before = board.tasks.get(task.id)
  board.tasks.set(task.id, task)
  if (board.held === undefined) return
  if (before !== undefined) board.held.get(before.assignee)?.delete(task.id)
  if (task.status === "in progress") hold(board.held, task)
}

/** The open tasks of an assignee (of nobody: those that wait), by id. */
export const heldBy = (board: Board, assignee: UserId | null): ReadonlyArray<Task> => {
  if (board.held === undefined) {
    board.held = new Map()
    for (const task of board.tasks.values()) if (task.status === "in progress") hold(board.held, task)
  }
  return [...(board.held.get(assignee) ?? [])].sort().map((id) => board.tasks.get(id)!)
}

const hold = (held: Map<UserId | null, Set<TaskId>>, task: Task): void => {
  const ids = held.get(task.assignee)
  if (ids === undefined) held.set(task.assignee, new Set([task.id]))
  else ids.add(task.id)
}

/**
 * Draws an assignee for a task among the eligible; null when there is nobody. `shuffle` tells the draws of one shuffle
 * from those of the next: a task that fell on its holder would otherwise fall on them for ever.
 */
export const draw = (board: Board, task: Task, shuffle = 0): UserId | null => {
  const { drawKey, policies, sha256 } = board.rules
  const candidates = board.replica.eligible
  if (candidates.length === 0) return null
  const assignment = task.assignment + 1
  const chosen = policies.choose({
    task,
    assignment,
    candidates,
    draw: () => Digest.draw(sha256, drawKey, "assignee", [task.id, assignment, shuffle])
  })
  if (board.replica.isEligible(chosen)) return chosen
  throw new Error(`ChooseAssignee gave task ${task.id} to ${chosen}, who is not among the candidates`)
}

/** The change that gives a task to someone, or to nobody. */
export const assign = (by: string, task: Task, assignee: UserId | null): TaskChanged =>
  assignee === null
    ? changed(by, "unassigned", task, { ...task, assignee })
    : changed(by, "assigned", task, { ...task, assignee, assignment: task.assignment + 1 })

/** What a new draw makes of a task; nothing when it stays where it is. */
export const reassigned = (board: Board, by: string, task: Task, shuffle?: number): TaskChanged | undefined => {
  const assignee = draw(board, task, shuffle)
  const stays = assignee === task.assignee && (assignee === null || board.rules.policies.repeated === "keep")
  return stays ? undefined : assign(by, task, assignee)
}
