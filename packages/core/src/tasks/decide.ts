/**
 * The decisions of the tasks context: pure functions from a board and a command to changes or a refusal.
 */
import * as Result from "effect/Result"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { Changed, holds } from "../stream/Command.ts"
import { type Decision, decision } from "../stream/Fold.ts"
import type { Cursor } from "../stream/Cursor.ts"
import { type EventSkipped, resume } from "../stream/Resume.ts"
import type { TaskId } from "../values/Ids.ts"
import * as Board from "./Board.ts"
import { createdIn, type Creations, limitOf } from "./Creations.ts"
import { jumped } from "./Registration.ts"
import {
  AssignmentByHandOff,
  CreationLimitReached,
  type NewTaskWithId,
  NotAssignee,
  NotEligible,
  PeriodAlreadyEnded,
  PeriodNotOver,
  type Shuffled,
  type Task,
  TaskAlreadyDone,
  TaskAlreadyExists,
  type TaskCommand,
  type TaskEvent,
  TaskNotFound,
  type TaskOutcomes
} from "./Task.ts"

/** A change of a task, or one of the context's own acts. */
export type Change =
  | ({ readonly _tag: "Task" } & TaskEvent)
  /** Counts what a person creates: the row after it. */
  | { readonly _tag: "Counted"; readonly creations: Creations }
  /** A shuffle, before the changes of the tasks that it reassigns. */
  | ({ readonly _tag: "Shuffled"; readonly shuffle: number } & Shuffled)
  | { readonly _tag: "RegistrationEnded"; readonly afterJump: boolean }
  | { readonly _tag: "Resumed"; readonly cursor: Cursor; readonly skipped: EventSkipped | null }

type Outcome = TaskOutcomes[TaskCommand["_tag"]]
type Decided<Tag extends TaskCommand["_tag"] = TaskCommand["_tag"]> = Result.Result<
  Decision<Change, TaskOutcomes[Tag]["answer"]>,
  TaskOutcomes[Tag]["error"]
>

export const decide = (
  board: Board.Board,
  command: TaskCommand,
  actor: Actor.ActiveActor
): Result.Result<Decision<Change, Outcome["answer"]>, Outcome["error"]> => {
  const action = actions[command._tag]
  const refusal = action === null ? undefined : Access.refusal(actor, action)
  if (refusal !== undefined) return Result.fail(refusal)
  switch (command._tag) {
    case "Create":
      return create(board, command.tasks, actor)
    case "Edit":
      return edit(board, command, actor)
    case "Assign":
      return assignByHand(board, command)
    case "Complete":
      return complete(board, command.ids, actor)
    case "CompleteOne":
      return completeOne(board, command, actor)
    case "Shuffle":
      return shuffle(board)
    case "EndRegistration":
      return endRegistration(board, command)
    case "Resume":
      return Result.map(resume(board.cursor, command.skip), (resumed) =>
        decision(null, [{ _tag: "Resumed", ...resumed }])
      )
  }
}

/** What takes a role whatever it is about; null for what everybody active may do, if only to tasks of their own. */
const actions = {
  Create: null,
  Edit: null,
  Assign: "assign a task by hand",
  Complete: null,
  CompleteOne: null,
  Shuffle: "shuffle tasks",
  EndRegistration: "end the registration of a period",
  Resume: "operate the streams"
} as const satisfies Record<TaskCommand["_tag"], Access.Action | null>

/**
 * Whether a recorded answer is still for the actor. A task was theirs if the answer says so: whoever finished their task
 * hears so again, wherever it is now.
 */
export const withhold = (
  command: TaskCommand,
  actor: Actor.ActiveActor,
  answer: Outcome["answer"]
): Access.NotAllowed | undefined => {
  const theirs = (tasks: ReadonlyArray<Task>) => tasks.every((task) => isOwn(actor, task))
  switch (command._tag) {
    case "Create":
      return undefined
    case "Edit":
      return theirs([answer as Task]) ? undefined : Access.refusal(actor, "edit others' tasks")
    case "Complete":
    case "CompleteOne":
      return theirs(answer as ReadonlyArray<Task>) ? undefined : Access.refusal(actor, "complete others' tasks")
    default:
      return Access.refusal(actor, actions[command._tag])
  }
}

const isOwn = (actor: Actor.ActiveActor, { assignee }: Task): boolean =>
  assignee !== null && Actor.isUser(actor, assignee)

/** Takes a change into the board. */
export const evolve = (board: Board.Board, change: Change): void => {
  if (change._tag === "Resumed") board.cursor = change.cursor
  else if (change._tag === "Counted") board.creations.set(change.creations.creator, change.creations)
  else {
    if (change._tag === "Task") Board.evolve(board, change)
    else if (change._tag === "Shuffled") board.shuffles = change.shuffle
    // Whatever is registered today ends the days before.
    if (board.today > board.period) board.period = board.today
  }
}

const changed = ({ change, task }: TaskEvent): Change => ({ _tag: "Task", change, task })

/** Counts tasks as their creator's of the period; all of them fit, or none is created. */
const count = (
  board: Board.Board,
  tasks: number,
  actor: Actor.ActiveActor
): Result.Result<ReadonlyArray<Change>, CreationLimitReached> => {
  const bound = limitOf(board.rules.policies.creationLimit, actor)
  if (bound === null || tasks === 0) return Result.succeed([])
  const { creator, limit } = bound
  const period = board.today > board.period ? board.today : board.period
  const created = createdIn(period, board.creations.get(creator))
  if (created + tasks > limit) {
    return Result.fail(new CreationLimitReached({ creator, period, limit, created, asked: tasks }))
  }
  return Result.succeed([{ _tag: "Counted", creations: { creator, period, created: created + tasks } }])
}

const create = (
  board: Board.Board,
  tasks: ReadonlyArray<NewTaskWithId>,
  actor: Actor.ActiveActor
): Decided<"Create"> => {
  const ids = new Set<TaskId>()
  for (const { id } of tasks) {
    if (board.tasks.has(id) || ids.has(id)) return Result.fail(new TaskAlreadyExists({ id }))
    ids.add(id)
  }
  const counted = count(board, tasks.length, actor)
  if (Result.isFailure(counted)) return Result.fail(counted.failure)
  const changes: Array<Change> = [...counted.success]
  const created = new Map<TaskId, Task>()
  for (const { description = "", id, jiraId = null, title } of tasks) {
    const task: Task = { id, title, description, jiraId, status: "in progress", assignee: null, assignment: 0 }
    changes.push(changed({ change: "created", task }))
    // A new task is assigned in the same commit.
    const assignee = Board.draw(board, task)
    const assigned = assignee === null ? undefined : Board.assign(task, assignee)
    if (assigned !== undefined) changes.push(changed(assigned))
    created.set(id, assigned?.task ?? task)
  }
  return Result.succeed(decision([...created.values()], changes))
}

/** A task that is there and not done. */
const open = (board: Board.Board, id: TaskId): Result.Result<Task, TaskNotFound | TaskAlreadyDone> => {
  const task = board.tasks.get(id)
  if (task === undefined) return Result.fail(new TaskNotFound({ id }))
  return task.status === "done" ? Result.fail(new TaskAlreadyDone({ id })) : Result.succeed(task)
}

/**
 * The same for an actor who may see the task. To others it makes no difference whether it is there, done, or whose it
 * is: they are refused alike, or they would learn what they may not see by trying.
 */
const openTo = (
  board: Board.Board,
  id: TaskId,
  actor: Actor.ActiveActor,
  action: Access.Action
): Result.Result<Task, TaskNotFound | TaskAlreadyDone | Access.NotAllowed> => {
  const task = board.tasks.get(id)
  const sees = (task !== undefined && isOwn(actor, task)) || Access.may(actor, "see all tasks")
  return sees ? open(board, id) : Result.fail(Access.refuse(actor.actor, action))
}

const edit = (
  board: Board.Board,
  { edit: { id, ...fields }, onlyIf }: Extract<TaskCommand, { readonly _tag: "Edit" }>,
  actor: Actor.ActiveActor
): Decided<"Edit"> =>
  Result.flatMap(openTo(board, id, actor, "edit others' tasks"), (task): Decided<"Edit"> => {
    const refusal = isOwn(actor, task) ? undefined : Access.refusal(actor, "edit others' tasks")
    if (refusal !== undefined) return Result.fail(refusal)
    if (!holds(onlyIf, task)) return Result.fail(new Changed({ id }))
    const after: Task = { ...task, ...fields }
    const same = after.title === task.title && after.description === task.description && after.jiraId === task.jiraId
    return Result.succeed(decision(after, same ? [] : [changed({ change: "edited", task: after })]))
  })

const assignByHand = (
  board: Board.Board,
  { assignee, id, onlyIf }: Extract<TaskCommand, { readonly _tag: "Assign" }>
): Decided<"Assign"> => {
  if (!board.rules.policies.byHand) return Result.fail(new AssignmentByHandOff())
  return Result.flatMap(open(board, id), (task): Decided<"Assign"> => {
    if (!holds(onlyIf, task)) return Result.fail(new Changed({ id }))
    if (!board.replica.isEligible(assignee)) return Result.fail(new NotEligible({ user: assignee }))
    if (task.assignee === assignee && board.rules.policies.repeated === "keep") {
      return Result.succeed(decision(task))
    }
    const event = Board.assign(task, assignee)
    return Result.succeed(decision(event.task, [changed(event)]))
  })
}

const complete = (board: Board.Board, ids: ReadonlyArray<TaskId>, actor: Actor.ActiveActor): Decided<"Complete"> => {
  const done: Array<Task> = []
  const seen = new Set<TaskId>()
  for (const id of ids) {
    const found = openTo(board, id, actor, "complete others' tasks")
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const { assignee } = found.success
    // A task that waits for someone has nobody to earn its award.
    if (assignee === null || (!isOwn(actor, found.success) && !Access.may(actor, "complete others' tasks"))) {
      return Result.fail(new NotAssignee({ id, actor: Actor.key(actor.actor), assignee }))
    }
    if (seen.has(id)) return Result.fail(new TaskAlreadyDone({ id }))
    seen.add(id)
    done.push({ ...found.success, status: "done" })
  }
  return Result.succeed(
    decision(
      done,
      done.map((task) => changed({ change: "done", task }))
    )
  )
}

const completeOne = (
  board: Board.Board,
  { id, onlyIf }: Extract<TaskCommand, { readonly _tag: "CompleteOne" }>,
  actor: Actor.ActiveActor
): Decided<"CompleteOne"> => {
  const completed = complete(board, [id], actor)
  if (Result.isFailure(completed) || holds(onlyIf, board.tasks.get(id)!)) return completed
  return Result.fail(new Changed({ id }))
}

const shuffle = (board: Board.Board): Decided<"Shuffle"> => {
  const changes: Array<Change> = []
  const number = board.shuffles + 1
  let count = 0
  for (const task of board.tasks.values()) {
    if (task.status === "done") continue
    count += 1
    const event = reassigned(board, task, number)
    if (event !== undefined) changes.push(changed(event))
  }
  const answer: Shuffled = { open: count, reassigned: changes.length }
  return Result.succeed(decision(answer, [{ _tag: "Shuffled", shuffle: number, ...answer }, ...changes]))
}

/** What a new draw makes of a task; nothing when it stays where it is. */
export const reassigned = (board: Board.Board, task: Task, shuffle?: number): TaskEvent | undefined => {
  const assignee = Board.draw(board, task, shuffle)
  const stays = assignee === task.assignee && (assignee === null || board.rules.policies.repeated === "keep")
  return stays ? undefined : Board.assign(task, assignee)
}

const endRegistration = (
  board: Board.Board,
  { afterJump, period }: Extract<TaskCommand, { readonly _tag: "EndRegistration" }>
): Decided<"EndRegistration"> => {
  const { calendar, longestJump } = board.rules
  const current = board.today
  if (period !== null && period < board.period) return Result.fail(new PeriodAlreadyEnded({ period }))
  if (period !== null && period >= current) {
    return Result.fail(new PeriodNotOver({ period, endsAt: BusinessDay.endOf(calendar, period) }))
  }
  const refusal = jumped(board.period, current, afterJump ? null : longestJump)
  if (refusal !== undefined) return Result.fail(refusal)
  const ended = BusinessDay.between(calendar, board.period, current)
  return Result.succeed(decision({ ended }, ended.length === 0 ? [] : [{ _tag: "RegistrationEnded", afterJump }]))
}
