/**
 * What is read of the tasks context: tasks, and what holds for whoever asks; each for those who may see it.
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Company } from "../company/Company.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { TaskId, UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import { folded, look, searched } from "../values/look.ts"
import { type Looked, type OrderedRequest, type Paging, parseOrdered } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { AssignmentByHand } from "./Assignment.ts"
import { TaskNotFound } from "./commands.ts"
import { CreationLimit, limitOf } from "./Creations.ts"
import * as Task from "./Task.ts"
import type { TaskCounts } from "./TaskCounts.ts"
import { TaskStore } from "./TaskStore.ts"

type ReadError = Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

/** The day that tasks fall into, and the company's policies as they are for one actor. */
export interface Today {
  /** The instant by the clock that commits go by, which is the store's. */
  readonly now: DateTime.Utc
  /** The period that what is done now falls into. */
  readonly period: BusinessDay.Period
  /** When it is over. */
  readonly endsAt: DateTime.Utc
  /** Whether managers and admins may assign one task by hand. */
  readonly assignmentByHand: boolean
  /** How many tasks the actor may create in a period; null for any number. */
  readonly creationLimit: number | null
}

/** Which tasks are listed. */
export interface ListedTasks {
  readonly status?: Task.TaskStatus
  readonly assignee?: string
  /** Only those that have this in their title, description, jiraId or id, in capitals or not. */
  readonly search?: string
}

/** How many tasks there are, as far as one actor may know. */
export interface TaskNumbers {
  /** Those of the actor, counted up to `upTo`: so many, or more. */
  readonly mine: { readonly open: number; readonly done: number; readonly upTo: number }
  /** Of the whole company; null for those who may not see all tasks. `waiting` of the open ones wait for somebody. */
  readonly all: TaskCounts | null
}

/** The queries of `Tasks`. */
export interface TaskReads {
  /** One task: one of the actor's own, or any for managers and admins. */
  readonly get: (actor: Actor.Actor, id: string) => Effect.Effect<Task.Task, ReadError | TaskNotFound>
  /**
   * Tasks by id, the oldest first unless asked otherwise: the actor's own, or all for managers and admins. One call
   * that searches looks at 5,000 tasks at most: it may return fewer than `limit`, or none, and more to come.
   */
  readonly list: (
    actor: Actor.Actor,
    filter: ListedTasks,
    paging?: OrderedRequest
  ) => Effect.Effect<Looked<Task.Task, TaskId>, ReadError>
  /** How many tasks are the actor's, and how many there are for managers and admins. */
  readonly counts: (actor: Actor.Actor) => Effect.Effect<TaskNumbers, Actor.ActorError | StoreError>
  /** What day it is, and what holds for the actor on it. For everybody active. */
  readonly today: (actor: Actor.Actor) => Effect.Effect<Today, Actor.ActorError | StoreError>
}

/** How many tasks one search looks at. */
const most = 5_000

const parseFilter = Input.parse(
  Schema.Struct({
    status: Schema.optionalKey(Task.TaskStatus),
    assignee: Schema.optionalKey(UserId),
    search: Schema.optionalKey(searched)
  })
)
const parsePaging = parseOrdered(TaskId)

/** The queries over the store at hand. */
export const reads: Effect.Effect<TaskReads, never, TaskStore | Company | Actor.Directory> = Effect.gen(function* () {
  const directory = yield* Effect.context<Actor.Directory>()
  const store = yield* TaskStore
  return {
    get: flow(get(store), Effect.provideContext(directory)),
    list: flow(list(store), Effect.provideContext(directory)),
    counts: flow(counts(store), Effect.provideContext(directory)),
    today: flow(yield* today, Effect.provideContext(directory))
  }
})

type Store = TaskStore["Service"]

const get = (store: Store) =>
  traced("Tasks.get")(function* (actor: Actor.Actor, id: string) {
    const active = yield* Actor.require(actor)
    const [task] = yield* store.get([id as TaskId])
    const own = task !== undefined && Task.isHeldBy(active, task)
    if (!own && !Access.may(active, "see all tasks")) return yield* Access.refuse(actor, "see all tasks")
    return task ?? (yield* new TaskNotFound({ id }))
  })

const list = (store: Store) =>
  traced("Tasks.list")(function* (actor: Actor.Actor, input: ListedTasks, request?: OrderedRequest) {
    const { search, ...filter } = yield* parseFilter(input)
    const { order, ...paging } = yield* parsePaging(request)
    const active = yield* Actor.require(actor)
    const own = filter.assignee !== undefined && Actor.isUser(active, filter.assignee)
    if (!own && !Access.may(active, "see all tasks")) return yield* Access.refuse(actor, "see all tasks")
    const text = search === undefined ? undefined : folded(search)
    return yield* look((at: Paging<TaskId>) => store.list(filter, { ...at, order }), {
      paging,
      most: text === undefined ? paging.limit : most,
      keyOf: ({ id }) => id,
      isWanted: (task) => text === undefined || matches(task, text)
    })
  })

const matches = (task: Task.Task, text: string): boolean =>
  [task.title, task.description, task.jiraId ?? "", task.id].some((field) => field.toLowerCase().includes(text))

/** Up to how many tasks one person's are counted: what is done grows with time. */
const upTo = 1_000

const counts = (store: Store) =>
  traced("Tasks.counts")(function* (actor: Actor.Actor) {
    const active = yield* Actor.require(actor)
    const count = (status: Task.TaskStatus) =>
      actor._tag === "User" ? store.count({ assignee: actor.id as UserId, status }, upTo) : Effect.succeed(0)
    const [open, done] = yield* Effect.all([count("in progress"), count("done")], { concurrency: 2 })
    const all = Access.may(active, "see all tasks") ? (yield* store.head).counts : null
    return { mine: { open, done, upTo }, all }
  })

const today = Effect.gen(function* () {
  const store = yield* TaskStore
  const { calendar } = yield* Company
  const assignmentByHand = yield* AssignmentByHand
  const limits = yield* CreationLimit
  return traced("Tasks.today")(function* (actor: Actor.Actor) {
    const active = yield* Actor.require(actor)
    const now = yield* store.now
    const { period: open } = yield* store.head
    const byClock = BusinessDay.periodAt(calendar, now)
    // Days only move forward, whatever the clock shows.
    const period = byClock > open ? byClock : open
    return {
      now,
      period,
      endsAt: BusinessDay.endOf(calendar, period),
      assignmentByHand,
      creationLimit: limitOf(limits, active)?.limit ?? null
    }
  })
})
