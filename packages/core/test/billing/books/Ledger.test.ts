import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Account from "../../../src/billing/books/Account.ts"
import * as Ledger from "../../../src/billing/books/Ledger.ts"
import * as Transfer from "../../../src/billing/books/Transfer.ts"
import { origin } from "../../../src/values/Digest.ts"
import { at, period, sha256, taskId } from "../../support/given.ts"
import { balances, ledger, now, posting, today } from "../../support/ledger.ts"

const popugs = ["a", "b", "c"].map(Account.popug)
const postings = fc.array(
  fc
    .record({
      popug: fc.constantFrom(...popugs),
      kind: fc.constantFrom("fee", "award", "payout"),
      amount: fc.bigInt({ min: 1n, max: 10n ** 20n }),
      correction: fc.boolean()
    })
    .map(({ amount, correction, kind, popug }, index = 0) => {
      const [debit, credit] =
        kind === "fee" ? [popug, Account.fees] : kind === "award" ? [Account.awards, popug] : [popug, Account.cash]
      const cause: Transfer.Cause = correction
        ? {
            _tag: "Corrected",
            corrects: index + 1,
            round: 1,
            undoes: false,
            reason: "wrong",
            actor: "user:acc",
            task: null,
            title: null
          }
        : { _tag: "Closed", event: 1 }
      return correction ? posting(kind, credit, debit, amount, cause) : posting(kind, debit, credit, amount, cause)
    }),
  { maxLength: 40 }
)

describe("the books", () => {
  it("balance after any postings, and every sum matches the journal", () => {
    fc.assert(
      fc.property(postings, fc.bigInt({ min: -1000n, max: 1000n }), (all, opening) => {
        const held = [
          { id: popugs[0]!, debits: opening < 0n ? -opening : 0n, credits: opening > 0n ? opening : 0n },
          { id: Account.fees, debits: opening > 0n ? opening : 0n, credits: opening < 0n ? -opening : 0n }
        ]
        const books = ledger({ period: today, journal: 7 }, { accounts: held })
        for (const each of all) Ledger.post(books, today, each)

        // Over all accounts the balances sum to zero.
        expect(Object.values(balances(books)).reduce((sum, balance) => sum + balance, 0n)).toBe(0n)
        // The journal has no holes.
        expect(books.transfers.map(({ number }) => number)).toEqual(all.map((_, index) => 8 + index))
        expect(books.journal).toBe(7 + all.length)
        for (const balance of books.balances.values()) {
          const mine = books.transfers.filter(({ credit, debit }) => [credit, debit].includes(balance.account))
          const sum = (list: ReadonlyArray<Transfer.Transfer>) => list.reduce((total, { amount }) => total + amount, 0n)
          // Each account's balance is its opening and its moves.
          expect(balance.debits).toBe(sum(mine.filter(({ debit }) => debit === balance.account)))
          expect(balance.credits).toBe(sum(mine.filter(({ credit }) => credit === balance.account)))
          expect(Account.closing(balance)).toBe(balances(books)[balance.account])
          // By kind, corrections with reversed sign.
          for (const [kind, field] of [
            ["fee", "fees"],
            ["award", "awards"],
            ["payout", "payouts"]
          ] as const) {
            const ofKind = mine.filter((transfer) => transfer.kind === kind)
            const [straight, reversed] = [false, true].map((is) =>
              sum(ofKind.filter((transfer) => Transfer.isReversed(transfer) === is))
            )
            expect(balance[field]).toBe(straight! - reversed!)
          }
        }
        // The period's totals are those of the journal.
        expect(books.totals.transfers).toBe(all.length)
        expect(books.totals.fees).toBe(books.balances.get(Account.fees)?.fees ?? 0n)
        expect(books.totals.awards).toBe(books.balances.get(Account.awards)?.awards ?? 0n)
        expect(books.totals.payouts).toBe(books.balances.get(Account.cash)?.payouts ?? 0n)
      })
    )
  })

  it("come to the same when they are carried from commit to commit as when all is posted at once", () => {
    fc.assert(
      fc.property(postings, fc.nat({ max: 40 }), (all, cut) => {
        const once = ledger({ period: today })
        for (const each of all) Ledger.post(once, today, each)

        const first = ledger({ period: today })
        for (const each of all.slice(0, cut)) Ledger.post(first, today, each)
        const saved = Ledger.moved(first)
        const digest = Ledger.journalDigest(first, sha256, origin)
        const second = ledger(
          { period: today, journal: first.journal, totals: first.totals },
          { accounts: saved.accounts, balances: saved.balances }
        )
        for (const each of all.slice(cut)) Ledger.post(second, today, each)

        expect([...first.transfers, ...second.transfers]).toEqual(once.transfers)
        expect(second.totals).toEqual(once.totals)
        expect(balances(second)).toEqual(balances(once))
        expect(Ledger.journalDigest(second, sha256, digest)).toBe(Ledger.journalDigest(once, sha256, origin))
      })
    )
  })

  it("say which accounts a commit has moved, and leave the others alone", () => {
    const still = { id: Account.popug("still"), debits: 5n, credits: 0n }
    const books = ledger({ period: today }, { accounts: [still] })
    Ledger.post(books, today, posting("fee", popugs[0]!, Account.fees, 10n))
    expect(Ledger.moved(books).accounts.map(({ id }) => id)).toEqual(["popug:a", "company:fees"])
    expect(Ledger.moved(ledger({}, { accounts: [still] }))).toEqual({ accounts: [], balances: [] })
  })

  it("never change what they were loaded from", () => {
    const held = Object.freeze({ id: popugs[0]!, debits: 0n, credits: 50n })
    const totals = Object.freeze(Ledger.zeroTotals())
    const books = ledger({ period: today, totals }, { accounts: [held] })
    Ledger.post(books, today, posting("fee", popugs[0]!, Account.fees, 10n))
    expect(held.debits).toBe(0n)
    expect(totals.fees).toBe(0n)
    expect(books.balances.get(popugs[0]!)).toMatchObject({ opening: 50n, debits: 10n })
  })
})

describe("a transfer", () => {
  const transfer = Ledger.post(
    ledger({ period: today }),
    today,
    posting("fee", popugs[0]!, Account.fees, 10n, {
      _tag: "Assigned",
      event: 3,
      task: taskId("t1"),
      title: "Mend",
      assignment: 2
    })
  )

  it.each([
    ["number", { number: 2 }],
    ["kind", { kind: "award" }],
    ["debit", { debit: popugs[1]! }],
    ["credit", { credit: Account.cash }],
    ["amount", { amount: 11n }],
    ["period", { period: period("2026-11-23") }],
    ["cause", { cause: { ...transfer.cause, assignment: 3 } as Transfer.Cause }],
    ["cause's event", { cause: { ...transfer.cause, event: 4 } as Transfer.Cause }],
    ["cause's title", { cause: { ...transfer.cause, title: "Mend it" } as Transfer.Cause }],
    ["cause's kind", { cause: { _tag: "Closed", event: 3 } }],
    ["time it happened", { occurredAt: at("2026-11-22T11:59:59.999Z") }],
    ["time it was recorded", { recordedAt: at("2026-11-22T12:00:00.001Z") }]
  ] as ReadonlyArray<[string, Partial<Transfer.Transfer>]>)(
    "cannot have another %s under the same digest",
    (_, change) => {
      expect(Transfer.chain(sha256, origin, { ...transfer, ...change })).not.toBe(
        Transfer.chain(sha256, origin, transfer)
      )
      expect(Transfer.chain(sha256, "1".repeat(64), transfer)).not.toBe(Transfer.chain(sha256, origin, transfer))
    }
  )

  it("records when it was made", () => {
    expect(transfer.recordedAt).toBe(now)
  })

  it("is the only one of its cause", () => {
    const key = (cause: Transfer.Cause, fields: Partial<Transfer.Transfer> = {}) =>
      Transfer.causeKey({ ...transfer, ...fields, cause })
    const task = taskId("t1")
    const keys = [
      key({ _tag: "Assigned", event: 1, task, title: "", assignment: 1 }),
      key({ _tag: "Assigned", event: 1, task, title: "", assignment: 2 }),
      key({ _tag: "Assigned", event: 1, task: taskId("t2"), title: "", assignment: 1 }),
      key({ _tag: "Done", event: 1, task, title: "" }),
      key({ _tag: "Closed", event: 1 }),
      key({ _tag: "Closed", event: 1 }, { debit: popugs[1]! }),
      key({ _tag: "Closed", event: 1 }, { period: period("2026-11-23") }),
      ...[1, 2].map((round) =>
        key({
          _tag: "Corrected",
          corrects: 1,
          round,
          undoes: false,
          reason: "",
          actor: "",
          task: null,
          title: null
        })
      )
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(key({ _tag: "Done", event: 9, task, title: "other" })).toBe(keys[3])
  })
})

describe("accounts", () => {
  it("tell whose they are", () => {
    expect(Account.ownerOf(Account.popug("bob"))).toBe("bob")
    for (const own of [Account.fees, Account.awards, Account.cash]) expect(Account.ownerOf(own)).toBeNull()
  })

  it("of the company sort before the popugs'", () => {
    for (const own of [Account.fees, Account.awards, Account.cash]) expect(own < Account.popug("")).toBe(true)
  })
})
