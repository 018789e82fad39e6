/**
 * All checks of a run.
 */
import { eligible, type Model, replay, type TaskUpdated } from "../model.ts"
import { acting } from "./acting.ts"
import { books } from "./books.ts"
import { answers, effects } from "./commands.ts"
import type { Evidence } from "./Evidence.ts"
import { shuffles } from "./shuffles.ts"
import { chains, days } from "./streams.ts"
import { Findings, type Violation } from "./Violation.ts"

/** Compares what a run has left behind with the naive model, and returns what differs. */
export const check = (evidence: Evidence): ReadonlyArray<Violation> => {
  const findings = new Findings()
  const model = replay(evidence.events.tasks)
  if (!evidence.settings.ownPolicies) {
    for (const problem of model.impossible) findings.expect(false, "tasks", () => problem)
    assignees(evidence, findings)
    finishers(evidence, findings)
  }
  chains(evidence, findings)
  days(evidence, findings)
  answers(evidence, findings)
  effects(evidence, findings)
  acting(evidence, findings)
  rows(evidence, model, findings)
  books(evidence, model, findings)
  shuffles(evidence, model, findings)
  streams(evidence, findings)
  notices(evidence, findings)
  return findings.all
}

/** No open task is with somebody who gets none, or with nobody, while somebody could have it. */
const assignees = ({ events, tasks }: Evidence, findings: Findings): void => {
  const candidates = eligible(events.users)
  for (const { assignee, id, status } of tasks) {
    if (status === "done") continue
    const right = assignee === null ? candidates.size === 0 : candidates.has(assignee)
    findings.expect(right, "assignees", () => `open task ${id} is with ${assignee ?? "nobody"}`)
  }
}

/** Tasks are finished by those who hold them, or by admins for them. */
const finishers = ({ events }: Evidence, findings: Findings): void => {
  const admins = new Set<string>()
  for (const { data } of events.users) {
    const user = data as { readonly id: string; readonly roles: ReadonlyArray<string> }
    if (user.roles.includes("admin")) admins.add(`user:${user.id}`)
  }
  for (const { actor, data, number } of events.tasks) {
    const { assign, change } = data as Partial<TaskUpdated>
    const right = change !== "done" || actor === `user:${assign}` || admins.has(actor)
    findings.expect(right, "tasks", () => `event ${number}: ${actor} finished what ${assign} holds`)
  }
}

/** The tasks as they are stored are what the log makes of them, and the head counts them. */
const rows = ({ taskHead, tasks }: Evidence, model: Model, findings: Findings): void => {
  findings.same(tasks.length, model.tasks.size, "tasks", () => "the number of tasks")
  for (const { assignee, assignment, id, status, title } of tasks) {
    const stored = { id, title, assignee, assignment, done: status === "done" }
    findings.same(stored, model.tasks.get(id), "tasks", () => `task ${id}`)
  }
  const open = tasks.filter(({ status }) => status === "in progress")
  const waiting = open.filter(({ assignee }) => assignee === null).length
  const counts = { open: open.length, waiting, done: tasks.length - open.length }
  findings.same(taskHead.counts, counts, "tasks", () => "how many tasks there are")
}

/** Every consumer has applied all there is, and none has stopped. */
const streams = ({ billingHead, events, taskHead }: Evidence, findings: Findings): void => {
  const cursors = [taskHead.cursor, billingHead.tasks, billingHead.users]
  for (const { consumer, number, source, stopped } of cursors) {
    findings.same(stopped, null, "streams", () => `why ${consumer} has stopped`)
    findings.same(number, events[source].length, "streams", () => `how far ${consumer} has come`)
  }
}

/** Of every closed period a report and its notices were kept once, and sent; and a notice of each payout. */
const notices = (evidence: Evidence, findings: Findings): void => {
  const { closed, events, reports, sent, transfers } = evidence
  const told = events.billing.filter(({ type }) => type === "billing.closed")
  const periods = closed.map(({ period }) => period)
  const tells = told.map(({ data }) => (data as { readonly period: string }).period)
  findings.same(tells, periods, "reports", () => "the periods told as closed")
  findings.same(
    reports.map(({ earnings, inTheRed, period, seal, totals }) => [period, totals, earnings, inTheRed, seal]),
    closed.map(({ inTheRed, period, seal, totals }) => [period, totals, totals.fees - totals.awards, inTheRed, seal]),
    "reports",
    () => "what was reported"
  )
  const payouts = new Map<string, bigint>()
  for (const { amount, cause, debit, kind, period } of transfers) {
    if (kind === "payout" && cause._tag === "Closed") payouts.set(`payout.${period}.${debit.slice(6)}`, amount)
  }
  const wanted = [...periods.flatMap((period) => [`audit.${period}`, `report.${period}`]), ...payouts.keys()]
  const kept = evidence.notices.map(({ notice }) => notice.id)
  findings.same(kept, wanted.sort(), "notices", () => "the list of notices")
  for (const { notice, status } of evidence.notices) {
    findings.same(status, "sent", "notices", () => `the status of ${notice.id}`)
    if (notice._tag === "Payout") {
      findings.same(
        notice.payout.payout,
        payouts.get(notice.id),
        "notices",
        () => `the payout that ${notice.id} tells of`
      )
    }
    findings.expect(sent.has(notice.id), "notices", () => `${notice.id} was never sent`)
  }
}
