/**
 * The registration of tasks by period, and how a commit becomes events: markers of the periods that ended first, then
 * what the commit does, all in the period of its instant.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Cursor from "../stream/Cursor.ts"
import type { Envelope } from "../stream/Envelope.ts"
import type { WrittenVersions } from "../stream/Event.ts"
import type { Traces } from "../stream/fold.ts"
import * as Head from "../stream/Head.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import type { Sha256 } from "../values/Digest.ts"
import type { TaskId } from "../values/Ids.ts"
import { ClockJumped } from "./commands.ts"
import { publishTaskEvent } from "./events.ts"
import type { TaskFact } from "./state.ts"
import * as TaskCounts from "./TaskCounts.ts"

/** The head of the tasks context. */
export interface TaskHead extends Head.Head {
  /** The period open for registration. */
  readonly period: BusinessDay.Period
  /** The last task created in the period; null before the first. */
  readonly lastTaskId: TaskId | null
  /** How many shuffles there have been. */
  readonly shuffles: number
  /** How many tasks there are. */
  readonly counts: TaskCounts.TaskCounts
  /** How far the users' stream was applied. */
  readonly cursor: Cursor.Cursor
}

/** The head of a company's tasks when it is opened. */
export const initialTaskHead = (at: DateTime.Utc, period: BusinessDay.Period): TaskHead => ({
  ...Head.initial(at),
  period,
  lastTaskId: null,
  shuffles: 0,
  counts: TaskCounts.none,
  cursor: Cursor.start("tasks", "users")
})

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
  /** Of the events; default: today's. */
  readonly versions?: WrittenVersions | undefined
}

/** Whether the others hear of a fact: only then is it an event. */
export const isPublished = (fact: TaskFact): boolean =>
  fact._tag === "Task" || fact._tag === "Shuffled" || (fact._tag === "Resumed" && fact.skipped !== null)

/**
 * Makes a commit's facts events, after the markers of the periods that are over, which have the cause of its first
 * fact.
 */
export const append = (
  { calendar, head, longestJump, now, sha256, versions }: Place,
  facts: ReadonlyArray<TaskFact>,
  traces?: Traces
): Result.Result<{ readonly head: TaskHead; readonly events: ReadonlyArray<Envelope> }, ClockJumped> => {
  const today = BusinessDay.periodAt(calendar, now)
  // The current period only moves forward, whatever a new edition of the zone's history says.
  const period = today > head.period ? today : head.period
  const refusal = jumped(head.period, period, longestJump)
  if (refusal !== undefined) return Result.fail(refusal)
  const stream = new Head.Growing(sha256, "tasks", head, now, versions)
  let { lastTaskId } = head
  stream.trace = traces?.[0]
  for (const ended of BusinessDay.between(calendar, head.period, period)) {
    const marker = { period: ended, lastNumber: stream.number, lastTaskId }
    publishTaskEvent(stream, "task.registration-ended", "system", marker)
    lastTaskId = null
  }
  for (const [index, fact] of facts.entries()) {
    stream.trace = traces?.[index]
    publish(stream, period, fact)
    if (fact._tag === "Task" && fact.change === "created") lastTaskId = fact.task.id
  }
  return Result.succeed({ head: { ...head, ...stream.head, period, lastTaskId }, events: stream.events })
}

const publish = (stream: Head.Growing, period: BusinessDay.Period, fact: TaskFact): void => {
  if (fact._tag === "Task") {
    const { by, change, task } = fact
    publishTaskEvent(stream, "task.updated", by, {
      assign: task.assignee,
      assignment: task.assignment,
      change,
      id: task.id,
      isDone: task.status === "done",
      jiraId: task.jiraId,
      period,
      title: task.title
    })
  } else if (fact._tag === "Shuffled") {
    const { by, open, reassigned, shuffle } = fact
    publishTaskEvent(stream, "task.shuffled", by, { open, period, reassigned, shuffle })
  } else if (fact._tag === "Resumed" && fact.skipped !== null) {
    publishTaskEvent(stream, "task.event-skipped", fact.by, fact.skipped)
  }
}
