/** Boards of the tasks context for tests: a secret, some members, some tasks. */
import type * as Actor from "../../src/company/Actor.ts"
import * as Cursor from "../../src/stream/Cursor.ts"
import type { Member, Policies } from "../../src/tasks/Assignment.ts"
import type { TaskCommand } from "../../src/tasks/commands.ts"
import type { Creations } from "../../src/tasks/Creations.ts"
import { decide } from "../../src/tasks/decide.ts"
import { Replica } from "../../src/tasks/Replica.ts"
import { type Board, evolve, makeBoard } from "../../src/tasks/state.ts"
import type { Task } from "../../src/tasks/Task.ts"
import * as BusinessDay from "../../src/values/BusinessDay.ts"
import { drawKey } from "../../src/values/Digest.ts"
import { at, period, sha256, success, system, taskId, userId } from "./given.ts"

const policies: Policies = {
  eligible: ({ roles, status }) => status === "active" && !roles.includes("manager") && !roles.includes("admin"),
  choose: ({ candidates, draw }) => candidates[Math.floor(draw() * candidates.length)]!,
  repeated: "keep",
  byHand: true,
  creationLimit: () => null
}
const calendar = BusinessDay.makeCalendar("UTC")

export const member = (id: string, status: Member["status"] = "active", ...roles: ReadonlyArray<string>): Member => ({
  id: userId(id),
  roles: roles.length === 0 ? ["worker"] : roles,
  status
})
export const workers = (count: number): ReadonlyArray<Member> =>
  Array.from({ length: count }, (_, index) => member(`w${String(index).padStart(3, "0")}`))

export const task = (id: string, fields: Partial<Task> = {}): Task => ({
  id: taskId(id),
  title: `Task ${id}`,
  description: "",
  jiraId: null,
  status: "in progress",
  assignee: null,
  assignment: 0,
  ...fields
})
export const heldBy = (id: string, holder: string, assignment = 1): Task =>
  task(id, { assignee: userId(holder), assignment })

export const board = (options: {
  readonly members?: ReadonlyArray<Member>
  readonly tasks?: ReadonlyArray<Task>
  readonly secret?: string
  readonly policies?: Partial<Policies>
  readonly now?: string
  readonly period?: string
  readonly shuffles?: number
  readonly creations?: ReadonlyArray<Creations>
}): Board => {
  const all = { ...policies, ...options.policies }
  return makeBoard({
    rules: {
      sha256,
      drawKey: drawKey(sha256, "popug", options.secret ?? "secret"),
      policies: all,
      calendar,
      longestJump: 31
    },
    now: at(options.now ?? "2026-11-22T12:00:00Z"),
    period: period(options.period ?? "2026-11-22"),
    tasks: options.tasks ?? [],
    creations: options.creations ?? [],
    replica: new Replica(options.members ?? [], all.eligible),
    shuffles: options.shuffles ?? 0,
    cursor: Cursor.start("tasks", "users")
  })
}

/** Decides a command and takes its facts into the board. */
export const act = (on: Board, command: TaskCommand, actor: Actor.ActiveActor = system) => {
  const decided = success(decide(on, command, actor))
  for (const fact of decided.facts) evolve(on, fact)
  return decided
}

/** Who holds what. */
export const holders = (on: Board): Record<string, string | null> =>
  Object.fromEntries([...on.tasks.values()].map(({ assignee, id }) => [id, assignee]))
