/**
 * The policies of assignment: who is eligible, who is chosen, and what a draw of the same person means. Each is a
 * pure, synchronous function that a host may replace.
 */
import * as Context from "effect/Context"
import type { DirectoryEntry } from "../company/Actor.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Creator } from "./Creations.ts"

/** A user as the tasks context knows them, from `user.created` and `user.updated`. */
export type Member = DirectoryEntry

/** Who gets tasks. Default: everybody active who is neither manager nor admin. */
export const Eligibility = Context.Reference<(member: Member) => boolean>("@popug/core/tasks/Eligibility", {
  defaultValue:
    () =>
    ({ roles, status }) =>
      status === "active" && !roles.includes("manager") && !roles.includes("admin")
})

/** What a choice of assignee is made from. */
export interface Choice {
  readonly task: { readonly id: TaskId; readonly title: string; readonly assignee: UserId | null }
  /** Which assignment of the task this will be: 1, 2, 3, ... */
  readonly assignment: number
  /** Who is eligible, by id in byte order; at least one. */
  readonly candidates: ReadonlyArray<UserId>
  /**
   * A number in `[0, 1)`, keyed by the company's secret, the task, the assignment and the shuffle: the same in every
   * replay, and nobody can choose an id that falls on whom they like.
   */
  readonly draw: () => number
}

/** Who gets a task. Default: uniformly at random. Must return one of the candidates: anything else is a defect. */
export const ChooseAssignee = Context.Reference<(choice: Choice) => UserId>("@popug/core/tasks/ChooseAssignee", {
  defaultValue:
    () =>
    ({ candidates, draw }) =>
      candidates[Math.floor(draw() * candidates.length)]!
})

/**
 * What a shuffle does with a task that falls on the one who holds it. `keep`, the default: no new assignment, no fee.
 * `assign-again`: a new assignment, with its fee.
 */
export const RepeatedAssignee = Context.Reference<"keep" | "assign-again">("@popug/core/tasks/RepeatedAssignee", {
  defaultValue: () => "keep"
})

/** Whether managers and admins may assign one task by hand. */
export const AssignmentByHand = Context.Reference<boolean>("@popug/core/tasks/AssignmentByHand", {
  defaultValue: () => true
})

/** The policies as a set of layers uses them. */
export interface Policies {
  readonly eligible: (member: Member) => boolean
  readonly choose: (choice: Choice) => UserId
  readonly repeated: "keep" | "assign-again"
  readonly byHand: boolean
  readonly creationLimit: (creator: Creator) => number | null
}
