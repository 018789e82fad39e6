/**
 * The port that keeps tasks, the context's copy of the users, its stream of events and its recorded commands.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { Period } from "../values/BusinessDay.ts"
import type { RecordedCommand } from "../stream/Command.ts"
import type { ForgetCommands } from "../stream/Retention.ts"
import type { CompanyMismatch, Identity } from "../company/Identity.ts"
import type { Envelope } from "../stream/Envelope.ts"
import type { CommandId, TaskId, UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { Member } from "./Assignment.ts"
import type { Creations } from "./Creations.ts"
import type { TaskHead } from "./Registration.ts"
import type { Task, TaskStatus } from "./Task.ts"

/** What a commit needs to know; tasks found in several ways come once. */
export interface TaskQuery {
  readonly tasks: ReadonlyArray<TaskId>
  /** All open tasks. */
  readonly open: boolean
  /** The open tasks of these; null stands for the tasks that wait for someone. */
  readonly heldBy: ReadonlyArray<UserId | null>
  /** The whole copy of the users. */
  readonly members: boolean
  /** Whose counts of created tasks. */
  readonly creators: ReadonlyArray<UserId>
  readonly commands: ReadonlyArray<CommandId>
}

export interface TaskLoad {
  /** By id in byte order. */
  readonly tasks: ReadonlyArray<Task>
  readonly members: ReadonlyArray<Member>
  /** The rows of the creators asked for who have one, in any order. */
  readonly creations: ReadonlyArray<Creations>
  readonly commands: ReadonlyMap<CommandId, RecordedCommand>
}

/** What a commit writes, all or nothing; rows are whole and replace those of the same id. */
export interface TaskChanges {
  readonly head: TaskHead
  readonly events: ReadonlyArray<Envelope>
  readonly tasks: ReadonlyArray<Task>
  /** Those of the tasks that are known to be new, for stores that can write these faster. */
  readonly created?: ReadonlySet<TaskId>
  readonly members: ReadonlyArray<Member>
  /** One row for each person: that of a new period takes the place of the one before. */
  readonly creations: ReadonlyArray<Creations>
  readonly commands: ReadonlyArray<RecordedCommand>
}

/** A transaction that holds the head. */
export interface TaskTransaction {
  readonly head: TaskHead
  /** The instant of the commit: the store's, never earlier than the head's. */
  readonly now: DateTime.Utc
  readonly load: (query: TaskQuery) => Effect.Effect<TaskLoad, StoreError>
  /**
   * Only where it makes big commits faster: writes a part of the changes, of which `save` brings the rest. Each part
   * has the head after it, which the next follows. It returns when the part is on its way; a refusal is heard at the
   * next call. Nothing is loaded after it.
   */
  readonly ahead?: (part: TaskChanges) => Effect.Effect<void, StoreError>
  readonly save: (changes: TaskChanges) => Effect.Effect<void, StoreError>
}

export interface TaskFilter {
  readonly status?: TaskStatus
  readonly assignee?: UserId
}

/**
 * Contract: as `UserStore`. `members` of a load are as the head's cursor says: members that are saved without a move
 * of the cursor are refused with `Conflict`.
 */
export class TaskStore extends Context.Service<
  TaskStore,
  {
    /**
     * Creates the company's rows at the first call, open for the period that `first` gives for the store's instant;
     * otherwise as a user store's.
     */
    readonly open: (
      company: Identity,
      first: (now: DateTime.Utc) => Period
    ) => Effect.Effect<void, CompanyMismatch | StoreError>
    /** As a user store's; where zone or cutoff change, the empty stream is open for the period that `first` gives. */
    readonly adopt: (
      company: Identity,
      first: (now: DateTime.Utc) => Period
    ) => Effect.Effect<void, CompanyMismatch | StoreError>
    readonly transact: <A, E, R>(
      body: (tx: TaskTransaction) => Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | StoreError, R>
    /**
     * Forgets recorded commands of commits that are at least `age` old by the store's clock, the oldest first and
     * `limit` at most; returns how many. Takes no head, and holds up no commit.
     */
    readonly forgetCommands: ForgetCommands
    readonly head: Effect.Effect<TaskHead, StoreError>
    /** The instant by the clock that gives commits theirs, whatever the process's clock says. */
    readonly now: Effect.Effect<DateTime.Utc, StoreError>
    /** Those of the ids that exist, in any order. */
    readonly get: (ids: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<Task>, StoreError>
    /** Tasks by id in byte order. */
    readonly list: (filter: TaskFilter, paging: Paging<TaskId>) => Effect.Effect<Page<Task>, StoreError>
  }
>()("@popug/core/TaskStore") {}
