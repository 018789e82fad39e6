/** Boards of the tasks context for tests: a secret, some members, some tasks. */
import * as BusinessDay from "../../src/values/BusinessDay.ts"
import { drawKey } from "../../src/values/Digest.ts"
import * as Cursor from "../../src/stream/Cursor.ts"
import type { Member, Policies } from "../../src/tasks/Assignment.ts"
import * as Board from "../../src/tasks/Board.ts"
import * as Decide from "../../src/tasks/decide.ts"
import type { Creations } from "../../src/tasks/Creations.ts"
import { Replica } from "../../src/tasks/Replica.ts"
import type { Task, TaskCommand } from "../../src/tasks/Task.ts"
import type * as Actor from "../../src/company/Actor.ts"
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
}): Board.Board => {
  const all = { ...policies, ...options.policies }
  return Board.make({
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

/** Decides a command and takes its changes into the board. */
export const act = (on: Board.Board, command: TaskCommand, actor: Actor.ActiveActor = system) => {
  const decided = success(Decide.decide(on, command, actor))
  for (const change of decided.changes) Decide.evolve(on, change)
  return decided
}

/** Who holds what. */
export const holders = (on: Board.Board): Record<string, string | null> =>
  Object.fromEntries([...on.tasks.values()].map(({ assignee, id }) => [id, assignee]))
