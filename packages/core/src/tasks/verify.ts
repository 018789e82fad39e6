/**
 * Proves the tasks: their stream is whole, and makes the rows that are kept of them; and so do the users' events the
 * context's copy of the users. Descriptions are in no event.
 */
import * as Effect from "effect/Effect"
import { Company } from "../company/Company.ts"
import * as Follow from "../stream/Follow.ts"
import type { EventSkipped } from "../stream/Resume.ts"
import { decodeUserEvent } from "../users/events.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { check } from "../values/Difference.ts"
import { byteOrder, type TaskId, type UserId } from "../values/Ids.ts"
import type { Member } from "./Assignment.ts"
import { decodeTaskEvent, type TaskEvent } from "./events.ts"
import { memberOf } from "./react.ts"
import type { TaskHead } from "./Registration.ts"
import type { Task } from "./Task.ts"
import * as TaskCounts from "./TaskCounts.ts"
import { TaskStore } from "./TaskStore.ts"

const pageSize = 1_000

/** The first difference, or null. Keeps some 200 bytes for each task meanwhile. Never fails on what it finds. */
export const verify = Effect.suspend(() => Follow.concluded(replay, () => "the tasks"))

/** A task as its events tell of it, in few bytes. */
const told = ({ assignee, assignment, jiraId, status, title }: Omit<Task, "id" | "description">): string =>
  JSON.stringify([title, jiraId, status, assignee, assignment])

interface Made {
  readonly tasks: Map<TaskId, string>
  readonly skips: Array<EventSkipped>
  period: BusinessDay.Period | null
  lastTaskId: TaskId | null
  shuffles: number
}

const replay = Effect.gen(function* () {
  const store = yield* TaskStore
  const { calendar } = yield* Company
  const head = yield* store.head
  const made: Made = { tasks: new Map(), skips: [], period: null, lastTaskId: null, shuffles: 0 }
  const place = yield* Follow.follow({
    source: "tasks",
    decode: decodeTaskEvent,
    to: head.number,
    page: (events) =>
      Effect.sync(() => {
        for (const { event } of events) if (event !== null) evolve(made, event, calendar)
      })
  })
  yield* Follow.endsAt("tasks", place, head, store.head)
  if (made.period !== null) yield* check("the period open for registration", made.period, head.period)
  yield* check("the last task of the open period", made.lastTaskId, head.lastTaskId)
  yield* check("how many shuffles there were", made.shuffles, head.shuffles)
  const members = yield* membersAt(head, made.skips)
  const found = yield* Effect.result(Effect.andThen(compareTasks(made.tasks, head), compareMembers(members)))
  const now = yield* store.head
  // What changed meanwhile would show as a difference.
  if (now.number === head.number && now.cursor.number === head.cursor.number) yield* Effect.fromResult(found)
})

const evolve = (made: Made, event: TaskEvent, calendar: BusinessDay.Calendar): void => {
  if (event.type === "task.event-skipped") made.skips.push(event.data)
  else if (event.type === "task.registration-ended") {
    made.period = BusinessDay.next(calendar, event.data.period)
    made.lastTaskId = null
  } else if (event.type === "task.shuffled") {
    made.period = event.data.period
    made.shuffles = event.data.shuffle
  } else if (event.type === "task.updated") {
    const { assign, change, id, isDone, period } = event.data
    made.period = period
    if (change === "created") made.lastTaskId = id
    made.tasks.set(id, told({ ...event.data, assignee: assign, status: isDone ? "done" : "in progress" }))
  }
}

/** The context's copy of the users, as it must be where its cursor stands. */
const membersAt = Effect.fnUntraced(function* (head: TaskHead, skips: ReadonlyArray<EventSkipped>) {
  const { consumer, digest, number, source } = head.cursor
  const members = new Map<UserId, Member>()
  const place = yield* Follow.follow({
    source,
    decode: decodeUserEvent,
    to: number,
    skips: skips.filter((skip) => skip.consumer === consumer),
    page: (events) =>
      Effect.sync(() => {
        for (const { event } of events) {
          const member = event === null ? null : memberOf(event)
          if (member !== null) members.set(member.id as UserId, member)
        }
      })
  })
  yield* check("the last users' event applied to tasks", place, { number, digest })
  return members
})

const compareTasks = Effect.fnUntraced(function* (tasks: ReadonlyMap<TaskId, string>, head: TaskHead) {
  const store = yield* TaskStore
  let counts = TaskCounts.none
  let after: TaskId | undefined
  let count = 0
  for (let more = true; more;) {
    const page = yield* store.list({}, { after, limit: pageSize })
    for (const row of page.rows) {
      yield* check(`task ${row.id}`, tasks.get(row.id), told(row))
      counts = TaskCounts.moved(counts, undefined, row)
    }
    count += page.rows.length
    after = page.rows.at(-1)?.id
    more = page.more
  }
  yield* check("the number of tasks", tasks.size, count)
  yield* check("how many tasks there are", counts, head.counts)
})

const compareMembers = Effect.fnUntraced(function* (members: ReadonlyMap<UserId, Member>) {
  const store = yield* TaskStore
  const stored: Array<Member> = []
  for (let more = true; more;) {
    const page = yield* store.members({ after: stored.at(-1)?.id, limit: pageSize })
    stored.push(...page.rows)
    more = page.more
  }
  const expected = [...members.values()].sort((a, b) => byteOrder(a.id, b.id))
  for (let index = 0; index < Math.max(expected.length, stored.length); index++) {
    const id = expected[index]?.id ?? stored[index]?.id
    yield* check(`what tasks know of user ${id}`, expected[index], stored[index])
  }
})
