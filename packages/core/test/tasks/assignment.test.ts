import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { NewTaskWithId } from "../../src/tasks/commands.ts"
import { decide } from "../../src/tasks/decide.ts"
import { act, board, heldBy, holders, member, task, workers } from "../support/board.ts"
import { active, batches, failure, taskId, userId } from "../support/given.ts"

const newTasks = (count: number): ReadonlyArray<NewTaskWithId> =>
  Array.from({ length: count }, (_, index) => ({ id: taskId(`t${index}`), title: `Task ${index}` }))
const shuffle = { _tag: "Shuffle" } as const

/** How far counts are from even, in chi-square. */
const chiSquare = (counts: ReadonlyArray<number>): number => {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}
const countByHolder = (on: ReturnType<typeof board>, people: number) => {
  const counts = new Map(workers(people).map(({ id }) => [id as string, 0]))
  for (const holder of Object.values(holders(on))) counts.set(holder!, counts.get(holder!)! + 1)
  return [...counts.values()]
}

describe("the draw of an assignee", () => {
  it("is even over the eligible", () => {
    const on = board({ members: workers(10) })
    act(on, { _tag: "Create", tasks: newTasks(10_000) })
    // 99.9 % of uniform samples stay below, with 9 degrees of freedom.
    expect(chiSquare(countByHolder(on, 10))).toBeLessThan(27.9)
  })

  it("does not depend on how tasks are batched, nor on the order that members are loaded in", () => {
    const once = board({ members: workers(7) })
    act(once, { _tag: "Create", tasks: newTasks(60) })
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
        fc.shuffledSubarray([...workers(7)], { minLength: 7 }),
        (sizes, members) => {
          const on = board({ members })
          for (const tasks of batches(newTasks(60), sizes)) act(on, { _tag: "Create", tasks })
          expect(holders(on)).toEqual(holders(once))
        }
      ),
      { numRuns: 30 }
    )
  })

  it("facts with the company's secret", () => {
    const [a, b] = ["a", "b"].map((secret) => {
      const on = board({ members: workers(10), secret })
      act(on, { _tag: "Create", tasks: newTasks(50) })
      return holders(on)
    })
    expect(a).not.toEqual(b)
  })

  it("never falls on managers, admins or the deactivated", () => {
    const on = board({
      members: [
        member("max", "active", "worker", "manager"),
        member("ann", "active", "admin"),
        member("gone", "deactivated"),
        member("acc", "active", "accountant"),
        member("bob")
      ]
    })
    act(on, { _tag: "Create", tasks: newTasks(100) })
    expect(new Set(Object.values(holders(on)))).toEqual(new Set(["acc", "bob"]))
  })

  it("is what a host's policy makes of it", () => {
    const on = board({
      members: workers(3),
      policies: {
        eligible: ({ id }) => id !== "w001",
        choose: ({ assignment, candidates, task }) => candidates[(task.title.length + assignment) % candidates.length]!
      }
    })
    act(on, { _tag: "Create", tasks: newTasks(1) })
    expect(on.replica.eligible).toEqual(["w000", "w002"])
    expect(holders(on)).toEqual({ t0: "w002" })
  })
})

describe("a policy that goes wrong", () => {
  it.each([
    ["chooses somebody who is no candidate", "gone", () => userId("gone")],
    ["chooses nobody", "undefined", () => undefined as never],
    [
      "throws",
      "no choice",
      () => {
        throw new Error("no choice")
      }
    ]
  ])("because it %s is a defect of the command that asked", (_, message, choose) => {
    const on = board({ members: [...workers(2), member("gone", "deactivated")], policies: { choose } })
    expect(() => decide(on, { _tag: "Create", tasks: newTasks(1) }, active("w000", "worker"))).toThrow(message)
    expect(on.tasks.size).toBe(0)
  })
})

describe("a shuffle", () => {
  const on = (repeated: "keep" | "assign-again" = "keep", people = 4) => {
    const fresh = board({ members: workers(people), policies: { repeated } })
    act(fresh, { _tag: "Create", tasks: newTasks(200) })
    return fresh
  }

  it("gives every open task a new draw, evenly", () => {
    const shuffled = on("keep", 4)
    act(shuffled, shuffle)
    // 99.9 %, with 3 degrees of freedom.
    expect(chiSquare(countByHolder(shuffled, 4))).toBeLessThan(16.3)
  })

  it("makes no new assignment of a task that falls on its holder", () => {
    const shuffled = on()
    const before = new Map(shuffled.tasks)
    const { answer, facts } = act(shuffled, shuffle)
    const moved = [...shuffled.tasks.values()].filter(({ assignee, id }) => before.get(id)!.assignee !== assignee)
    expect(answer).toEqual({ open: 200, reassigned: moved.length })
    expect(moved.length).toBeGreaterThan(100)
    expect(moved.length).toBeLessThan(200)
    expect(facts).toHaveLength(moved.length + 1)
    for (const { assignment, id } of shuffled.tasks.values()) {
      expect(assignment).toBe(before.get(id)!.assignment + (moved.some((task) => task.id === id) ? 1 : 0))
    }
  })

  it("makes a new assignment of every task where the policy says so", () => {
    const shuffled = on("assign-again")
    expect(act(shuffled, shuffle).answer).toEqual({ open: 200, reassigned: 200 })
    for (const { assignment } of shuffled.tasks.values()) expect(assignment).toBe(2)
  })

  it("can move a task next time that fell on its holder this time", () => {
    const shuffled = on("keep", 2)
    const holdersAfter = [holders(shuffled)]
    for (let count = 0; count < 12; count += 1) {
      act(shuffled, shuffle)
      holdersAfter.push(holders(shuffled))
    }
    // With two people a task stays put through twelve shuffles once in 4,096.
    const neverMoved = [...shuffled.tasks.keys()].filter((id) => new Set(holdersAfter.map((h) => h[id])).size === 1)
    expect(neverMoved.length).toBeLessThanOrEqual(2)
    const stayedThenMoved = [...shuffled.tasks.keys()].some(
      (id) => holdersAfter[0]![id] === holdersAfter[1]![id] && holdersAfter[1]![id] !== holdersAfter[2]![id]
    )
    expect(stayedThenMoved).toBe(true)
  })

  it("falls as it falls, whatever the order that tasks are loaded in", () => {
    const tasks = Array.from({ length: 40 }, (_, index) => heldBy(`t${index}`, "w000"))
    const straight = board({ members: workers(5), tasks, shuffles: 3 })
    const backward = board({ members: workers(5), tasks: tasks.toReversed(), shuffles: 3 })
    act(straight, shuffle)
    act(backward, shuffle)
    expect(holders(backward)).toEqual(holders(straight))
  })

  it("leaves tasks that are done, and hands out those that wait", () => {
    const mixed = board({
      members: workers(1),
      tasks: [task("waits"), { ...heldBy("done", "gone"), status: "done" }, heldBy("stays", "w000")]
    })
    expect(act(mixed, shuffle).answer).toEqual({ open: 2, reassigned: 1 })
    expect(holders(mixed)).toEqual({ waits: "w000", done: "gone", stays: "w000" })
  })

  it.each(["keep", "assign-again"] as const)("with nobody eligible lets every open task wait (%s)", (repeated) => {
    const alone = board({ tasks: [heldBy("t1", "gone", 2), task("t2")], policies: { repeated } })
    const { answer, facts } = act(alone, shuffle)
    expect(answer).toEqual({ open: 2, reassigned: 1 })
    expect(facts[1]).toMatchObject({ change: "unassigned", task: { id: "t1", assignee: null, assignment: 2 } })
    expect(act(alone, shuffle).answer).toEqual({ open: 2, reassigned: 0 })
  })

  it("of nothing is counted all the same", () => {
    const empty = board({ members: workers(1) })
    expect(act(empty, shuffle).answer).toEqual({ open: 0, reassigned: 0 })
    expect(empty.shuffles).toBe(1)
  })

  it("is for managers and admins", () => {
    for (const role of ["worker", "accountant"]) {
      expect(failure(decide(board({}), shuffle, active("x", role)))).toMatchObject({ _tag: "NotAllowed" })
    }
    for (const role of ["manager", "admin"]) act(board({}), shuffle, active("x", role))
  })
})

describe("the copy of the users", () => {
  it("keeps who is eligible in byte order, whatever comes in which order", () => {
    const change = fc.record({
      id: fc.constantFrom("a", "B", "c.1", "c-1", "d_9", "10", "9"),
      status: fc.constantFrom("active", "deactivated"),
      role: fc.constantFrom("worker", "manager")
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (facts) => {
        const { replica } = board({})
        const expected = new Set<string>()
        for (const { id, role, status } of facts) {
          const before = expected.has(id)
          const after = status === "active" && role === "worker"
          if (after) expected.add(id)
          else expected.delete(id)
          expect(replica.put(member(id, status, role))).toBe(before === after ? "same" : after ? "gained" : "lost")
          expect(replica.isEligible(userId(id))).toBe(after)
          expect(replica.eligible).toEqual([...expected].sort())
        }
      })
    )
  })
})
