import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Cursor from "../../src/stream/Cursor.ts"
import type * as Envelope from "../../src/stream/Envelope.ts"
import { readable } from "../../src/stream/Readable.ts"
import { mentioned, react } from "../../src/tasks/react.ts"
import type { Board } from "../../src/tasks/state.ts"
import { decodeUserEvent } from "../../src/users/events.ts"
import { board, heldBy, holders, member, task, workers } from "../support/board.ts"
import { batches, event, sha256, stream, userId, type Write } from "../support/given.ts"

const created = (id: string, ...roles: ReadonlyArray<string>) =>
  event("user.created", "system", { id: userId(id), name: id, roles: roles.length === 0 ? ["worker"] : roles })
const updated = (id: string, status: "active" | "deactivated", ...roles: ReadonlyArray<string>) =>
  event("user.updated", "system", {
    id: userId(id),
    name: id,
    roles: roles.length === 0 ? ["worker"] : roles,
    status
  })

/** Applies users' events as the consumer does. */
const apply = (on: Board, events: ReadonlyArray<Envelope.Envelope>) => {
  const admitted = Cursor.admit(sha256, on.cursor, on.cursor.number, events)
  const reaction = react(on, admitted, readable(decodeUserEvent, admitted))
  on.cursor = reaction.cursor
  return reaction
}

describe("somebody who becomes eligible", () => {
  it("lets every task that waits be assigned, and no other", () => {
    const on = board({ tasks: [task("t1"), task("t2", { assignment: 4 }), heldBy("t3", "bob")], members: [] })
    const { facts } = apply(on, stream("users", [created("cy")]))
    expect(facts).toEqual([
      { _tag: "Task", by: "system", change: "assigned", before: task("t1"), task: heldBy("t1", "cy", 1) },
      {
        _tag: "Task",
        by: "system",
        change: "assigned",
        before: task("t2", { assignment: 4 }),
        task: heldBy("t2", "cy", 5)
      }
    ])
    expect(holders(on)).toEqual({ t1: "cy", t2: "cy", t3: "bob" })
  })

  it("moves nothing when nothing waits", () => {
    const on = board({ tasks: [heldBy("t1", "w000")], members: workers(1) })
    expect(apply(on, stream("users", [created("cy")])).facts).toEqual([])
  })

  it.each([["manager"], ["admin"]])("is not one who is %s", (role) => {
    const on = board({ tasks: [task("t1")] })
    expect(apply(on, stream("users", [created("max", role)])).facts).toEqual([])
  })
})

describe("somebody who stops being eligible", () => {
  it.each([
    ["deactivated", updated("w000", "deactivated")],
    ["promoted to manager", updated("w000", "active", "worker", "manager")]
  ])("by being %s loses every open task to others", (_, draft) => {
    const finished = { ...heldBy("t3", "w000"), status: "done" as const }
    const on = board({ members: workers(3), tasks: [heldBy("t1", "w000"), heldBy("t2", "w000", 2), finished] })
    const { facts } = apply(on, stream("users", [draft]))
    expect(facts.map(({ change, task: { assignment, id } }) => [change, id, assignment])).toEqual([
      ["assigned", "t1", 2],
      ["assigned", "t2", 3]
    ])
    expect(holders(on)["t1"]).not.toBe("w000")
    expect(holders(on)["t2"]).not.toBe("w000")
    expect(holders(on)["t3"]).toBe("w000")
  })

  it("leaves the tasks waiting when nobody else is there", () => {
    const on = board({ members: workers(1), tasks: [heldBy("t1", "w000", 3)] })
    const { facts } = apply(on, stream("users", [updated("w000", "deactivated")]))
    const before = heldBy("t1", "w000", 3)
    const after = task("t1", { assignment: 3 })
    expect(facts).toEqual([{ _tag: "Task", by: "system", change: "unassigned", before, task: after }])
  })

  it("and comes back gets a new assignment of the same task", () => {
    const on = board({ members: workers(1), tasks: [heldBy("t1", "w000", 3)] })
    const { facts } = apply(on, stream("users", [updated("w000", "deactivated"), updated("w000", "active")]))
    expect(facts.map(({ change, task: { assignment } }) => [change, assignment])).toEqual([
      ["unassigned", 3],
      ["assigned", 4]
    ])
    expect(holders(on)).toEqual({ t1: "w000" })
  })
})

describe("users' events", () => {
  it("that change no eligibility move no task", () => {
    const on = board({ members: workers(2), tasks: [heldBy("t1", "w000")] })
    const { cursor, facts, members } = apply(on, stream("users", [updated("w000", "active", "worker", "night-shift")]))
    expect(facts).toEqual([])
    expect(members).toEqual([member("w000", "active", "worker", "night-shift")])
    expect(cursor.number).toBe(1)
  })

  it("give each user as they are after the last of them", () => {
    const on = board({})
    const { members } = apply(on, stream("users", [created("bob"), created("cy"), updated("bob", "deactivated")]))
    expect(members).toEqual([member("bob", "deactivated"), member("cy")])
  })

  it("name the users that they are about, each once", () => {
    const events = stream("users", [created("bob"), created("cy"), updated("bob", "deactivated")])
    const read = readable(decodeUserEvent, Cursor.admit(sha256, Cursor.start("tasks", "users"), 0, events))
    expect(mentioned(read.events)).toEqual(["bob", "cy"])
  })

  it("leave no open task with somebody who is gone, and none waiting while somebody is there", () => {
    fc.assert(
      fc.property(histories, (drafts) => {
        const on = fresh()
        apply(on, stream("users", drafts))
        for (const { assignee, status } of on.tasks.values()) {
          if (status === "done") continue
          if (assignee === null) expect(on.replica.eligible).toEqual([])
          else expect(on.replica.isEligible(assignee)).toBe(true)
        }
      })
    )
  })

  it("come to the same however they are batched", () => {
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), (drafts, sizes) => {
        const events = stream("users", drafts)
        const once = fresh()
        const whole = apply(once, events)
        const parts = fresh()
        const reactions = batches(events, sizes).map((batch) => apply(parts, batch))
        expect(reactions.flatMap((reaction) => reaction.facts)).toEqual(whole.facts)
        expect(holders(parts)).toEqual(holders(once))
        expect(parts.cursor).toEqual(once.cursor)
      })
    )
  })
})

const ids = ["a", "b", "c", "d"]
const fresh = () =>
  board({
    tasks: Array.from({ length: 12 }, (_, index) => task(`t${index}`)).concat({
      ...heldBy("done", "a"),
      status: "done"
    })
  })
/** Users made and changed in any order; the first event of each is `user.created`. */
const histories = fc
  .array(
    fc.record({
      id: fc.constantFrom(...ids),
      status: fc.constantFrom("active" as const, "deactivated" as const),
      role: fc.constantFrom("worker", "manager", "accountant")
    }),
    { minLength: 1, maxLength: 25 }
  )
  .map((changes) => {
    const known = new Set<string>()
    return changes.map(({ id, role, status }) => {
      if (known.has(id)) return updated(id, status, role)
      known.add(id)
      return created(id, role)
    })
  })

describe("a policy that throws", () => {
  it("stops the stream at the event it threw at, and tells how many come before it", () => {
    const on = board({
      tasks: [task("t1")],
      policies: {
        choose: () => {
          throw new Error("no choice")
        }
      }
    })
    const { cursor, facts, failure, members } = apply(on, stream("users", [created("max", "manager"), created("bob")]))
    expect(failure).toMatchObject({ before: 1, stop: { reason: "Poisoned", number: 2 } })
    expect(failure?.stop.message).toContain("no choice")
    expect({ facts, members }).toEqual({ facts: [], members: [] })
    expect(cursor).toEqual(Cursor.start("tasks", "users"))
  })
})

describe("an event that can't be read", () => {
  it("stops the stream once everything before it is applied", () => {
    const ofTomorrow: Write = (stream) => stream.add("user.created", 9, "system", {})
    const events = stream("users", [created("bob"), ofTomorrow, created("di")])
    const on = board({})
    const first = apply(on, events)
    expect(first.cursor).toMatchObject({ number: 1, stopped: null })
    const second = apply(on, events.slice(1))
    expect(second.cursor).toMatchObject({ number: 1, stopped: { reason: "Poisoned", number: 2 } })
    const third = apply(on, events.slice(1))
    expect(third.cursor).toBe(second.cursor)
  })
})
