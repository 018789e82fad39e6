/**
 * The company as the tasks context is opened for it: on whom its tasks will fall is part of it.
 */
import * as Effect from "effect/Effect"
import type { UserStatus } from "../company/Actor.ts"
import * as Company from "../company/Company.ts"
import { ofAnswers, withRules } from "../company/Identity.ts"
import { Digest } from "../values/Digest.ts"
import { TaskId, UserId } from "../values/Ids.ts"
import { AssignmentByHand, ChooseAssignee, Eligibility, RepeatedAssignee } from "./Assignment.ts"

/** People and draws that every host's policies are asked about, to compare them. */
const statuses: ReadonlyArray<UserStatus> = ["active", "deactivated"]
const people = [["worker"], ["accountant"], ["manager"], ["admin"], ["worker", "manager"]].flatMap((roles) =>
  statuses.map((status) => ({ id: UserId.make("popug.probe"), roles, status }))
)
const candidates = ["a", "b", "c"].map((id) => UserId.make(id))
const choices = [0, 0.4, 0.99].flatMap((drawn) =>
  [null, candidates[1]!].map((assignee) => ({
    task: { id: TaskId.make("popug.probe"), title: "Mend the roof", assignee },
    assignment: assignee === null ? 1 : 2,
    candidates,
    draw: () => drawn
  }))
)

export const identified = Effect.gen(function* () {
  const identity = yield* Company.identified
  const { sha256 } = yield* Digest
  const eligible = yield* Eligibility
  const choose = yield* ChooseAssignee
  return withRules(identity, {
    eligibility: ofAnswers(sha256, () => people.map((member) => eligible(member))),
    chooseAssignee: ofAnswers(sha256, () => choices.map((choice) => choose(choice))),
    repeatedAssignee: yield* RepeatedAssignee,
    assignmentByHand: String(yield* AssignmentByHand)
  })
})
