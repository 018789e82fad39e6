/**
 * The registration of tasks by period, and how a commit becomes events: markers of the periods that ended first, then
 * what the commit does, all in the period of its instant.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as BusinessDay from "../values/BusinessDay.ts"
import type { Sha256 } from "../values/Digest.ts"
import * as Cursor from "../stream/Cursor.ts"
import * as Head from "../stream/Head.ts"
import type { Envelope } from "../stream/Envelope.ts"
import type { TaskId } from "../values/Ids.ts"
import { draftTaskEvent, type TaskShuffled } from "./events.ts"
import { ClockJumped, type TaskEvent } from "./Task.ts"

/** The head of the tasks context. */
export interface TaskHead extends Head.Head {
  /** The period open for registration. */
  readonly period: BusinessDay.Period
  /** The last task created in the period; null before the first. */
  readonly lastTaskId: TaskId | null
  /** How many shuffles there have been. */
  readonly shuffles: number
  /** How far the users' stream was applied. */
  readonly cursor: Cursor.Cursor
}

/** The head of a company's tasks when it is opened. */
export const initialTaskHead = (at: DateTime.Utc, period: BusinessDay.Period): TaskHead => ({
  ...Head.initial(at),
  period,
  lastTaskId: null,
  shuffles: 0,
  cursor: Cursor.start("tasks", "users")
})

/** A task's change or a shuffle with who caused it, or a draft of another event of the context. */
export type Entry =
  | { readonly actor: string; readonly event: TaskEvent }
  | { readonly actor: string; readonly shuffled: Omit<TaskShuffled, "period"> }
  | { readonly draft: Head.Draft }

/**
 * The most days that are ended at once, a hundred years of them, even where any jump is allowed: beyond that a clock is
 * broken, and a commit would be endless.
 */
const longestEver = 36_525

/**
 * Refuses a jump over more days than allowed (`null`: than anybody would mean). The days are reckoned from the dates:
 * no period is looked at before it is known how many there are.
 */
export const jumped = (
  from: BusinessDay.Period,
  to: BusinessDay.Period,
  longestJump: number | null
): ClockJumped | undefined => {
  const days = BusinessDay.daysBetween(from, to)
  return days > Math.min(longestJump ?? longestEver, longestEver) ? new ClockJumped({ from, to, days }) : undefined
}

/** What a commit appends to. */
export interface Place {
  readonly sha256: Sha256
  readonly calendar: BusinessDay.Calendar
  /** How many days the clock may jump over; null for any number. */
  readonly longestJump: number | null
  readonly head: TaskHead
  readonly now: DateTime.Utc
}

/** Appends a commit's events, after the markers of the periods that are over. */
export const append = (
  { calendar, head, longestJump, now, sha256 }: Place,
  entries: ReadonlyArray<Entry>
): Result.Result<{ readonly head: TaskHead; readonly events: ReadonlyArray<Envelope> }, ClockJumped> => {
  const today = BusinessDay.periodAt(calendar, now)
  // The current period only moves forward, whatever a new edition of the zone's history says.
  const period = today > head.period ? today : head.period
  const refusal = jumped(head.period, period, longestJump)
  if (refusal !== undefined) return Result.fail(refusal)
  let number = head.number
  let { lastTaskId } = head
  const drafts: Array<Head.Draft> = BusinessDay.between(calendar, head.period, period).map((ended) => {
    const draft = draftTaskEvent("task.registration-ended", "system", { period: ended, lastNumber: number, lastTaskId })
    number += 1
    lastTaskId = null
    return draft
  })
  for (const entry of entries) {
    if ("draft" in entry) {
      drafts.push(entry.draft)
      continue
    }
    if ("shuffled" in entry) {
      const { open, reassigned, shuffle } = entry.shuffled
      drafts.push(draftTaskEvent("task.shuffled", entry.actor, { open, period, reassigned, shuffle }))
      continue
    }
    const { change, task } = entry.event
    if (change === "created") lastTaskId = task.id
    drafts.push(
      draftTaskEvent("task.updated", entry.actor, {
        assign: task.assignee,
        assignment: task.assignment,
        change,
        id: task.id,
        isDone: task.status === "done",
        jiraId: task.jiraId,
        period,
        title: task.title
      })
    )
  }
  const appended = Head.append(sha256, "tasks", head, now, drafts)
  return Result.succeed({ head: { ...head, ...appended.head, period, lastTaskId }, events: appended.events })
}
