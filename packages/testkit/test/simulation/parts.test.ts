/**
 * The parts that a run is made of: its calendar, its time, its chance, its model.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"
import { describe, expect, test } from "vitest"
import { calendar } from "../../src/simulation/calendar.ts"
import { Findings, text } from "../../src/simulation/checks/Violation.ts"
import * as Model from "../../src/simulation/model.ts"
import { Chance } from "../../src/simulation/world/Chance.ts"
import { Stuck, VirtualTime } from "../../src/simulation/world/VirtualTime.ts"

const startOf = (timeZone: string, day: string, cutoff?: string) =>
  new Date(calendar(timeZone, cutoff).startOf(day)).toISOString()

describe("the naive calendar", () => {
  test("starts days where the wall does", () => {
    expect(startOf("UTC", "2026-03-01")).toBe("2026-03-01T00:00:00.000Z")
    expect(startOf("Europe/Prague", "2026-03-29")).toBe("2026-03-28T23:00:00.000Z")
    expect(startOf("Europe/Prague", "2026-03-30")).toBe("2026-03-29T22:00:00.000Z")
    expect(startOf("Asia/Kathmandu", "2026-01-02", "06:00")).toBe("2026-01-02T00:15:00.000Z")
    // Midnight is skipped.
    expect(startOf("Africa/Cairo", "2026-04-24")).toBe("2026-04-23T22:00:00.000Z")
    // Half past two is skipped.
    expect(startOf("Europe/Prague", "2026-03-29", "02:30")).toBe("2026-03-29T01:00:00.000Z")
  })

  test("starts a day once, though the wall shows its beginning twice", () => {
    const { dayOf, startOf } = calendar("America/Santiago", "23:30")
    const start = startOf("2026-04-04")
    expect(new Date(start).toISOString()).toBe("2026-04-05T02:30:00.000Z")
    // The clocks go back from midnight to eleven.
    expect(dayOf(start + 31 * 60_000)).toBe("2026-04-04")
    expect(dayOf(start - 1)).toBe("2026-04-03")
  })

  test("leaves out a date that never was", () => {
    const days = ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    expect(calendar("Pacific/Apia").days("2011-12-28", "2012-01-01")).toEqual(days)
    expect(calendar("Pacific/Apia", "06:00").days("2011-12-28", "2012-01-01")).toEqual(days)
  })
})

describe("virtual time", () => {
  const run = (seed: string) => {
    const time = new VirtualTime(1_000, new Chance(seed))
    const context = Context.make(Scheduler.Scheduler, time.scheduler).pipe(Context.add(Clock.Clock, time.clock()))
    const order: Array<string> = []
    const walk = (name: string) =>
      Effect.gen(function* () {
        for (let step = 0; step < 3; step++) {
          yield* Effect.yieldNow
          order.push(`${name}${step}`)
        }
        yield* Effect.sleep(name === "a" ? 20 : 10)
        order.push(`${name} at ${yield* Clock.currentTimeMillis}`)
      })
    const all = Effect.all(["a", "b", "c"].map(walk), { concurrency: "unbounded" })
    const exit = time.run(Effect.runForkWith(context)(all))
    return { exit: exit._tag, now: time.now, order }
  }

  test("ends when nobody sleeps any more, without waiting", () => {
    const { exit, now, order } = run("one")
    expect({ exit, now }).toEqual({ exit: "Success", now: 1_020 })
    expect(order.slice(-3).sort()).toEqual(["a at 1020", "b at 1010", "c at 1010"])
  })

  test("draws who goes next, by the seed", () => {
    expect(run("one").order).toEqual(run("one").order)
    const orders = new Set(["one", "two", "three", "four"].map((seed) => run(seed).order.join()))
    expect(orders.size).toBeGreaterThan(1)
  })

  test("says so when nothing can go on", () => {
    const time = new VirtualTime(0, new Chance("stuck"))
    const context = Context.make(Scheduler.Scheduler, time.scheduler)
    expect(() => time.run(Effect.runForkWith(context)(Effect.never))).toThrow(Stuck)
  })

  test("does not wake who is gone, and shows each its own time", () => {
    const time = new VirtualTime(1_000, new Chance("gone"))
    let alive = true
    const node = time.clock(
      () => -400,
      () => alive
    )
    const context = Context.make(Scheduler.Scheduler, time.scheduler).pipe(Context.add(Clock.Clock, node))
    expect(node.currentTimeMillisUnsafe()).toBe(600)
    const sleeper = Effect.runForkWith(context)(Effect.sleep(10))
    alive = false
    expect(() => time.run(sleeper)).toThrow(Stuck)
    expect(Fiber.isFiber(sleeper)).toBe(true)
  })
})

describe("the naive model", () => {
  const event = (number: number, change: string, assign: string | null, assignment: number, isDone = false) => ({
    number,
    type: "task.updated",
    actor: "user:a",
    data: { id: "t", title: "T", assign, isDone, change, assignment, period: "2026-01-01" }
  })

  test("asks for a fee at each assignment and an award at the end", () => {
    const { expected, impossible } = Model.replay([
      event(1, "created", null, 0),
      event(2, "assigned", "a", 1),
      event(3, "assigned", "b", 2),
      event(4, "done", "b", 2, true)
    ])
    expect(impossible).toEqual([])
    expect(expected.map((one) => [one.kind, "popug" in one ? one.popug : null])).toEqual([
      ["fee", "a"],
      ["fee", "b"],
      ["award", "b"]
    ])
  })

  test("knows what can't happen to a task", () => {
    const { impossible } = Model.replay([
      event(1, "created", null, 0),
      event(2, "assigned", "a", 2),
      event(3, "assigned", "a", 3),
      event(4, "done", "b", 3, true),
      event(5, "edited", "b", 3, true),
      event(6, "created", null, 0)
    ])
    expect(impossible).toHaveLength(5)
  })

  test("tells who gets tasks", () => {
    const users = [
      { id: "a", roles: ["worker"] },
      { id: "b", roles: ["worker", "manager"] },
      { id: "c", roles: ["worker"] },
      { id: "c", roles: ["worker"], status: "deactivated" }
    ]
    const events = users.map((data, index) => ({ number: index + 1, type: "user.updated", actor: "system", data }))
    expect([...Model.eligible(events)]).toEqual(["a"])
  })
})

describe("findings", () => {
  test("compare by text, and keep the first few of a rule", () => {
    expect(text({ b: 1n, a: [undefined, null, "x"] })).toBe('{"a":[undefined,null,"x"],"b":1}')
    const findings = new Findings()
    for (let count = 0; count < 9; count++)
      findings.same({ a: 1, b: count }, { b: count + 1, a: 1 }, "rule", () => "it")
    findings.same({ a: 1n, b: 2 }, { b: 2, a: 1n }, "rule", () => "it")
    expect(findings.all).toHaveLength(5)
  })
})
