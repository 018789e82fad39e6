import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { initialBillingHead } from "../../src/billing/BillingStore.ts"
import * as Account from "../../src/billing/books/Account.ts"
import * as Closing from "../../src/billing/books/Closing.ts"
import { Kept } from "../../src/billing/books/Kept.ts"
import * as Ledger from "../../src/billing/books/Ledger.ts"
import { asked, cut, holdersOf, react } from "../../src/billing/react.ts"
import * as Cursor from "../../src/stream/Cursor.ts"
import type * as Envelope from "../../src/stream/Envelope.ts"
import type { TaskChange } from "../../src/tasks/events.ts"
import { decodeUserEvent } from "../../src/users/events.ts"
import type * as BusinessDay from "../../src/values/BusinessDay.ts"
import { event, period, stream, success, taskId, userId } from "../support/given.ts"
import { admitAll, balances, close, flat, ledger, now, today } from "../support/ledger.ts"

const tomorrow = period("2026-11-23")
const change = (id: string, what: TaskChange, assign: string | null, assignment: number, date = today) =>
  event("task.updated", "system", {
    id: taskId(id),
    title: `Task ${id}`,
    jiraId: null,
    assign: assign === null ? null : userId(assign),
    isDone: what === "done",
    change: what,
    assignment,
    period: date
  })
const marker = (lastNumber: number, date = today, lastTaskId: string | null = null) =>
  event("task.registration-ended", "system", {
    period: date,
    lastNumber,
    lastTaskId: lastTaskId === null ? null : taskId(lastTaskId)
  })

const twoDays = stream("tasks", [
  change("t1", "created", null, 0),
  change("t1", "assigned", "bob", 1),
  change("t1", "done", "bob", 1),
  marker(3, today, "t1"),
  change("t2", "created", null, 0, tomorrow),
  change("t2", "assigned", "cy", 1, tomorrow),
  marker(6, tomorrow, "t2")
])
const automatic = () => true
const nothing = () => new Kept().take(initialBillingHead(now), []).known

/** Applies a stream in batches as billing's consumer does, to the end or to a stop. */
const consume = (
  events: ReadonlyArray<Envelope.Envelope>,
  sizes: ReadonlyArray<number>,
  mayClose: (date: BusinessDay.Period) => boolean = automatic
) => {
  const books = ledger()
  const closed: Array<Closing.ClosedDay> = []
  let cursor = Cursor.start("billing", "tasks")
  for (let turn = 0; turn < 1_000; turn += 1) {
    const fetched = events.slice(cursor.number, cursor.number + sizes[turn % sizes.length]!)
    const { admitted, read } = admitAll(fetched, cursor)
    const applied = react(books, flat, cursor, admitted, cut(read, mayClose))
    if (applied.cursor === cursor) return { books, closed, cursor }
    cursor = applied.cursor
    if (applied.marker !== null) {
      const { number, time } = applied.marker.envelope
      const marker = { period: applied.marker.data.period, number, digest: cursor.digest, time }
      closed.push(Closing.closeDay(flat, initialBillingHead(now), books, marker))
    }
  }
  throw new Error("the stream never ends")
}

describe("a run of events", () => {
  const read = admitAll(twoDays).read

  it("is cut off after its first marker", () => {
    const run = cut(read, automatic)
    expect(run.events.map(({ envelope }) => envelope.number)).toEqual([1, 2, 3, 4])
    expect(run).toMatchObject({ stop: null, awaiting: null })
  })

  it("is cut off before a marker whose close was not approved, and says which waits", () => {
    const run = cut(read, (date) => date === tomorrow)
    expect(run.events.map(({ envelope }) => envelope.number)).toEqual([1, 2, 3])
    expect(run).toMatchObject({ stop: null, awaiting: today })
  })

  it("without a marker goes as far as it can be read", () => {
    const stop = { reason: "Gap", number: 4, message: "missing" } as const
    expect(cut({ events: read.events.slice(0, 3), stop }, automatic)).toEqual({
      events: read.events.slice(0, 3),
      stop,
      awaiting: null
    })
  })

  it("names the prices, causes and accounts that it needs when everything is looked up", () => {
    expect(asked(read.events.slice(0, 3), nothing(), "all")).toEqual({
      prices: ["t1"],
      causes: ["fee/t1/1", "award/t1", "fee/t1/1", "fee/t1/2"],
      accounts: ["company:fees", "popug:bob", "company:awards"],
      moved: false
    })
    expect(asked(read.events, nothing(), "all").moved).toBe(true)
  })

  it("leaves to the store what nearly always is new, and asks whom the fee of a done task was charged to", () => {
    expect(asked(read.events.slice(0, 3), nothing(), "unknown")).toMatchObject({ prices: [], causes: [] })
    expect(asked(read.events.slice(1, 3), nothing(), "unknown")).toMatchObject({
      prices: ["t1"],
      causes: ["fee/t1/1", "fee/t1/2"]
    })
  })
})

describe("applying runs", () => {
  it("closes each period at its marker and books the next one's events in it", () => {
    const { books, closed, cursor } = consume(twoDays, [100])
    expect(cursor).toMatchObject({ number: 7, stopped: null })
    expect(
      closed.map(({ closed: { inTheRed, period: date, totals } }) => [date, totals.fees, totals.payouts, inTheRed])
    ).toEqual([
      [today, 10_00n, 20_00n, 0],
      [tomorrow, 10_00n, 0n, 1]
    ])
    expect(books.period).toBe("2026-11-24")
    expect(balances(books)).toMatchObject({ "popug:bob": 0n, "popug:cy": -10_00n })
  })

  it("comes to the same in batches of any size", () => {
    const once = consume(twoDays, [100])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const parts = consume(twoDays, sizes)
        expect(parts.closed).toEqual(once.closed)
        expect(parts.cursor).toEqual(once.cursor)
        expect(parts.books.transfers).toEqual(once.books.transfers)
      })
    )
  })

  it("closes a day on which nothing happened, the very first too", () => {
    const { closed } = consume(stream("tasks", [marker(0), marker(1, tomorrow)]), [100])
    expect(closed.map(({ balances: moved, closed: { period: date } }) => [date, moved])).toEqual([
      [today, []],
      [tomorrow, []]
    ])
  })

  it("stops at a marker until its close is approved", () => {
    const { closed, cursor } = consume(twoDays, [100], () => false)
    expect(closed).toEqual([])
    expect(cursor).toMatchObject({ number: 3, stopped: null })
  })

  it("passes over events that are not about money", () => {
    const skipped = event("task.event-skipped", "user:ann", {
      consumer: "tasks",
      source: "users",
      first: 1,
      last: 1,
      reason: "r"
    })
    const { books, cursor } = consume(stream("tasks", [skipped, change("t1", "assigned", "bob", 1)]), [100])
    expect(cursor.number).toBe(2)
    expect(books.transfers).toHaveLength(1)
  })
})

describe("an event that must be refused", () => {
  it.each([
    ["of another period", change("t2", "assigned", "bob", 1, tomorrow)],
    ["done by nobody", change("t1", "done", null, 1)],
    ["a marker of another period", marker(2, tomorrow)],
    ["a marker that counts too few", marker(1)],
    ["a marker that counts too many", marker(3)]
  ])("(%s) stops the stream before it, once everything before it is applied", (_, poison) => {
    const events = stream("tasks", [
      change("t1", "created", null, 0),
      change("t1", "assigned", "bob", 1),
      poison,
      change("t1", "edited", "bob", 1)
    ])
    const { books, closed, cursor } = consume(events, [100])
    expect(cursor).toMatchObject({ number: 2, stopped: { reason: "Poisoned", number: 3 } })
    expect(closed).toEqual([])
    expect(books.transfers).toHaveLength(1)
    expect(books.period).toBe(today)
  })

  it("first in its run stores the stop and moves nothing", () => {
    const books = ledger({ period: today })
    const { admitted, cursor, read } = admitAll(stream("tasks", [change("t1", "done", null, 1)]))
    const applied = react(books, flat, cursor, admitted, cut(read, automatic))
    expect(applied.cursor).toMatchObject({ number: 0, stopped: { reason: "Poisoned", number: 1 } })
    expect(Ledger.moved(books)).toEqual({ accounts: [], balances: [] })
  })
})

describe("users' events", () => {
  it("tell names and status, as they are after the last of them", () => {
    const user = (id: string, name: string) => ({ id: userId(id), name, roles: ["worker"] })
    const events = stream("users", [
      event("user.created", "system", user("bob", "Bob")),
      event("user.created", "system", user("cy", "Cy")),
      event("user.updated", "system", { ...user("bob", "Robert"), status: "deactivated" })
    ])
    expect(holdersOf(events.map((event) => success(decodeUserEvent(event))))).toEqual([
      { id: "bob", name: "Robert", status: "deactivated" },
      { id: "cy", name: "Cy", status: "active" }
    ])
  })
})

it("a run needs no account but those it names", () => {
  const { admitted, cursor, read } = admitAll(twoDays)
  const run = cut(read, automatic)
  const books = ledger()
  const { marker } = react(books, flat, cursor, admitted, run)
  const touched = close(books, marker!.data.period).moved.accounts.map(({ id }) => id)
  expect(asked(run.events, nothing(), "all").accounts).toEqual(expect.arrayContaining([...touched]))
  expect(touched).toContain(Account.cash)
})
