import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BillingHead, emptyChanges, initialBillingHead } from "../../../src/billing/BillingStore.ts"
import * as Account from "../../../src/billing/books/Account.ts"
import * as Closing from "../../../src/billing/books/Closing.ts"
import * as Ledger from "../../../src/billing/books/Ledger.ts"
import { decodeBillingEvent } from "../../../src/billing/events.ts"
import * as Head from "../../../src/stream/Head.ts"
import * as BusinessDay from "../../../src/values/BusinessDay.ts"
import { origin } from "../../../src/values/Digest.ts"
import { period, sha256, success, taskId } from "../../support/given.ts"
import { balances, close, ledger, now, posting, today } from "../../support/ledger.ts"

const people = ["a", "b", "c", "d"].map(Account.popug)
const fee = (popug: Account.AccountId, amount: bigint) => posting("fee", popug, Account.fees, amount)
const award = (popug: Account.AccountId, amount: bigint) => posting("award", Account.awards, popug, amount)

/** What happens to people in a few days, some of it corrected. */
const days = fc.array(
  fc.array(
    fc
      .record({
        popug: fc.constantFrom(...people),
        kind: fc.constantFrom(fee, award),
        amount: fc.bigInt({ min: 1n, max: 50n })
      })
      .map(({ amount, kind, popug }) => kind(popug, amount)),
    { maxLength: 15 }
  ),
  { minLength: 1, maxLength: 6 }
)

describe("closing a period", () => {
  it("pays out what is above zero and carries what is below, day after day", () => {
    fc.assert(
      fc.property(days, (all) => {
        const books = ledger({ period: today })
        const carried = new Map<Account.AccountId, bigint>()
        for (const day of all) {
          const date = books.period!
          const due = new Map(carried)
          for (const each of day) {
            Ledger.post(books, date, each)
            const [popug, sign] = each.kind === "fee" ? [each.debit, -1n] : [each.credit, 1n]
            due.set(popug, (due.get(popug) ?? 0n) + sign * each.amount)
          }
          const before = books.transfers.length
          const closed = close(books, date)
          const payouts = new Map(books.transfers.slice(before).map(({ amount, debit }) => [debit, amount]))
          for (const [popug, balance] of due) {
            // payout = max(0, balance), opening = min(0, balance).
            expect(payouts.get(popug) ?? 0n).toBe(balance > 0n ? balance : 0n)
            carried.set(popug, balance < 0n ? balance : 0n)
            expect(Account.balance(books.accounts.get(popug)!)).toBe(balance < 0n ? balance : 0n)
          }
          // Recounted over everybody, not over who moved.
          expect(closed.closed.inTheRed).toBe([...carried.values()].filter((balance) => balance < 0n).length)
          expect(closed.balances.reduce((sum, { credits, debits }) => sum + credits - debits, 0n)).toBe(0n)
          expect(Object.values(balances(books)).reduce((sum, balance) => sum + balance, 0n)).toBe(0n)
          expect(Closing.earnings(closed.closed.totals)).toBe(
            day.reduce((sum, { amount, kind }) => sum + (kind === "fee" ? amount : -amount), 0n)
          )
        }
        // Payouts come from cash, and are all that came out of it.
        expect(balances(books)["company:cash"] ?? 0n).toBe(
          books.transfers.filter(({ kind }) => kind === "payout").reduce((sum, { amount }) => sum + amount, 0n)
        )
      })
    )
  })

  it("comes to the same when only those who moved are loaded for it", () => {
    fc.assert(
      fc.property(days, (all) => {
        const whole = ledger({ period: today })
        let parts = ledger({ period: today })
        const accounts = new Map<Account.AccountId, Account.Account>()
        for (const day of all) {
          const date = whole.period!
          for (const each of day) Ledger.post(whole, date, each)
          const expected = close(whole, date)
          Ledger.take(whole)

          const named = new Set(day.flatMap(({ credit, debit }) => [credit, debit]).concat(Account.cash))
          parts = ledger(
            { period: date, journal: parts.journal, inTheRed: parts.inTheRed },
            { accounts: [...named].flatMap((id) => accounts.get(id) ?? []) }
          )
          for (const each of day) Ledger.post(parts, date, each)
          const closed = close(parts, date)
          for (const account of closed.moved.accounts) accounts.set(account.id, { ...account })
          expect([closed.closed, closed.balances]).toEqual([expected.closed, expected.balances])
        }
        expect(Object.fromEntries([...accounts.values()].map((a) => [a.id, Account.balance(a)]))).toEqual(
          balances(whole)
        )
      })
    )
  })

  it("pays by one transfer each, in the order of accounts, caused by the marker", () => {
    const books = ledger({ period: today })
    for (const popug of people.toReversed()) Ledger.post(books, today, award(popug, 5n))
    const { totals } = close(books).closed
    expect(books.transfers.slice(4)).toMatchObject(
      people.map((debit) => ({
        kind: "payout",
        debit,
        credit: "company:cash",
        amount: 5n,
        period: today,
        cause: { _tag: "Closed", event: 9 },
        occurredAt: now
      }))
    )
    expect(totals.payouts).toBe(20n)
  })

  it("notes what each was paid, which a correction of an earlier payout does not change", () => {
    const books = ledger({ period: today })
    Ledger.post(books, today, {
      ...posting("payout", Account.cash, people[0]!, 7n),
      cause: {
        _tag: "Corrected",
        corrects: 1,
        round: 1,
        undoes: false,
        reason: "r",
        actor: "user:acc",
        task: null,
        title: null
      }
    })
    Ledger.post(books, today, fee(people[1]!, 5n))
    const closed = close(books)
    const of = (account: Account.AccountId) => closed.balances.find((balance) => balance.account === account)
    expect(of(people[0]!)).toMatchObject({ paid: 7n, payouts: 0n })
    expect(of(people[1]!)).toMatchObject({ paid: 0n, payouts: 0n })
  })

  it("leaves those at zero alone", () => {
    const books = ledger({ period: today })
    Ledger.post(books, today, fee(people[0]!, 5n))
    Ledger.post(books, today, award(people[0]!, 5n))
    const closed = close(books)
    expect(books.transfers).toHaveLength(2)
    expect(closed.closed.inTheRed).toBe(0)
  })

  it("counts who was in the red before and did not move", () => {
    const books = ledger({ period: today, inTheRed: 3 })
    Ledger.post(books, today, fee(people[0]!, 5n))
    expect(close(books).closed.inTheRed).toBe(4)
  })

  it("gives the balances of all who moved, by account in byte order", () => {
    const books = ledger({ period: today })
    Ledger.post(books, today, fee(people[1]!, 5n))
    Ledger.post(books, today, award(people[0]!, 7n))
    const closed = close(books)
    expect(closed.balances.map(({ account }) => account)).toEqual([
      "company:awards",
      "company:cash",
      "company:fees",
      "popug:a",
      "popug:b"
    ])
    expect(closed.balances.map(Account.closing)).toEqual([-7n, 7n, 5n, 0n, -5n])
  })

  it("of a day without anything closes it with zeros", () => {
    const closed = close(ledger({ period: today }))
    expect(closed.closed).toMatchObject({ period: today, totals: Ledger.zeroTotals(), topTask: null, inTheRed: 0 })
    expect(closed.balances).toEqual([])
  })
})

describe("what a close comes to", () => {
  const before: BillingHead = { ...initialBillingHead(now), number: 4, period: today, awaiting: today, approved: today }
  const books = ledger({ period: today })
  const cause = { _tag: "Done", event: 1, task: taskId("roof"), title: "Mend the roof" } as const
  Ledger.post(books, today, { ...award(people[0]!, 7n), cause })
  const day = close(books, today, { head: before })

  it("follows from its head, and the head after it from the close", () => {
    const changes = { ...emptyChanges, ...day.moved, ...Ledger.take(books), events: day.events, closed: [day.closed] }
    expect(Ledger.follows(before, { ...changes, head: day.head })).toBeUndefined()
    expect(Head.follows("billing", before, { ...changes, head: day.head })).toBeUndefined()
    expect(day.head).toMatchObject({
      number: 5,
      period: "2026-11-23",
      journal: { number: 2, digest: day.closed.journalDigest, period: today },
      closed: { period: today, seal: day.closed.seal, inTheRed: 0 },
      totals: Ledger.zeroTotals(),
      awaiting: null,
      approved: null
    })
  })

  it("tells of the sealed period", () => {
    const { data } = success(decodeBillingEvent(day.events[0]!))
    expect(data).toMatchObject({ period: today, seal: day.closed.seal, totals: day.closed.totals, earnings: -7n })
    expect(day.closed).toMatchObject({ closedAs: 5, lastEvent: 9, lastTransfer: 2, previousSeal: origin })
  })

  it("has the accounts that moved as they are, with their balances of the closed period", () => {
    expect(day.moved.accounts.map(({ id }) => id)).toEqual(["company:awards", "popug:a", "company:cash"])
    expect(day.moved.balances).toEqual(expect.arrayContaining([...day.balances]))
  })
})

describe("opening the next period", () => {
  it("starts it with zero totals, no top task and nobody moved, and keeps the accounts", () => {
    const books = ledger({ period: today, topTask: { id: taskId("t1"), title: "x", total: 5n } })
    Ledger.post(books, today, fee(people[0]!, 5n))
    const closed = close(books)
    expect(books.period).toBe("2026-11-23")
    expect(books.totals).toEqual(Ledger.zeroTotals())
    expect(books.topTask).toBeNull()
    expect(books.inTheRed).toBe(1)
    expect(books.balances.size).toBe(0)
    expect(balances(books)["popug:a"]).toBe(-5n)
    // What was closed stays what it was.
    expect(closed.closed.totals.fees).toBe(5n)
    expect(closed.balances).toHaveLength(2)
  })

  it("goes over a date that the calendar skips", () => {
    const books = ledger({ period: period("2011-12-29") })
    close(books, period("2011-12-29"), { calendar: BusinessDay.makeCalendar("Pacific/Apia") })
    expect(books.period).toBe("2011-12-31")
  })
})

describe("the seal of a period", () => {
  const books = ledger({ period: today, topTask: { id: taskId("t1"), title: "Mend", total: 5n } })
  Ledger.post(books, today, fee(people[0]!, 5n))
  const day = close(books)
  const closed: Closing.Closed = { ...day.closed, balances: day.balances }
  const parts = { previous: origin, events: "e".repeat(64), journal: "j".repeat(64), closed }
  const seal = Closing.sealOf(sha256, parts)
  const [first, ...rest] = closed.balances

  it.each([
    ["the seal before", { previous: "1".repeat(64) }],
    ["the events", { events: "f".repeat(64) }],
    ["the journal", { journal: "k".repeat(64) }],
    ["the period", { closed: { ...closed, period: period("2026-11-23") } }],
    ["a count", { closed: { ...closed, totals: { ...closed.totals, assigned: 1 } } }],
    ["a total", { closed: { ...closed, totals: { ...closed.totals, fees: 6n } } }],
    ["the number in the red", { closed: { ...closed, inTheRed: 2 } }],
    ["the top task", { closed: { ...closed, topTask: null } }],
    ["the top task's title", { closed: { ...closed, topTask: { ...closed.topTask!, title: "Mend it" } } }],
    ["an account", { closed: { ...closed, balances: [{ ...first!, account: Account.cash }, ...rest] } }],
    ["an opening balance", { closed: { ...closed, balances: [{ ...first!, opening: 1n }, ...rest] } }],
    ["an account's debits", { closed: { ...closed, balances: [{ ...first!, debits: 9n }, ...rest] } }],
    ["an account's credits", { closed: { ...closed, balances: [{ ...first!, credits: 9n }, ...rest] } }],
    ["who moved", { closed: { ...closed, balances: rest } }]
  ])("changes with %s", (_, change) => {
    expect(Closing.sealOf(sha256, { ...parts, ...change })).not.toBe(seal)
  })

  it("is the same for the same period", () => {
    expect(seal).toMatch(/^[0-9a-f]{64}$/)
    expect(Closing.sealOf(sha256, structuredClone(parts))).toBe(seal)
  })
})
