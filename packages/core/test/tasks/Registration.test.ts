import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeTaskEvent, type TaskEvent } from "../../src/tasks/events.ts"
import * as Registration from "../../src/tasks/Registration.ts"
import { changed, type TaskFact } from "../../src/tasks/state.ts"
import * as BusinessDay from "../../src/values/BusinessDay.ts"
import { task } from "../support/board.ts"
import { at, failure, period, sha256, success, userId } from "../support/given.ts"

const calendar = BusinessDay.makeCalendar("Europe/Prague", "06:00")
const opened = Registration.initialTaskHead(at("2026-11-22T09:00:00Z"), period("2026-11-22"))
const place = (head: Registration.TaskHead, now: string, longestJump: number | null = 31): Registration.Place => ({
  sha256,
  calendar,
  longestJump,
  head,
  now: at(now)
})
const created = (id: string): TaskFact => changed("user:bob", "created", undefined, task(id))
const append = (
  head: Registration.TaskHead,
  now: string,
  facts: ReadonlyArray<TaskFact> = [],
  longestJump: number | null = 31
) => success(Registration.append(place(head, now, longestJump), facts))

describe("a commit of tasks", () => {
  it("is in the period of its instant, each event with it and with what it says of the task", () => {
    const { events, head } = append(opened, "2026-11-22T10:00:00Z", [created("t1")])
    expect(events).toMatchObject([
      {
        source: "tasks",
        number: 1,
        type: "task.updated",
        version: 2,
        actor: "user:bob",
        data: {
          id: "t1",
          title: "Task t1",
          jiraId: null,
          assign: null,
          isDone: false,
          change: "created",
          assignment: 0,
          period: "2026-11-22"
        }
      }
    ])
    expect(head).toMatchObject({ number: 1, period: "2026-11-22", lastTaskId: "t1" })
  })

  it("can be read back by the catalogue", () => {
    const { events } = append(opened, "2026-11-24T10:00:00Z", [created("t1")])
    for (const event of events) success(decodeTaskEvent(event))
  })

  it("keeps what else the head says", () => {
    const head = { ...opened, shuffles: 7, cursor: { ...opened.cursor, number: 12 } }
    expect(append(head, "2026-11-22T10:00:00Z", [created("t1")]).head).toMatchObject({
      shuffles: 7,
      cursor: { number: 12 }
    })
  })

  it("puts other events of the context where they stand among the changes", () => {
    const skipped = { consumer: "tasks", source: "users", first: 1, last: 2, reason: "a test" } as const
    const resumed = { _tag: "Resumed", by: "user:ann", cursor: opened.cursor, skipped } as const
    const { events } = append(opened, "2026-11-22T10:00:00Z", [created("t1"), resumed, created("t2")])
    expect(events.map(({ type }) => type)).toEqual(["task.updated", "task.event-skipped", "task.updated"])
    expect(events[1]).toMatchObject({ actor: "user:ann", data: skipped })
  })

  it("tells nobody of what is the context's own", () => {
    const counted = { creator: userId("bob"), period: period("2026-11-22"), created: 1 }
    const own: ReadonlyArray<TaskFact> = [
      { _tag: "Counted", creations: counted },
      { _tag: "RegistrationEnded", afterJump: false },
      { _tag: "Resumed", by: "user:ann", cursor: opened.cursor, skipped: null }
    ]
    expect(own.map(Registration.isPublished)).toEqual([false, false, false])
    expect(append(opened, "2026-11-22T10:00:00Z", own).events).toEqual([])
  })
})

describe("the first commit of a later day", () => {
  it("ends the day before with its last number and its last task, then goes on in the new one", () => {
    const before = append(opened, "2026-11-22T10:00:00Z", [
      created("t1"),
      created("t2"),
      changed("user:bob", "done", task("t1"), task("t1", { status: "done" }))
    ]).head
    const { events, head } = append(before, "2026-11-23T05:00:00Z", [created("t3")])
    expect(events).toMatchObject([
      {
        number: 4,
        type: "task.registration-ended",
        actor: "system",
        data: { period: "2026-11-22", lastNumber: 3, lastTaskId: "t2" }
      },
      { number: 5, type: "task.updated", data: { id: "t3", period: "2026-11-23" } }
    ])
    expect(head).toMatchObject({ number: 5, period: "2026-11-23", lastTaskId: "t3" })
  })

  it("before the cutoff still belongs to the day before", () => {
    const { events, head } = append(opened, "2026-11-23T04:59:59.999Z", [created("t1")])
    expect(events).toHaveLength(1)
    expect(head.period).toBe("2026-11-22")
  })

  it("ends every day in between in turn; those without tasks have no last task", () => {
    const before = append(opened, "2026-11-22T10:00:00Z", [created("t1")]).head
    const { events, head } = append(before, "2026-11-25T10:00:00Z")
    expect(events.map(({ data }) => data)).toEqual([
      { period: "2026-11-22", lastNumber: 1, lastTaskId: "t1" },
      { period: "2026-11-23", lastNumber: 2, lastTaskId: null },
      { period: "2026-11-24", lastNumber: 3, lastTaskId: null }
    ])
    expect(head).toMatchObject({ number: 4, period: "2026-11-25", lastTaskId: null })
  })

  it("of a stream without events ends the first day after number 0", () => {
    expect(append(opened, "2026-11-23T10:00:00Z").events[0]!.data).toEqual({
      period: "2026-11-22",
      lastNumber: 0,
      lastTaskId: null
    })
  })
})

describe("a clock that jumps", () => {
  it("by as many days as are allowed is followed", () => {
    expect(append(opened, "2026-12-23T10:00:00Z").events).toHaveLength(31)
  })

  it("by more is refused, with where it went", () => {
    expect(failure(Registration.append(place(opened, "2026-12-24T10:00:00Z"), []))).toMatchObject({
      _tag: "ClockJumped",
      from: "2026-11-22",
      to: "2026-12-24",
      days: 32
    })
  })

  it("by any number of days is followed where that is allowed", () => {
    expect(append(opened, "2036-11-22T10:00:00Z", [], null).events).toHaveLength(3653)
  })

  it("by more than a century is refused even where any jump is allowed, and no day of it is looked at", () => {
    for (const [now, days] of [
      ["2226-11-22T10:00:00Z", 73_048],
      ["9999-12-31T23:59:59Z", 2_912_117],
      ["+022026-11-22T10:00:00Z", 2_912_117]
    ] as const) {
      calendar.starts.clear()
      for (const longestJump of [null, 1_000_000_000]) {
        const refused = failure(Registration.append(place(opened, now, longestJump), []))
        expect(refused).toMatchObject({ _tag: "ClockJumped", from: "2026-11-22", days })
      }
      expect(calendar.starts.size).toBeLessThan(5)
    }
  })

  it("backwards stays in the current period", () => {
    const later = append(opened, "2026-11-24T10:00:00Z", [created("t1")]).head
    const { events, head } = append(later, "2026-11-23T10:00:00Z", [created("t2")])
    expect(events).toMatchObject([{ type: "task.updated", data: { period: "2026-11-24" } }])
    expect(head.period).toBe("2026-11-24")
  })
})

it("every period is ended once and in order, and holds its own events alone, whenever commits happen", () => {
  const start = Date.parse("2026-11-22T09:00:00Z")
  const commits = fc.array(fc.record({ hours: fc.integer({ min: 0, max: 100 }), tasks: fc.nat({ max: 3 }) }), {
    minLength: 1,
    maxLength: 15
  })
  fc.assert(
    fc.property(commits, (all) => {
      let head = opened
      let millis = start
      let made = 0
      const events: Array<TaskEvent> = []
      for (const { hours, tasks } of all) {
        millis += hours * 3_600_000
        const facts = Array.from({ length: tasks }, () => created(`t${++made}`))
        const appended = append(head, new Date(millis).toISOString(), facts)
        head = appended.head
        events.push(...appended.events.map((event) => success(decodeTaskEvent(event))))
      }
      let current: BusinessDay.Period = opened.period
      let lastTask: string | null = null
      for (const event of events) {
        expect(event.data).toMatchObject({ period: current })
        if (event.type === "task.registration-ended") {
          expect(event.data).toEqual({
            period: current,
            lastNumber: event.envelope.number - 1,
            lastTaskId: lastTask
          })
          current = BusinessDay.next(calendar, current)
          lastTask = null
        } else if (event.type === "task.updated") lastTask = event.data.id
      }
      expect(head.period).toBe(current)
      expect(head.period).toBe(BusinessDay.periodAt(calendar, at(new Date(millis).toISOString())))
    }),
    { numRuns: 50 }
  )
})
