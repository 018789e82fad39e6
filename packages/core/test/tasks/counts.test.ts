import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { initialTaskHead, type Place } from "../../src/tasks/Registration.ts"
import { save } from "../../src/tasks/saving.ts"
import type { TaskFact } from "../../src/tasks/state.ts"
import type { Task } from "../../src/tasks/Task.ts"
import * as TaskCounts from "../../src/tasks/TaskCounts.ts"
import * as TaskRows from "../../src/tasks/TaskRows.ts"
import { emptyChanges, type TaskChanges, type TaskTransaction } from "../../src/tasks/TaskStore.ts"
import { act, board, heldBy, task, workers } from "../support/board.ts"
import { at, period, sha256, taskId, userId } from "../support/given.ts"

const now = at("2026-11-22T12:00:00Z")
const opened = initialTaskHead(now, period("2026-11-22"))

const counted = (tasks: ReadonlyArray<Task>): TaskCounts.TaskCounts => ({
  open: tasks.filter(({ status }) => status === "in progress").length,
  waiting: tasks.filter(({ assignee, status }) => status === "in progress" && assignee === null).length,
  done: tasks.filter(({ status }) => status === "done").length
})

const anyTask = fc
  .tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom(null, "bob", "cy"), fc.boolean())
  .map(([id, holder, isDone]) =>
    task(id, { assignee: holder === null ? null : userId(holder), status: isDone ? "done" : "in progress" })
  )

/** Saves facts under a head as a store that takes parts would have it; returns the head after it. */
const saved = (on: ReturnType<typeof board>, head: typeof opened, facts: ReadonlyArray<TaskFact>) => {
  const parts: Array<TaskChanges> = []
  const write = (changes: TaskChanges) => Effect.sync(() => void parts.push(changes))
  const tx: TaskTransaction = { head, now, load: () => Effect.die("nothing is loaded"), ahead: write, save: write }
  const place: Place = { sha256, calendar: on.rules.calendar, longestJump: 31, head, now }
  Effect.runSync(save(tx, on, place, { facts, traces: undefined }, {}))
  let before = head
  for (const part of parts) {
    expect(TaskRows.follows(before, part, head)).toBe(undefined)
    before = part.head
  }
  expect(counted([...on.tasks.values()])).toEqual(before.counts)
  return { head: before, parts: parts.length }
}

describe("how many tasks there are", () => {
  it("is moved by each task as counting all of them would say", () => {
    fc.assert(
      fc.property(fc.array(anyTask), (changes) => {
        const tasks = new Map<string, Task>()
        let counts = TaskCounts.none
        for (const each of changes) {
          counts = TaskCounts.moved(counts, tasks.get(each.id), each)
          tasks.set(each.id, each)
        }
        expect(counts).toEqual(counted([...tasks.values()]))
      })
    )
  })

  it("stands in the head of each part of a commit, however often the commit changes a task", () => {
    const on = board({ members: workers(3) })
    const ids = Array.from({ length: 1_200 }, (_, index) => taskId(`t${String(index).padStart(4, "0")}`))
    // In one commit they are made, thrown together, and some of them done.
    const facts = [
      ...act(on, { _tag: "Create", tasks: ids.map((id) => ({ id, title: `Task ${id}` })) }).facts,
      ...act(on, { _tag: "Shuffle" }).facts,
      ...act(on, { _tag: "CompleteMany", ids: ids.slice(700, 1_100) }).facts
    ]
    const first = saved(on, opened, facts)
    expect(first.parts).toBeGreaterThan(3)
    expect(first.head.counts).toEqual({ open: 800, waiting: 0, done: 400 })
    // The next one finds them as they are.
    const next = saved(on, first.head, [
      ...act(on, { _tag: "Shuffle" }).facts,
      ...act(on, { _tag: "CompleteMany", ids: ids.slice(0, 3) }).facts
    ])
    expect(next.head.counts).toEqual({ open: 797, waiting: 0, done: 403 })
  })
})

describe("a head that counts tasks", () => {
  const before = { ...opened, counts: { open: 5, waiting: 2, done: 7 } }
  const rows = (counts: TaskCounts.TaskCounts, tasks: ReadonlyArray<Task>, created: ReadonlyArray<string> = []) => ({
    ...emptyChanges,
    head: { ...before, counts },
    tasks,
    created: new Set(created.map(taskId))
  })
  const two = [task("a"), heldBy("b", "bob")]

  it("follows from the tasks that are written with it", () => {
    expect(TaskRows.follows(before, rows(before.counts, []))).toBe(undefined)
    expect(TaskRows.follows(before, rows({ open: 7, waiting: 3, done: 7 }, two, ["a", "b"]))).toBe(undefined)
    expect(TaskRows.follows(before, rows({ open: 3, waiting: 0, done: 9 }, two))).toBe(undefined)
  })

  it.each([
    ["another number without a task", rows({ open: 4, waiting: 2, done: 8 }, [])],
    ["more than were written", rows({ open: 8, waiting: 2, done: 7 }, two)],
    ["fewer than there were", rows({ open: 4, waiting: 2, done: 7 }, two)],
    ["one of two that are new", rows({ open: 6, waiting: 3, done: 7 }, two, ["a", "b"])],
    ["three more that wait", rows({ open: 5, waiting: 5, done: 7 }, two)],
    ["half a task", rows({ open: 5.5, waiting: 2, done: 7 }, two)],
    ["no number", rows({ open: NaN, waiting: 2, done: 7 }, two)]
  ])("does not follow with %s", (_, wrong) => {
    expect(TaskRows.follows(before, wrong)).toContain("don't follow")
  })
})
