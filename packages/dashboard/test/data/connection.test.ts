import { expect, it, vi } from "vitest"
import { topicsOf } from "../../src/page/data/topics.ts"
import { makeTroubles, next, told } from "../../src/page/session/connection.ts"

it("says that the server is back once it was away, and nothing when it was only busy", () => {
  expect(next({ at: "offline" }, { at: "well" }).at).toBe("back")
  expect(next({ at: "troubled" }, { at: "well" }).at).toBe("back")
  expect(next({ at: "busy", seconds: 3 }, { at: "well" }).at).toBe("well")
  expect(next({ at: "back" }, { at: "well" }).at).toBe("back")
  expect(next({ at: "well" }, { at: "offline" }).at).toBe("offline")
})

it("hears from an answer how the server is", () => {
  expect(told(200, null)).toEqual({ at: "well" })
  expect(told(404, null)).toEqual({ at: "well" })
  expect(told(500, null)).toEqual({ at: "well" })
  expect(told(503, "1")).toEqual({ at: "troubled" })
  expect(told(429, "7")).toEqual({ at: "busy", seconds: 7 })
  for (const odd of [null, "0", "Thu, 26 Nov 2026 08:00:00 GMT"])
    expect(told(429, odd)).toEqual({ at: "busy", seconds: 1 })
})

it("holds trouble to be over when what had it is answered, not when something else is", () => {
  vi.useFakeTimers()
  let forgotten = 0
  const { hear } = makeTroubles(() => void (forgotten += 1))
  expect(hear("/v1/users", { at: "troubled" })).toBe(true)
  expect(hear("/v1/tasks", { at: "well" })).toBe(false)
  expect(hear("/v1/users", { at: "well" })).toBe(true)
  // A view that one has left asks no more.
  hear("/v1/users", { at: "troubled" })
  vi.advanceTimersByTime(20_000)
  expect(forgotten).toBe(1)
  expect(hear("/v1/tasks", { at: "well" })).toBe(true)
  vi.useRealTimers()
})

it("knows what an event changes", () => {
  expect(topicsOf("tasks", { type: "task.updated", data: { change: "edited" } })).toEqual([])
  expect(topicsOf("tasks", { type: "task.updated", data: { change: "done" } })).toContain("accounts")
  expect(topicsOf("billing", { type: "billing.closed", data: {} })).toContain("periods")
})
