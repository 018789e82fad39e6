/**
 * How what a commit of the tasks context decided is saved: in parts, where the store takes them, so that it writes one
 * while the events of the next are made.
 */
import * as Effect from "effect/Effect"
import type { Decided, Saved } from "../stream/Commit.ts"
import type { Envelope } from "../stream/Envelope.ts"
import type { TaskId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { ClockJumped } from "./commands.ts"
import * as Registration from "./Registration.ts"
import type { Board, TaskFact } from "./state.ts"
import type { Task } from "./Task.ts"
import * as TaskCounts from "./TaskCounts.ts"
import { emptyChanges, type TaskChanges, type TaskTransaction } from "./TaskStore.ts"

/** What is saved with the last part. */
type Rest = Partial<Pick<TaskChanges, "members" | "creations" | "commands">>

/** How many facts make a part: so few that the store soon has something to do, so many that a round trip is little. */
const partSize = 500

/** Saves a commit's facts as events, after the markers of the periods that are over, with the tasks they are about. */
export const save = Effect.fnUntraced(function* (
  tx: TaskTransaction,
  board: Board,
  place: Registration.Place,
  { facts, traces }: Pick<Decided<TaskFact>, "facts" | "traces">,
  rest: Rest
): Effect.fn.Return<Saved<Registration.TaskHead>, ClockJumped | StoreError> {
  const { ahead } = tx
  const size = ahead === undefined ? facts.length : partSize
  const events: Array<Envelope> = []
  const saved = new Set<TaskId>()
  let { head } = place
  for (let from = 0; ; from += size) {
    const part = facts.slice(from, from + size)
    // A clock that jumped is refused with the first part: later ones find the period where that has left it.
    const appended = yield* Effect.fromResult(
      Registration.append({ ...place, head }, part, traces?.slice(from, from + size))
    )
    const { counts, created, tasks } = rowsOf(board, head.counts, part, saved)
    head = { ...appended.head, counts }
    for (const event of appended.events) events.push(event)
    const changes = { ...emptyChanges, events: appended.events, head, tasks, created }
    if (ahead === undefined || from + size >= facts.length) {
      yield* tx.save({ ...changes, ...rest })
      return { head, events }
    }
    yield* ahead(changes)
  }
})

/**
 * The tasks of a part that none before it had, as the whole commit leaves them, and how many tasks there are with them:
 * each task is written once. Its first fact tells how the commit found it.
 */
const rowsOf = (
  board: Board,
  counted: TaskCounts.TaskCounts,
  part: ReadonlyArray<TaskFact>,
  saved: Set<TaskId>
): Required<Pick<TaskChanges, "tasks" | "created">> & { readonly counts: TaskCounts.TaskCounts } => {
  let counts = counted
  const tasks: Array<Task> = []
  const created = new Set<TaskId>()
  for (const fact of part) {
    if (fact._tag !== "Task") continue
    const { id } = fact.task
    if (saved.has(id)) continue
    saved.add(id)
    if (fact.change === "created") created.add(id)
    const task = board.tasks.get(id)!
    counts = TaskCounts.moved(counts, fact.before, task)
    tasks.push(task)
  }
  return { counts, tasks, created }
}

/** Saves a head that moves without an event. */
export const saveHead = (
  tx: TaskTransaction,
  head: Registration.TaskHead,
  rest: Rest
): Effect.Effect<Saved<Registration.TaskHead>, StoreError> =>
  Effect.as(tx.save({ ...emptyChanges, head, ...rest }), { head, events: [] })
