/**
 * The decisions of the tasks context: pure functions from a board and a command to facts or a refusal.
 */
import * as Result from "effect/Result"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import { Changed, holds } from "../stream/Command.ts"
import { type Decision, decision } from "../stream/fold.ts"
import { resume } from "../stream/Resume.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import type { TaskId } from "../values/Ids.ts"
import {
  AssignmentByHandOff,
  CreationLimitReached,
  type NewTaskWithId,
  NotAssignee,
  NotEligible,
  PeriodAlreadyEnded,
  PeriodNotOver,
  type Shuffled,
  TaskAlreadyDone,
  TaskAlreadyExists,
  type TaskCommand,
  TaskNotFound,
  type TaskOutcomes
} from "./commands.ts"
import { createdIn, limitOf } from "./Creations.ts"
import { jumped } from "./Registration.ts"
import { assign, type Board, changed, draw, reassigned, type TaskFact } from "./state.ts"
import { isHeldBy, type Task } from "./Task.ts"

type Outcome = TaskOutcomes[TaskCommand["_tag"]]
type Decided<Tag extends TaskCommand["_tag"] = TaskCommand["_tag"]> = Result.Result<
  Decision<TaskFact, TaskOutcomes[Tag]["answer"]>,
  TaskOutcomes[Tag]["error"]
>

export const decide = (
  board: Board,
  command: TaskCommand,
  actor: Actor.ActiveActor
): Result.Result<Decision<TaskFact, Outcome["answer"]>, Outcome["error"]> => {
  const action = actions[command._tag]
  const refusal = action === null ? undefined : Access.refusal(actor, action)
  if (refusal !== undefined) return Result.fail(refusal)
  switch (command._tag) {
    case "Create":
      return create(board, command.tasks, actor)
    case "Edit":
      return edit(board, command, actor)
    case "Assign":
      return assignByHand(board, command, actor)
    case "CompleteMany":
      return completeMany(board, command.ids, actor)
    case "Complete":
      return complete(board, command, actor)
    case "Shuffle":
      return shuffle(board, actor)
    case "EndRegistration":
      return endRegistration(board, command)
    case "Resume":
      return Result.map(resume(board.cursor, command.skip), (resumed) =>
        decision(null, [{ _tag: "Resumed", by: actor.key, ...resumed }])
      )
  }
}

/** What takes a role whatever it is about; null for what everybody active may do, if only to tasks of their own. */
const actions = {
  Create: null,
  Edit: null,
  Assign: "assign a task by hand",
  CompleteMany: null,
  Complete: null,
  Shuffle: "shuffle tasks",
  EndRegistration: "end the registration of a period",
  Resume: "operate the streams"
} as const satisfies Record<TaskCommand["_tag"], Access.Action | null>

/**
 * Whether a recorded answer is still for the actor. A task was theirs if the answer says so: whoever finished their
 * task hears so again, wherever it is now.
 */
export const withhold = (
  command: TaskCommand,
  actor: Actor.ActiveActor,
  answer: Outcome["answer"]
): Access.NotAllowed | undefined => {
  const theirs = (tasks: ReadonlyArray<Task>) => tasks.every((task) => isHeldBy(actor, task))
  switch (command._tag) {
    case "Create":
      return undefined
    case "Edit":
      return theirs([answer as Task]) ? undefined : Access.refusal(actor, "edit others' tasks")
    case "CompleteMany":
    case "Complete":
      return theirs(answer as ReadonlyArray<Task>) ? undefined : Access.refusal(actor, "complete others' tasks")
    default:
      return Access.refusal(actor, actions[command._tag])
  }
}

/** Counts tasks as their creator's of the period; all of them fit, or none is created. */
const count = (
  board: Board,
  tasks: number,
  actor: Actor.ActiveActor
): Result.Result<ReadonlyArray<TaskFact>, CreationLimitReached> => {
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

const create = (board: Board, tasks: ReadonlyArray<NewTaskWithId>, actor: Actor.ActiveActor): Decided<"Create"> => {
  const ids = new Set<TaskId>()
  for (const { id } of tasks) {
    if (board.tasks.has(id) || ids.has(id)) return Result.fail(new TaskAlreadyExists({ id }))
    ids.add(id)
  }
  const counted = count(board, tasks.length, actor)
  if (Result.isFailure(counted)) return Result.fail(counted.failure)
  const facts: Array<TaskFact> = [...counted.success]
  const created: Array<Task> = []
  for (const { description = "", id, jiraId = null, title } of tasks) {
    const task: Task = { id, title, description, jiraId, status: "in progress", assignee: null, assignment: 0 }
    facts.push(changed(actor.key, "created", undefined, task))
    // A new task is assigned in the same commit.
    const assignee = draw(board, task)
    if (assignee === null) created.push(task)
    else {
      const assigned = assign(actor.key, task, assignee)
      facts.push(assigned)
      created.push(assigned.task)
    }
  }
  return Result.succeed(decision(created, facts))
}

/** A task that is there and not done. */
const open = (board: Board, id: TaskId): Result.Result<Task, TaskNotFound | TaskAlreadyDone> => {
  const task = board.tasks.get(id)
  if (task === undefined) return Result.fail(new TaskNotFound({ id }))
  return task.status === "done" ? Result.fail(new TaskAlreadyDone({ id })) : Result.succeed(task)
}

/**
 * The same for an actor who may see the task. To others it makes no difference whether it is there, done, or whose it
 * is: they are refused alike, or they would learn what they may not see by trying.
 */
const openTo = (
  board: Board,
  id: TaskId,
  actor: Actor.ActiveActor,
  action: Access.Action
): Result.Result<Task, TaskNotFound | TaskAlreadyDone | Access.NotAllowed> => {
  const task = board.tasks.get(id)
  const sees = (task !== undefined && isHeldBy(actor, task)) || Access.may(actor, "see all tasks")
  return sees ? open(board, id) : Result.fail(Access.refuse(actor.actor, action))
}

const edit = (
  board: Board,
  { edit: { id, ...fields }, onlyIf }: Extract<TaskCommand, { readonly _tag: "Edit" }>,
  actor: Actor.ActiveActor
): Decided<"Edit"> =>
  Result.flatMap(openTo(board, id, actor, "edit others' tasks"), (task): Decided<"Edit"> => {
    const refusal = isHeldBy(actor, task) ? undefined : Access.refusal(actor, "edit others' tasks")
    if (refusal !== undefined) return Result.fail(refusal)
    if (!holds(onlyIf, task)) return Result.fail(new Changed({ id }))
    const after: Task = { ...task, ...fields }
    const same = after.title === task.title && after.description === task.description && after.jiraId === task.jiraId
    return Result.succeed(decision(after, same ? [] : [changed(actor.key, "edited", task, after)]))
  })

const assignByHand = (
  board: Board,
  { assignee, id, onlyIf }: Extract<TaskCommand, { readonly _tag: "Assign" }>,
  actor: Actor.ActiveActor
): Decided<"Assign"> => {
  if (!board.rules.policies.byHand) return Result.fail(new AssignmentByHandOff())
  return Result.flatMap(open(board, id), (task): Decided<"Assign"> => {
    if (!holds(onlyIf, task)) return Result.fail(new Changed({ id }))
    if (!board.replica.isEligible(assignee)) return Result.fail(new NotEligible({ user: assignee }))
    if (task.assignee === assignee && board.rules.policies.repeated === "keep") {
      return Result.succeed(decision(task))
    }
    const fact = assign(actor.key, task, assignee)
    return Result.succeed(decision(fact.task, [fact]))
  })
}

const completeMany = (board: Board, ids: ReadonlyArray<TaskId>, actor: Actor.ActiveActor): Decided<"CompleteMany"> => {
  const done: Array<Task> = []
  const facts: Array<TaskFact> = []
  const seen = new Set<TaskId>()
  for (const id of ids) {
    const found = openTo(board, id, actor, "complete others' tasks")
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const { assignee } = found.success
    // A task that waits for someone has nobody to earn its award.
    if (assignee === null || (!isHeldBy(actor, found.success) && !Access.may(actor, "complete others' tasks"))) {
      return Result.fail(new NotAssignee({ id, actor: actor.key, assignee }))
    }
    if (seen.has(id)) return Result.fail(new TaskAlreadyDone({ id }))
    seen.add(id)
    const task: Task = { ...found.success, status: "done" }
    done.push(task)
    facts.push(changed(actor.key, "done", found.success, task))
  }
  return Result.succeed(decision(done, facts))
}

const complete = (
  board: Board,
  { id, onlyIf }: Extract<TaskCommand, { readonly _tag: "Complete" }>,
  actor: Actor.ActiveActor
): Decided<"Complete"> => {
  const completed = completeMany(board, [id], actor)
  if (Result.isFailure(completed) || holds(onlyIf, board.tasks.get(id)!)) return completed
  return Result.fail(new Changed({ id }))
}

const shuffle = (board: Board, { key }: Actor.ActiveActor): Decided<"Shuffle"> => {
  const facts: Array<TaskFact> = []
  const number = board.shuffles + 1
  let open = 0
  for (const task of board.tasks.values()) {
    if (task.status === "done") continue
    open += 1
    const fact = reassigned(board, key, task, number)
    if (fact !== undefined) facts.push(fact)
  }
  const answer: Shuffled = { open, reassigned: facts.length }
  return Result.succeed(decision(answer, [{ _tag: "Shuffled", by: key, shuffle: number, ...answer }, ...facts]))
}

const endRegistration = (
  board: Board,
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
