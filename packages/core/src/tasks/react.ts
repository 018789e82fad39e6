/**
 * How the tasks context reacts to users: `[user.created, user.updated] -> task.assign`.
 *
 * Tasks that wait fall on whoever becomes eligible, and open tasks of somebody who stops being eligible fall on others,
 * in a commit under the tasks' head like any other: no task stays with somebody who is gone.
 */
import * as Cursor from "../stream/Cursor.ts"
import type { Readable } from "../stream/Readable.ts"
import type { UserEvent } from "../users/events.ts"
import type { UserId } from "../values/Ids.ts"
import * as Text from "../values/Text.ts"
import type { Member } from "./Assignment.ts"
import { type Board, evolve, heldBy, reassigned, type TaskChanged } from "./state.ts"
import type { Task } from "./Task.ts"

/** Who causes what follows from an event: nobody but the company itself. */
const by = "system"

/** What a batch of users' events comes to. */
export interface Consequences {
  readonly facts: ReadonlyArray<TaskChanged>
  readonly members: ReadonlyArray<Member>
  readonly cursor: Cursor.Cursor
  /** When not null, nothing else here counts. */
  readonly failure: PolicyFailure | null
}

/** A host's policy threw at an event: the board is of no use any more, all before the event can be applied anew. */
interface PolicyFailure {
  /** How many events come before it. */
  readonly before: number
  readonly stop: Cursor.Stop
}

/** The user that an event is about, as the tasks context keeps them; null for events that are not about users. */
export const memberOf = (event: UserEvent): Member | null => {
  if (event.type === "user.created") return { id: event.data.id, roles: event.data.roles, status: "active" }
  if (event.type === "user.updated") return { id: event.data.id, roles: event.data.roles, status: event.data.status }
  return null
}

/** The users that events are about: whose open tasks a reaction loads. */
export const mentioned = (events: ReadonlyArray<UserEvent>): ReadonlyArray<UserId> => [
  ...new Set(events.flatMap((event) => memberOf(event)?.id ?? []))
]

/**
 * Applies users' events one after another: someone who becomes eligible lets the waiting tasks be assigned; the open
 * tasks of someone who stops being eligible are reassigned, or wait. An event that can't be read stops the
 * stream once all before it are applied.
 */
export const react = (
  board: Board,
  admitted: Cursor.Admitted,
  { events: applied, stop }: Readable<UserEvent>
): Consequences => {
  const facts: Array<TaskChanged> = []
  const members = new Map<UserId, Member>()
  const give = (task: Task) => {
    const fact = reassigned(board, by, task)
    if (fact === undefined) return
    facts.push(fact)
    evolve(board, fact)
  }
  for (const [index, event] of applied.entries()) {
    const member = memberOf(event)
    if (member === null) continue
    members.set(member.id, member)
    try {
      const change = board.replica.put(member)
      if (change === "gained") for (const task of heldBy(board, null)) give(task)
      if (change === "lost") for (const task of heldBy(board, member.id)) give(task)
    } catch (defect) {
      const stopped: Cursor.Stop = { reason: "Poisoned", number: event.envelope.number, message: Text.ofDefect(defect) }
      return { facts: [], members: [], cursor: board.cursor, failure: { before: index, stop: stopped } }
    }
  }
  const cursor = Cursor.after(board.cursor, admitted, applied.length, stop)
  return { facts, members: [...members.values()], cursor, failure: null }
}
