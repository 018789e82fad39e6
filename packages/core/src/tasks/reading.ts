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
import { type Page, type PageRequest, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { AssignmentByHand } from "./Assignment.ts"
import { TaskNotFound } from "./commands.ts"
import { CreationLimit, limitOf } from "./Creations.ts"
import * as Task from "./Task.ts"
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

/** The queries of `Tasks`. */
export interface TaskReads {
  /** One task: one of the actor's own, or any for managers and admins. */
  readonly get: (actor: Actor.Actor, id: string) => Effect.Effect<Task.Task, ReadError | TaskNotFound>
  /** Tasks by id: the actor's own, or all for managers and admins. */
  readonly list: (
    actor: Actor.Actor,
    filter: { readonly status?: Task.TaskStatus; readonly assignee?: string },
    paging?: PageRequest
  ) => Effect.Effect<Page<Task.Task>, ReadError>
  /** What day it is, and what holds for the actor on it. For everybody active. */
  readonly today: (actor: Actor.Actor) => Effect.Effect<Today, Actor.ActorError | StoreError>
}

const parseFilter = Input.parse(
  Schema.Struct({ status: Schema.optionalKey(Task.TaskStatus), assignee: Schema.optionalKey(UserId) })
)
const parsePage = pageOf(TaskId)

/** The queries over the store at hand. */
export const reads: Effect.Effect<TaskReads, never, TaskStore | Company | Actor.Directory> = Effect.gen(function* () {
  const directory = yield* Effect.context<Actor.Directory>()
  const store = yield* TaskStore
  return {
    get: flow(get(store), Effect.provideContext(directory)),
    list: flow(list(store), Effect.provideContext(directory)),
    today: flow(yield* today, Effect.provideContext(directory))
  }
})

type Store = TaskStore["Service"]

const get = (store: Store) =>
  Effect.fn("Tasks.get")(function* (actor: Actor.Actor, id: string) {
    const active = yield* Actor.require(actor)
    const [task] = yield* store.get([id as TaskId])
    const own = task !== undefined && Task.isHeldBy(active, task)
    if (!own && !Access.may(active, "see all tasks")) return yield* Access.refuse(actor, "see all tasks")
    return task ?? (yield* new TaskNotFound({ id }))
  })

const list = (store: Store) =>
  Effect.fn("Tasks.list")(function* (
    actor: Actor.Actor,
    input: { readonly status?: Task.TaskStatus; readonly assignee?: string },
    paging?: PageRequest
  ) {
    const filter = yield* parseFilter(input)
    const active = yield* Actor.require(actor)
    const own = filter.assignee !== undefined && Actor.isUser(active, filter.assignee)
    if (!own && !Access.may(active, "see all tasks")) return yield* Access.refuse(actor, "see all tasks")
    return yield* store.list(filter, yield* parsePage(paging))
  })

const today = Effect.gen(function* () {
  const store = yield* TaskStore
  const { calendar } = yield* Company
  const assignmentByHand = yield* AssignmentByHand
  const limits = yield* CreationLimit
  return Effect.fn("Tasks.today")(function* (actor: Actor.Actor) {
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
