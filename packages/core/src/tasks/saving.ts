/**
 * How what a commit of the tasks context decided is saved: in parts, where the store takes them, so that it writes one
 * while the events of the next are made.
 */
import * as Effect from "effect/Effect"
import type { Envelope } from "../stream/Envelope.ts"
import type { TaskId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"
import type * as Board from "./Board.ts"
import * as Registration from "./Registration.ts"
import type { ClockJumped, Task } from "./Task.ts"
import { emptyChanges, type TaskChanges, type TaskTransaction } from "./TaskStore.ts"

/** What a commit comes to. */
export interface Saved {
  readonly head: Registration.TaskHead
  readonly events: ReadonlyArray<Envelope>
}

/** What is saved with the last part. */
type Rest = Pick<TaskChanges, "members" | "creations" | "commands">

/** How many entries make a part: so few that the store soon has something to do, so many that a round trip is little. */
const partSize = 500

/** Appends the entries' events, after the markers of the periods that are over, and saves them with the tasks. */
export const save = Effect.fnUntraced(function* (
  tx: TaskTransaction,
  board: Board.Board,
  place: Registration.Place,
  entries: ReadonlyArray<Registration.Entry>,
  rest: Rest
): Effect.fn.Return<Saved, ClockJumped | StoreError> {
  const { ahead } = tx
  const size = ahead === undefined ? entries.length : partSize
  const events: Array<Envelope> = []
  const saved = new Set<TaskId>()
  let { head } = place
  for (let from = 0; ; from += size) {
    const part = entries.slice(from, from + size)
    // A clock that jumped is refused with the first part: later ones find the period where that has left it.
    const appended = yield* Effect.fromResult(Registration.append({ ...place, head }, part))
    head = appended.head
    for (const event of appended.events) events.push(event)
    const tasks: Array<Task> = []
    const created = new Set<TaskId>()
    for (const entry of part) {
      if (!("event" in entry)) continue
      const { id } = entry.event.task
      if (saved.has(id)) continue
      saved.add(id)
      if (entry.event.change === "created") created.add(id)
      // As the whole commit leaves it, so that each task is written once.
      tasks.push(board.tasks.get(id)!)
    }
    if (ahead === undefined || from + size >= entries.length) {
      yield* tx.save({ ...appended, tasks, created, ...rest })
      return { head, events }
    }
    yield* ahead({ ...emptyChanges, ...appended, tasks, created })
  }
})

/** Saves a head that moves without an event. */
export const saveHead = (
  tx: TaskTransaction,
  head: Registration.TaskHead,
  rest: Rest
): Effect.Effect<Saved, StoreError> => Effect.as(tx.save({ ...emptyChanges, head, ...rest }), { head, events: [] })
