/**
 * Checks of the commands: what was acknowledged has happened exactly once, what was not has not happened twice, and
 * the same id gets the same answer.
 */
import { Actor, type RecordedCommand } from "@popug/core"
import type { TaskUpdated } from "../model.ts"
import type { Asked, Outcome } from "../workload/ask.ts"
import type { Evidence } from "./Evidence.ts"
import { type Findings, text } from "./Violation.ts"

const rule = "commands"

/** Each command has an answer, and keeps it. */
export const answers = ({ asked, events, recorded }: Evidence, findings: Findings): void => {
  const changed = new Set(
    events.users.filter(({ type }) => type === "user.updated").map(({ data }) => `user:${(data as { id: string }).id}`)
  )
  for (const command of asked) {
    /** Whoever was deactivated or got other roles meanwhile may hear that they may not, and nothing of the answer. */
    const mayNotNow = (outcome: Outcome) =>
      outcome._tag === "Refused" &&
      (outcome.reason === "DeactivatedActor" || outcome.reason === "NotAllowed") &&
      changed.has(Actor.key(command.actor))
    const { attempts, conflicting, outcome } = command
    const record = recorded.get(command.id)
    const place = `${command.id} (${command.act._tag})`
    if (outcome === undefined) findings.expect(false, rule, () => `${place} was never answered`)
    else if (outcome._tag === "Defect") findings.expect(false, rule, () => `${place} has a defect: ${outcome.message}`)
    else if (outcome._tag === "Refused") {
      // Of several attempts an earlier one may have been taken after all.
      findings.expect(record === undefined || attempts > 1, rule, () => `${place} was refused, and is recorded`)
    } else {
      findings.expect(record !== undefined, rule, () => `${place} was acknowledged, and is not recorded`)
      if (record !== undefined) {
        const stored = plain(record.answer)
        // A task finished alone is recorded as a batch of one.
        const answer = command.act._tag === "CompleteTask" && Array.isArray(stored) ? stored[0] : stored
        findings.same(answer, plain(outcome.answer), rule, () => `the recorded answer to ${place}`)
      }
    }
    for (const again of command.again) {
      if (mayNotNow(again)) continue
      findings.same(answerIn(again), answerIn(outcome), rule, () => `the second answer to ${place}`)
    }
    for (const other of conflicting) {
      if (mayNotNow(other)) continue
      findings.same(other, { _tag: "Refused", reason: "CommandConflict" }, rule, () => `something else under ${place}`)
    }
  }
}

/** As JSON has it. */
const plain = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer ?? null))
const answerIn = (outcome: Outcome | undefined): unknown =>
  outcome?._tag === "Acknowledged" ? plain(outcome.answer) : outcome

/** How often each thing happened, by the logs and the journal. */
const tally = ({ events, transfers }: Evidence): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { data, type } of events.users) {
    const user = data as { readonly id: string; readonly name: string }
    count(type === "user.created" ? `user ${user.id}` : `change ${user.name}`)
  }
  let before: TaskUpdated | undefined
  for (const { actor, data, type } of events.tasks) {
    const task = type === "task.updated" ? (data as TaskUpdated) : undefined
    if (task?.change === "created") count(`task ${task.title}`)
    if (task?.change === "edited") count(`edit ${task.id} ${task.title}`)
    if (task?.change === "done") count(`done ${task.id} ${actor}`)
    const withTask = before?.change === "created" && before.id === task?.id && task.assignment === 1
    if ((task?.change === "assigned" || task?.change === "unassigned") && !withTask) count(`assigned by ${actor}`)
    before = task
  }
  for (const { cause } of transfers) if (cause._tag === "Corrected") count(`correction ${cause.reason}`)
  return counts
}

/** What a command makes happen once. */
const effectsOf = ({ act, actor }: Asked): ReadonlyArray<string> => {
  switch (act._tag) {
    case "CreateUsers":
      return act.users.map(({ id }) => `user ${id}`)
    case "UpdateUser":
      return [`change ${act.change.name}`]
    case "CreateTasks":
      return act.tasks.map(({ title }) => `task ${title}`)
    case "EditTask":
      return [`edit ${act.edit.id} ${act.edit.title}`]
    case "CompleteTask":
      return [`done ${act.id} ${Actor.key(actor)}`]
    case "Correct":
      return [`correction ${act.reason}`]
    default:
      return []
  }
}

/** Everything that happened was asked for by as many recorded commands as it happened times. */
export const effects = (evidence: Evidence, findings: Findings): void => {
  const { asked, billingHead, events, recorded, taskHead } = evidence
  const counts = tally(evidence)
  const wanted = new Map<string, number>()
  const shufflers = new Map<string, number>()
  const byHand = new Map<string, number>()
  let shuffles = 0
  for (const command of asked) {
    const record = recorded.get(command.id)
    for (const effect of effectsOf(command)) wanted.set(effect, (wanted.get(effect) ?? 0) + (record ? 1 : 0))
    if (record === undefined) continue
    if (command.act._tag === "Shuffle") {
      shuffles += 1
      const actor = Actor.key(command.actor)
      const { reassigned } = record.answer as { readonly reassigned: number }
      shufflers.set(actor, (shufflers.get(actor) ?? 0) + reassigned)
    } else if (command.act._tag === "AssignTask") {
      const actor = Actor.key(command.actor)
      byHand.set(actor, (byHand.get(actor) ?? 0) + 1)
      assignedByHand(command, record, events.tasks, findings)
    } else if (command.act._tag === "ClosePeriod") {
      const { period } = command.act
      const open = billingHead.period
      findings.expect(open !== null && open > period, rule, () => `${command.id} closed ${period}, which is open`)
    }
  }
  for (const [effect, expected] of wanted) {
    findings.same(counts.get(effect) ?? 0, expected, rule, () => `how often "${effect}" happened`)
  }
  for (const [effect, count] of counts) {
    if (effect.startsWith("assigned by ")) continue
    findings.expect(wanted.has(effect), rule, () => `"${effect}" happened ${count} times, and nobody asked for it`)
  }
  findings.same(taskHead.shuffles, shuffles, rule, () => "the number of shuffles")
  for (const [actor, reassigned] of shufflers) {
    // Somebody who was promoted may do both; assigning to the one who holds the task is no new assignment.
    const assigned = counts.get(`assigned by ${actor}`) ?? 0
    const most = reassigned + (byHand.get(actor) ?? 0)
    findings.expect(
      reassigned <= assigned && assigned <= most,
      rule,
      () => `${actor} assigned ${assigned} times, by shuffles ${reassigned} and at most ${most} in all`
    )
  }
}

/** The task went to the one named, in the assignment that the answer names. */
const assignedByHand = (
  command: Asked,
  record: RecordedCommand,
  events: Evidence["events"]["tasks"],
  findings: Findings
): void => {
  if (command.act._tag !== "AssignTask") return
  const { assignee, id } = command.act
  const { assignment } = record.answer as { readonly assignment: number }
  const found = events.filter(({ data, type }) => {
    const task = data as TaskUpdated
    return type === "task.updated" && task.change === "assigned" && task.id === id && task.assignment === assignment
  })
  findings.same(
    text(found.map(({ data }) => (data as TaskUpdated).assign)),
    text([assignee]),
    rule,
    () => `who got ${id} by ${command.id}`
  )
}
