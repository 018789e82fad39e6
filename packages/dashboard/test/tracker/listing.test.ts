import { describe, expect, it } from "vitest"
import { after, changeOf } from "../../src/page/tracker/changes.ts"
import type { Filter } from "../../src/page/tracker/filter.ts"
import {
  indexOf,
  keeping,
  type Listing,
  partAt,
  rowAt,
  unknown,
  withAnswer,
  withNewTask,
  withTask,
  withoutTask
} from "../../src/page/tracker/listing.ts"
import type { Task } from "../../src/page/tracker/task.ts"

const task = (number: number, change: Partial<Task> = {}): Task => ({
  id: String(number).padStart(6, "0"),
  title: `Task ${number}`,
  description: "",
  jiraId: null,
  status: "in progress",
  assignee: "olga",
  assignment: 1,
  ...change
})

const tasks = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => task(from + at))

/** A list of so many tasks, oldest first, with all parts come to. */
const listOf = (count: number): Listing => {
  let listing = unknown
  for (let at = 0; at * 100 < count; at++) {
    const end = Math.min((at + 1) * 100, count)
    listing = withAnswer(listing, at, { data: tasks(at * 100, end), nextCursor: end === count ? null : String(end) })
  }
  return listing
}

const none = withAnswer(unknown, 0, { data: [], nextCursor: null })

const ids = (listing: Listing) =>
  Array.from({ length: listing.count }, (_, at) => Number(rowAt(listing, at)?.id ?? Number.NaN))

describe("a listing", () => {
  it("grows by what the server answers, and has a place for what is to come", () => {
    const first = withAnswer(unknown, 0, { data: tasks(0, 100), nextCursor: "100" })
    expect(first.count).toBe(200)
    expect(first.complete).toBe(false)
    expect(rowAt(first, 99)?.title).toBe("Task 99")
    expect(rowAt(first, 100)).toBeUndefined()
    const whole = withAnswer(first, 1, { data: tasks(100, 130), nextCursor: null })
    expect(whole.count).toBe(130)
    expect(whole.complete).toBe(true)
    expect(partAt(whole, 99)).toBe(0)
    expect(partAt(whole, 100)).toBe(1)
  })

  it("keeps the rows around those in sight alone, and the place of all", () => {
    const far = keeping(listOf(1_000), 5, 6)
    expect(far.count).toBe(1_000)
    expect(far.parts.map(({ rows }) => rows !== null)).toEqual(
      Array.from({ length: 10 }, (_, at) => at >= 4 && at <= 7)
    )
    expect(keeping(far, 5, 6)).toBe(far)
  })

  it("asks again for what follows when a part ends elsewhere than before", () => {
    const listing = withAnswer(listOf(300), 0, { data: tasks(1, 101), nextCursor: "101" })
    expect(listing.parts.map(({ cursor, rows }) => [cursor, rows !== null])).toEqual([
      [null, true],
      ["101", false],
      ["200", true]
    ])
  })

  it("puts a new task into its place, unless that is out of sight", () => {
    const listing = listOf(200)
    expect(ids(withNewTask(listing, task(200), "oldest")).at(-1)).toBe(200)
    const thinned = withoutTask(listing, task(50).id)
    expect(indexOf(withNewTask(thinned, task(50), "oldest"), task(50).id)).toBe(50)
    const hidden = keeping(listOf(500), 4, 4)
    expect(withNewTask(hidden, { ...task(0), id: "0000005" }, "oldest")).toBe(hidden)
    const newest = withAnswer(unknown, 0, { data: [task(9), task(5)], nextCursor: null })
    expect(ids(withNewTask(newest, task(7), "newest"))).toEqual([9, 7, 5])
    expect(ids(withNewTask(newest, task(10), "newest"))).toEqual([10, 9, 5])
    expect(ids(withNewTask(newest, task(1), "newest"))).toEqual([9, 5, 1])
  })

  it("is the same when a task that it does not have changes", () => {
    const listing = listOf(10)
    expect(withTask(listing, "elsewhere", { title: "other" })).toBe(listing)
    expect(withoutTask(listing, "elsewhere")).toBe(listing)
  })
})

describe("what events say", () => {
  const open: Filter = { status: "in progress", assignee: "", search: "", order: "oldest" }
  const event = (number: number, data: object) =>
    changeOf({
      type: "task.updated",
      data: {
        ...task(number),
        isDone: false,
        assign: "olga",
        change: "assigned",
        period: "2026-11-26",
        ...data
      } as never
    })!

  it("changes a task where it stands, and lets it go when it does not belong there any more", () => {
    const listing = listOf(3)
    const renamed = after(listing, open, event(1, { title: "Another", change: "edited" }))
    expect(rowAt(renamed, 1)?.title).toBe("Another")
    expect(ids(after(listing, open, event(1, { isDone: true, change: "done" })))).toEqual([0, 2])
    expect(ids(after(listing, { ...open, assignee: "olga" }, event(1, { assign: "pavel" })))).toEqual([0, 2])
  })

  it("brings a task that belongs there now", () => {
    expect(ids(after(listOf(3), open, event(3, { change: "created" })))).toEqual([0, 1, 2, 3])
    const pavels = { ...open, assignee: "pavel" }
    expect(ids(after(none, pavels, event(3, { assign: "pavel" })))).toEqual([3])
    expect(after(none, pavels, event(3, {})).count).toBe(0)
  })

  it("leaves what a search found to the server", () => {
    const searched = { ...open, search: "roof" }
    expect(after(listOf(3), searched, event(3, { change: "created", title: "roof" })).count).toBe(3)
    expect(after(listOf(3), searched, event(1, { change: "edited", title: "door" })).count).toBe(3)
  })

  it("is about tasks alone", () => {
    expect(changeOf({ type: "task.shuffled", data: {} })).toBeUndefined()
  })
})
