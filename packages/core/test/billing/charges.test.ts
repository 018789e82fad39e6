import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Account from "../../src/billing/books/Account.ts"
import * as Ledger from "../../src/billing/books/Ledger.ts"
import * as Pricing from "../../src/billing/books/Pricing.ts"
import type { Rulebook } from "../../src/billing/books/Rulebook.ts"
import { reactToTask } from "../../src/billing/react.ts"
import type { TaskEvent, TaskUpdated } from "../../src/tasks/events.ts"
import { draw } from "../../src/values/Digest.ts"
import { failure, period, sha256, success, taskId, userId } from "../support/given.ts"
import { balances, flat, ledger, snapshot, taskEvent, today } from "../support/ledger.ts"

const bob = Account.popug("bob")

describe("an assignment", () => {
  it("charges its fee to the new assignee", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(3, { change: "assigned", assignment: 2 })))
    expect(books.transfers).toMatchObject([
      {
        number: 1,
        kind: "fee",
        debit: bob,
        credit: "company:fees",
        amount: 10_00n,
        period: today,
        cause: { _tag: "Assigned", event: 3, task: "t1", title: "Mend the roof", assignment: 2 }
      }
    ])
    expect(books.totals).toMatchObject({ assigned: 1, fees: 10_00n, awards: 0n })
  })

  it("charges each assignment of a task, with no refund for the one before", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(1, { change: "assigned", assignment: 1 })))
    success(reactToTask(books, flat, taskEvent(2, { change: "assigned", assignment: 2, assign: userId("cy") })))
    success(reactToTask(books, flat, taskEvent(3, { change: "assigned", assignment: 3 })))
    expect(balances(books)).toEqual({ "popug:bob": -20_00n, "popug:cy": -10_00n, "company:fees": 30_00n })
  })

  it("is charged once, also when it comes again in another commit", () => {
    const event = taskEvent(3, { change: "assigned" })
    const books = ledger()
    success(reactToTask(books, flat, event))
    const again = ledger(
      { period: today, journal: 1 },
      { booked: books.transfers, prices: books.newPrices, accounts: [...books.accounts.values()] }
    )
    success(reactToTask(again, flat, event))
    expect(again.transfers).toEqual([])
  })

  it("counts once, however often it comes", () => {
    const books = ledger()
    for (let time = 0; time < 3; time += 1) success(reactToTask(books, flat, taskEvent(3, { change: "assigned" })))
    expect(books.totals).toMatchObject({ assigned: 1, transfers: 1, fees: 10_00n })
  })
})

describe("a task that is done", () => {
  it("credits its award to the one who holds it", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(3, { change: "assigned" })))
    success(reactToTask(books, flat, taskEvent(4, { change: "done" })))
    expect(books.transfers.slice(1)).toMatchObject([
      { kind: "award", debit: "company:awards", credit: bob, amount: 30_00n, cause: { _tag: "Done", event: 4 } }
    ])
    expect(books.totals).toMatchObject({ done: 1, fees: 10_00n, awards: 30_00n })
  })

  it("is credited by a fee that an earlier commit charged", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(3, { change: "assigned" })))
    const later = ledger({ period: today, journal: 1 }, { booked: books.transfers, prices: books.newPrices })
    success(reactToTask(later, flat, taskEvent(4, { change: "done" })))
    expect(later.totals).toMatchObject({ done: 1, awards: 30_00n })
  })

  const notTheirs: ReadonlyArray<[string, Partial<TaskUpdated>, string]> = [
    ["by somebody who was charged nothing", { assign: userId("cy"), assignment: 2 }, "assignment 2"],
    ["by its holder of before", { assignment: 1 }, "assignment 2 was charged"],
    ["under an assignment that never was", { assignment: 3 }, "assignment 3"],
    ["and was never assigned", { id: taskId("t9") }, "assignment 1"]
  ]

  it.each(notTheirs)("%s earns nothing, and leaves the books as they were", (_, data, message) => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(1, { change: "assigned" })))
    success(reactToTask(books, flat, taskEvent(2, { change: "assigned", assignment: 2, assign: userId("dot") })))
    const before = snapshot(books)
    const refused = failure(reactToTask(books, flat, taskEvent(3, { ...data, change: "done" })))
    expect(refused._tag).toBe("EventRefused")
    expect(refused.message).toContain(message)
    expect(snapshot(books)).toEqual(before)
  })

  it("earns its award where the fee may be among what an operator passed over, and not where it can't be", () => {
    const recorded = { task: taskId("t1"), fee: 7n, award: 8n, event: 1, journal: 0 }
    const prices = [{ ...recorded, digest: Pricing.digest(sha256, recorded) }]
    const before = ledger({ period: today, passed: 2 }, { prices })
    success(reactToTask(before, flat, taskEvent(3, { change: "done" })))
    expect(before.totals.awards).toBe(8n)
    const after = ledger({ period: today, passed: 2 })
    failure(reactToTask(after, flat, taskEvent(3, { change: "done" })))
  })

  it("is credited and counted once, however often it comes", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(3, { change: "assigned" })))
    for (let time = 0; time < 3; time += 1) success(reactToTask(books, flat, taskEvent(4, { change: "done" })))
    expect(books.totals).toMatchObject({ done: 1, awards: 30_00n })
  })

  it("is the top task when no award was higher; ties go to the one done first", () => {
    const books = ledger()
    const awards: Record<string, bigint> = { t1: 25_00n, t2: 30_00n, t3: 30_00n, t4: 29_99n }
    const prices: Rulebook = { ...flat, price: ({ task }) => ({ fee: 1n, award: awards[task.id]! }) }
    const tops = Object.keys(awards).map((id, index) => {
      const data = { id: taskId(id), title: `Task ${id}` }
      success(reactToTask(books, prices, taskEvent(2 * index + 1, { ...data, change: "assigned" })))
      success(reactToTask(books, prices, taskEvent(2 * index + 2, { ...data, change: "done" })))
      return books.topTask?.id
    })
    expect(tops).toEqual(["t1", "t2", "t2", "t2"])
    expect(books.topTask).toEqual({ id: "t2", title: "Task t2", total: 30_00n })
  })
})

describe("other changes of a task", () => {
  it.each(["created", "unassigned", "edited"] as const)("such as %s move no money", (change) => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(1, { change, assign: null, assignment: 0 })))
    expect(books.transfers).toEqual([])
    expect(books.totals.tasksCreated).toBe(change === "created" ? 1 : 0)
  })
})

describe("the price of a task", () => {
  it("is asked for once, when billing first sees the task, and recorded", () => {
    const asked: Array<string> = []
    const prices: Rulebook = {
      ...flat,
      price: ({ task }) => {
        asked.push(`${task.id} ${task.title}`)
        return { fee: BigInt(10 + asked.length), award: 30n }
      }
    }
    const books = ledger()
    success(reactToTask(books, prices, taskEvent(1, { change: "created", assign: null })))
    success(reactToTask(books, prices, taskEvent(2, { change: "assigned", title: "New title" })))
    success(reactToTask(books, prices, taskEvent(3, { change: "done" })))
    expect(asked).toEqual(["t1 Mend the roof"])
    expect(books.newPrices).toMatchObject([{ task: "t1", fee: 11n, award: 30n, journal: 0 }])
    expect(books.transfers.map(({ amount }) => amount)).toEqual([11n, 30n])
  })

  it("that is recorded is never asked for again, whatever the policy says by now", () => {
    const recorded = { task: taskId("t1"), fee: 7n, award: 8n, event: 1, journal: 0 }
    const books = ledger({ period: today }, { prices: [{ ...recorded, digest: Pricing.digest(sha256, recorded) }] })
    success(reactToTask(books, flat, taskEvent(2, { change: "assigned" })))
    expect(books.transfers[0]!.amount).toBe(7n)
    expect(books.newPrices).toEqual([])
  })

  it("that was changed by hand is not billed, and nothing is made of the event", () => {
    const recorded = { task: taskId("t1"), fee: 7n, award: 8n, event: 1, journal: 0 }
    const books = ledger(
      { period: today },
      { prices: [{ ...recorded, award: 50_000n, digest: Pricing.digest(sha256, recorded) }] }
    )
    const before = snapshot(books)
    expect(failure(reactToTask(books, flat, taskEvent(2, { change: "done" }))).message).toBe(
      "the price of task t1 is not the one that was recorded"
    )
    expect(snapshot(books)).toEqual(before)
  })

  it("that is recorded before the task is created is not billed: nobody here made it", () => {
    const recorded = { task: taskId("t1"), fee: 1n, award: 99_999n, event: 4, journal: 0 }
    const books = ledger({ period: today }, { prices: [{ ...recorded, digest: Pricing.digest(sha256, recorded) }] })
    const before = snapshot(books)
    expect(failure(reactToTask(books, flat, taskEvent(4, { change: "created", assign: null }))).message).toBe(
      "event 4 creates task t1, which has a price already, of event 4"
    )
    expect(snapshot(books)).toEqual(before)
  })

  it("draws by the company's secret, the task and the purpose", () => {
    const drawn: Array<number> = []
    const prices: Rulebook = {
      ...flat,
      price: ({ draw }) => {
        drawn.push(draw("fee"), draw("award"))
        return { fee: 1n, award: 1n }
      }
    }
    success(reactToTask(ledger(), prices, taskEvent(1, { change: "created" })))
    expect(drawn).toEqual([draw(sha256, "key", "price", ["t1", "fee"]), draw(sha256, "key", "price", ["t1", "award"])])
  })
})

describe("an event that billing must refuse", () => {
  /** Prices that are none: policies may come from untyped code. */
  const rubbish: ReadonlyArray<[string, unknown]> = [
    ["a number", { fee: 5, award: 10n }],
    ["no number", { fee: 5n, award: Number.NaN }],
    ["nothing", undefined],
    ["a promise", Promise.resolve({ fee: 5n, award: 10n })],
    ["text that can't be written out", { fee: Object.create(null), award: 10n }],
    ["more than 10^15", { fee: 5n, award: 10n ** 15n + 1n }]
  ]

  it.each(rubbish)("of a policy that gives %s leaves the books as they were", (_, price) => {
    const books = ledger()
    const before = snapshot(books)
    const refused = reactToTask(books, { ...flat, price: () => price as never }, taskEvent(9, { change: "assigned" }))
    expect(refused).toMatchObject({ _tag: "Failure", failure: { _tag: "EventRefused" } })
    expect(snapshot(books)).toEqual(before)
  })

  it("of sums that the books can't hold leaves the books as they were, the price too", () => {
    const full = { id: Account.fees, debits: 0n, credits: Ledger.largestTurnover - 5n }
    const books = ledger({ period: today }, { accounts: [full] })
    const before = snapshot(books)
    const prices: Rulebook = { ...flat, price: () => ({ fee: 6n, award: 1n }) }
    const refused = reactToTask(books, prices, taskEvent(9, { change: "assigned" }))
    expect(refused).toMatchObject({
      failure: { message: "fee/t1/1: the sums of company:fees would pass 100000000000000000" }
    })
    expect(snapshot(books)).toEqual(before)
    success(
      reactToTask(books, { ...flat, price: () => ({ fee: 5n, award: 1n }) }, taskEvent(9, { change: "assigned" }))
    )
  })

  const refusals: ReadonlyArray<[string, TaskEvent<"task.updated">, Rulebook, string]> = [
    ["of another period", taskEvent(9, { change: "assigned", period: period("2026-11-23") }), flat, "EventRefused"],
    ["of an earlier period", taskEvent(9, { change: "assigned", period: period("2026-11-21") }), flat, "EventRefused"],
    ["assigned to nobody", taskEvent(9, { change: "assigned", assign: null, id: taskId("t9") }), flat, "EventRefused"],
    ["done by nobody", taskEvent(9, { change: "done", assign: null }), flat, "EventRefused"],
    [
      "of a fee that is not above zero",
      taskEvent(9, { change: "created", id: taskId("t9") }),
      { ...flat, price: () => ({ fee: 0n, award: 1n }) },
      "EventRefused"
    ],
    [
      "of an award that is not above zero",
      taskEvent(9, { change: "created", id: taskId("t9") }),
      { ...flat, price: () => ({ fee: 1n, award: -1n }) },
      "EventRefused"
    ],
    [
      "that the pricing policy throws at",
      taskEvent(9, { change: "created", id: taskId("t9") }),
      {
        ...flat,
        price: () => {
          throw new Error("no price")
        }
      },
      "EventRefused"
    ],
    [
      "of the same assignment for somebody else",
      taskEvent(9, { change: "assigned", assign: userId("cy") }),
      flat,
      "CauseConflict"
    ],
    ["of the same assignment under another number", taskEvent(9, { change: "assigned" }), flat, "CauseConflict"],
    ["done by somebody else", taskEvent(9, { change: "done", assign: userId("cy") }), flat, "CauseConflict"]
  ]

  it.each(refusals)("%s leaves the books as they were", (_, event, prices, tag) => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(1, { change: "assigned" })))
    success(reactToTask(books, flat, taskEvent(2, { change: "done" })))
    const before = snapshot(books)
    const error = failure(reactToTask(books, prices, event))
    expect(error._tag).toBe(tag)
    expect(error.message).not.toBe("")
    expect(snapshot(books)).toEqual(before)
  })

  it("before anything was booked opens no period", () => {
    const books = ledger()
    failure(reactToTask(books, flat, taskEvent(1, { change: "assigned", assign: null })))
    expect(books.period).toBeNull()
  })

  it("names the transfer that it contradicts", () => {
    const books = ledger()
    success(reactToTask(books, flat, taskEvent(1, { change: "assigned" })))
    expect(failure(reactToTask(books, flat, taskEvent(5, { change: "assigned", assign: userId("cy") })))).toMatchObject(
      {
        cause: "fee/t1/1",
        transfer: 1
      }
    )
  })
})

it("fees less awards are the earnings, and every event is booked once, whatever happens to tasks", () => {
  const step = fc.record({
    id: fc.constantFrom("t1", "t2", "t3"),
    assign: fc.constantFrom("a", "b"),
    change: fc.constantFrom("assigned" as const, "done" as const)
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, twice) => {
      const books = ledger()
      const assignments = new Map<string, number>()
      const held = new Map<string, string>()
      const finished = new Set<string>()
      let number = 0
      for (const { assign, change, id } of steps) {
        const holder = held.get(id)
        if (finished.has(id) || (change === "done" && holder === undefined)) continue
        if (change === "done") finished.add(id)
        else {
          assignments.set(id, (assignments.get(id) ?? 0) + 1)
          held.set(id, assign)
        }
        number += 1
        const event = taskEvent(number, {
          id: taskId(id),
          assign: userId(change === "done" ? holder! : assign),
          change,
          assignment: assignments.get(id)!
        })
        for (let time = 0; time < (twice ? 2 : 1); time += 1) success(reactToTask(books, flat, event))
      }
      const assigned = [...assignments.values()].reduce((sum, count) => sum + count, 0)
      expect(books.totals).toMatchObject({
        assigned,
        done: finished.size,
        transfers: assigned + finished.size,
        fees: BigInt(assigned) * 10_00n,
        awards: BigInt(finished.size) * 30_00n
      })
    })
  )
})
