import { expect, it, vi } from "vitest"
import { letterOf } from "../src/page/commands/letterOf.ts"
import { rarely, soon } from "../src/page/data/soon.ts"
import { cast, stepsOf } from "../src/page/guide/steps.ts"
import { scriptOf } from "../src/page/shell/scriptOf.ts"
import { filterOf } from "../src/page/tracker/filter.ts"

it("hears keys by their place where the keyboard has another script", () => {
  expect(letterOf({ code: "KeyC", key: "с", shiftKey: false })).toBe("c")
  expect(letterOf({ code: "KeyJ", key: "О", shiftKey: true })).toBe("J")
  // A Latin layout of another order says itself what its keys are.
  expect(letterOf({ code: "KeyQ", key: "a", shiftKey: false })).toBe("a")
  expect(letterOf({ code: "Digit7", key: "?", shiftKey: true })).toBe("?")
})

it("hands over together what comes in a moment", () => {
  vi.useFakeTimers()
  const taken: Array<ReadonlyArray<string>> = []
  const tell = soon<string>(100, (all) => taken.push([...all]))
  tell("tasks", "users")
  tell("tasks")
  vi.advanceTimersByTime(100)
  tell("users")
  expect(taken).toEqual([["tasks", "users"]])
  vi.advanceTimersByTime(100)
  expect(taken).toEqual([["tasks", "users"], ["users"]])
  vi.useRealTimers()
})

it("does what many ask for once, within a moment, and rests before the next time", () => {
  vi.useFakeTimers()
  let done = 0
  const ask = rarely({ spread: 100, pause: 1_000 }, () => void (done += 1))
  ask()
  ask()
  vi.advanceTimersByTime(100)
  expect(done).toBe(1)
  ask()
  vi.advanceTimersByTime(800)
  expect(done).toBe(1)
  vi.advanceTimersByTime(400)
  expect(done).toBe(2)
  vi.useRealTimers()
})

it("knows a page by its script, wherever it is served", () => {
  expect(scriptOf('<script type="module" crossorigin src="./assets/index-Cr7v.js"></script>')).toBe("index-Cr7v.js")
  expect(scriptOf('<base href="/popug/"><script src="/popug/assets/index-a.js">')).toBe("index-a.js")
  expect(scriptOf("<p>Welcome to the hotel</p>")).toBeUndefined()
})

it("says what comes first in an empty company, by role", () => {
  expect(stepsOf({ roles: ["admin"], workers: 0 })).toEqual(["people", "tasks", "books"])
  expect(stepsOf({ roles: ["admin"], workers: 3 })).toEqual(["tasks", "books"])
  expect(stepsOf({ roles: ["manager"], workers: 3 })).toEqual(["tasks"])
  expect(stepsOf({ roles: ["accountant"], workers: 3 })).toEqual(["wait", "books"])
  expect(stepsOf({ roles: ["worker"], workers: undefined })).toEqual(["wait"])
})

it("offers one of each role to become", () => {
  const people = [["worker"], ["admin", "manager"], ["worker"], ["accountant"], ["manager"]].map((roles, at) => ({
    id: `popug-${at}`,
    roles
  }))
  expect(cast(people)).toEqual([people[1], people[4], people[3], people[0]])
  const later = { id: "01a216cd-a3c8-7000-bb8c-1b4bc29db913", roles: ["worker"] }
  expect(cast([later, ...people])).toEqual(cast(people))
})

it("reads from an address which tasks are looked at, as far as one may see them", () => {
  const manager = { id: "masha", name: "Masha", roles: ["manager"] }
  const worker = { id: "olga", name: "Olga", roles: ["worker"] }
  const asked = new URLSearchParams("status=all&who=pavel&q=roof&order=oldest")
  expect(filterOf(asked, manager)).toEqual({ status: "", assignee: "pavel", search: "roof", order: "oldest" })
  expect(filterOf(asked, worker).assignee).toBe("olga")
  expect(filterOf(new URLSearchParams("who=me"), manager).assignee).toBe("masha")
  expect(filterOf(new URLSearchParams("status=nonsense"), manager)).toEqual({
    status: "in progress",
    assignee: "",
    search: "",
    order: "newest"
  })
})
