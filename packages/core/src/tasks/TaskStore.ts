/**
 * The port that keeps tasks, the context's copy of the users, its stream of events and its recorded commands.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type {
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction
} from "../stream/ContextStore.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { OrderedPaging, Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { Member } from "./Assignment.ts"
import type { Creations } from "./Creations.ts"
import type { TaskHead } from "./Registration.ts"
import type { Task, TaskStatus } from "./Task.ts"

/** What a commit needs to know; tasks found in several ways come once. */
export interface TaskQuery extends ContextQuery {
  readonly tasks: ReadonlyArray<TaskId>
  /** All open tasks. */
  readonly open: boolean
  /** The open tasks of these; null stands for the tasks that wait for someone. */
  readonly heldBy: ReadonlyArray<UserId | null>
  /** The whole copy of the users. */
  readonly members: boolean
  /** Whose counts of created tasks. */
  readonly creators: ReadonlyArray<UserId>
}

/** The query that asks for nothing. */
export const emptyQuery: TaskQuery = {
  tasks: [],
  open: false,
  heldBy: [],
  members: false,
  creators: [],
  commands: []
}

export interface TaskLoad extends ContextLoad {
  /** By id in byte order. */
  readonly tasks: ReadonlyArray<Task>
  /** As the head's cursor says, in any order. */
  readonly members: ReadonlyArray<Member>
  /** The rows of the creators asked for who have one, in any order. */
  readonly creations: ReadonlyArray<Creations>
}

/** What a commit writes, all or nothing. */
export interface TaskChanges extends ContextChanges<TaskHead> {
  readonly tasks: ReadonlyArray<Task>
  /** Those of the tasks that are known to be new, for stores that can write these faster. */
  readonly created?: ReadonlySet<TaskId>
  readonly members: ReadonlyArray<Member>
  /** One row for each person: that of a new period takes the place of the one before. */
  readonly creations: ReadonlyArray<Creations>
}

/** The changes that change nothing, but for the head. */
export const emptyChanges: Omit<TaskChanges, "head"> = {
  events: [],
  tasks: [],
  members: [],
  creations: [],
  commands: []
}

/** A transaction that holds the head. */
export interface TaskTransaction extends ContextTransaction<TaskHead, TaskQuery, TaskLoad, TaskChanges> {}

export interface TaskFilter {
  readonly status?: TaskStatus
  readonly assignee?: UserId
}

/**
 * What all stores promise is said in `ContextStore`. Besides, `TaskRows.follows` says what is refused with `Conflict`,
 * not to be retried: `members` without a move of the head's cursor, assignments and counts that can't be, and a head
 * that counts other tasks than are written with it. Which tasks there are is the core's to count: no store does.
 *
 * The rows that `open` creates are open for the period that `first` returns for the store's instant; where `adopt`
 * changes zone or cutoff, the empty stream is.
 */
export class TaskStore extends Context.Service<
  TaskStore,
  ContextStore<TaskTransaction, [first: (now: DateTime.Utc) => Period]> & {
    /** The instant by the clock that gives commits theirs, whatever the process's clock says. */
    readonly now: Effect.Effect<DateTime.Utc, StoreError>
    /** Those of the ids that exist, in any order. */
    readonly get: (ids: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<Task>, StoreError>
    /**
     * Tasks by id in byte order, or the other way round: ids that are made here grow with time. A filter's conditions
     * all hold.
     */
    readonly list: (filter: TaskFilter, paging: OrderedPaging<TaskId>) => Effect.Effect<Page<Task>, StoreError>
    /** The copy of the users by id in byte order, as the last commit left it. */
    readonly members: (paging: Paging<UserId>) => Effect.Effect<Page<Member>, StoreError>
    /** How many tasks a filter finds; none beyond `most` are looked for. */
    readonly count: (filter: TaskFilter, most: number) => Effect.Effect<number, StoreError>
  }
>()("@popug/core/TaskStore") {}
