import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Account from "../../src/billing/books/Account.ts"
import * as Ledger from "../../src/billing/books/Ledger.ts"
import type { BillingCommand } from "../../src/billing/commands.ts"
import { decide } from "../../src/billing/decide.ts"
import { type Desk, evolve } from "../../src/billing/state.ts"
import type * as Actor from "../../src/company/Actor.ts"
import * as Cursor from "../../src/stream/Cursor.ts"
import type { Period } from "../../src/values/BusinessDay.ts"
import { active, failure, period, success, system, taskId } from "../support/given.ts"
import { balances, ledger, posting, today } from "../support/ledger.ts"

const accountant = active("acc", "accountant")
const bob = Account.popug("bob")
const yesterday = period("2026-11-21")

/** A desk with a closed day behind it: transfer 1 is a fee, 2 an award, 3 a payout. */
const desk = (options: { awaiting?: Period; open?: Period | null } = {}): Desk => {
  const past = ledger({ period: yesterday })
  Ledger.post(past, yesterday, {
    ...posting("fee", bob, Account.fees, 10n),
    cause: { _tag: "Assigned", event: 1, task: taskId("t1"), title: "Mend", assignment: 1 }
  })
  Ledger.post(past, yesterday, {
    ...posting("award", Account.awards, bob, 30n),
    cause: { _tag: "Done", event: 2, task: taskId("t1"), title: "Mend" }
  })
  Ledger.post(past, yesterday, posting("payout", bob, Account.cash, 20n))
  return {
    ledger: ledger(
      { period: options.open === undefined ? today : options.open, journal: 3 },
      { accounts: [...past.accounts.values()], transfers: past.transfers }
    ),
    awaiting: options.awaiting ?? null,
    approved: null,
    passed: 0,
    cursors: { tasks: Cursor.start("billing", "tasks"), users: Cursor.start("billing.users", "users") }
  }
}
const correct = (transfer: number): BillingCommand => ({ _tag: "Correct", transfer, reason: "a mistake" })
const act = (on: Desk, command: BillingCommand, actor: Actor.ActiveActor = accountant) => {
  const decided = success(decide(on, command, actor))
  for (const fact of decided.facts) evolve(on, fact)
  return decided.answer
}
const refusal = (on: Desk, command: BillingCommand, actor: Actor.ActiveActor = accountant) =>
  failure(decide(on, command, actor))

describe("a correction", () => {
  it("reverses the transfer in the open period, and says what, why, who and for which task", () => {
    const on = desk()
    expect(act(on, correct(1))).toEqual({ transfer: 4 })
    expect(on.ledger.transfers).toMatchObject([
      {
        number: 4,
        kind: "fee",
        debit: "company:fees",
        credit: "popug:bob",
        amount: 10n,
        period: today,
        cause: {
          _tag: "Corrected",
          corrects: 1,
          round: 1,
          undoes: false,
          reason: "a mistake",
          actor: "user:acc",
          task: "t1",
          title: "Mend"
        }
      }
    ])
    expect(balances(on.ledger)["popug:bob"]).toBe(10n)
  })

  it("counts with reversed sign in the open period's totals, and for the account", () => {
    const on = desk()
    act(on, correct(1))
    act(on, correct(2))
    act(on, correct(3))
    expect(on.ledger.totals).toMatchObject({ transfers: 3, fees: -10n, awards: -30n, payouts: -20n })
    expect(on.ledger.balances.get(bob)).toMatchObject({ fees: -10n, awards: -30n, payouts: -20n })
  })

  it("of a payout is about no task", () => {
    const on = desk()
    act(on, correct(3))
    expect(on.ledger.transfers[0]!.cause).toMatchObject({ task: null, title: null })
  })

  it("is made once", () => {
    const on = desk()
    act(on, correct(1))
    expect(refusal(on, correct(1))).toMatchObject({ _tag: "AlreadyCorrected", number: 1, correction: 4 })
  })

  it("can be undone: then all is as it was before, and counts again", () => {
    const on = desk()
    const before = balances(on.ledger)
    act(on, correct(1))
    expect(act(on, correct(4))).toEqual({ transfer: 5 })
    expect(on.ledger.transfers[1]).toMatchObject({
      debit: "popug:bob",
      credit: "company:fees",
      amount: 10n,
      cause: { corrects: 4, round: 1, undoes: true, task: "t1", title: "Mend" }
    })
    expect(balances(on.ledger)).toEqual(before)
    expect(on.ledger.totals).toMatchObject({ fees: 0n, transfers: 2 })
  })

  it("that was undone can be made again, in round 2", () => {
    const on = desk()
    act(on, correct(1))
    act(on, correct(4))
    expect(act(on, correct(1))).toEqual({ transfer: 6 })
    expect(on.ledger.transfers[2]!.cause).toMatchObject({ corrects: 1, round: 2, undoes: false })
    expect(refusal(on, correct(1))).toMatchObject({ _tag: "AlreadyCorrected", correction: 6 })
  })

  it("is undone once", () => {
    const on = desk()
    act(on, correct(1))
    act(on, correct(4))
    expect(refusal(on, correct(4))).toMatchObject({ _tag: "AlreadyCorrected", number: 4, correction: 5 })
  })

  it("that undoes is final", () => {
    const on = desk()
    act(on, correct(1))
    act(on, correct(4))
    expect(refusal(on, correct(5))).toMatchObject({ _tag: "UndoIsFinal", number: 5 })
  })

  it("is refused alike when the corrections were loaded from the store", () => {
    const on = desk()
    act(on, correct(1))
    act(on, correct(4))
    const { accounts, named } = on.ledger
    const later: Desk = {
      ...desk(),
      ledger: ledger(
        { period: today, journal: 5 },
        { accounts: [...accounts.values()], transfers: [...named.values()] }
      )
    }
    expect(refusal(later, correct(4))).toMatchObject({ _tag: "AlreadyCorrected" })
    expect(refusal(later, correct(5))).toMatchObject({ _tag: "UndoIsFinal" })
    act(later, correct(1))
    expect(later.ledger.transfers[0]!.cause).toMatchObject({ round: 2 })
  })

  it("of a transfer that does not exist is refused", () => {
    expect(refusal(desk(), correct(99))).toMatchObject({ _tag: "TransferNotFound", number: 99 })
    expect(refusal(desk({ open: null }), correct(1))).toMatchObject({ _tag: "TransferNotFound" })
  })

  it("is for accountants, not even for admins", () => {
    act(desk(), correct(1), system)
    for (const role of ["admin", "manager", "worker"]) {
      expect(refusal(desk(), correct(1), active("x", role))).toMatchObject({ _tag: "NotAllowed" })
    }
  })

  it("leaves every transfer either standing or reversed once, whatever is corrected and undone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }), (numbers) => {
        const on = desk()
        const before = balances(on.ledger)
        for (const number of numbers) {
          const decided = decide(on, correct(number), accountant)
          if (decided._tag === "Success") for (const fact of decided.success.facts) evolve(on, fact)
        }
        // What stands reversed is what has an odd number of reversals behind it.
        const expected = { ...before }
        for (const original of [1, 2, 3]) {
          const transfer = on.ledger.named.get(original)!
          const corrections = on.ledger.corrections.get(original) ?? []
          const undone = corrections.filter(({ number }) => on.ledger.corrections.has(number))
          expect(corrections.length - undone.length).toBeLessThanOrEqual(1)
          expect(undone.length).toBeGreaterThanOrEqual(corrections.length - 1)
          if (corrections.length > undone.length) {
            expected[transfer.debit] = (expected[transfer.debit] ?? 0n) + transfer.amount
            expected[transfer.credit] = (expected[transfer.credit] ?? 0n) - transfer.amount
          }
        }
        expect(balances(on.ledger)).toEqual(expected)
      })
    )
  })
})

describe("closing by hand", () => {
  const close = (date: Period): BillingCommand => ({ _tag: "Close", period: date })

  it("approves the period that waits", () => {
    const on = desk({ awaiting: today })
    expect(act(on, close(today))).toEqual({ period: today })
    expect(on.approved).toBe(today)
  })

  it("refuses a period that is closed", () => {
    expect(refusal(desk({ awaiting: today }), close(yesterday))).toMatchObject({
      _tag: "PeriodAlreadyClosed",
      period: yesterday
    })
  })

  it("refuses a period that is not complete yet", () => {
    expect(refusal(desk(), close(today))).toMatchObject({ _tag: "PeriodNotComplete", period: today })
    expect(refusal(desk({ awaiting: today }), close(period("2026-11-23")))).toMatchObject({ _tag: "PeriodNotComplete" })
  })

  it("is for accountants and admins", () => {
    act(desk({ awaiting: today }), close(today), active("ann", "admin"))
    for (const role of ["manager", "worker"]) {
      expect(refusal(desk({ awaiting: today }), close(today), active("x", role))).toMatchObject({ _tag: "NotAllowed" })
    }
  })
})

describe("resuming billing's streams", () => {
  const stop = { reason: "Poisoned", number: 1, message: "no" } as const
  const stopped = () => {
    const on = desk()
    on.cursors.tasks = Cursor.stop(on.cursors.tasks, stop)
    return on
  }
  const resume = (consumer: "tasks" | "users", through?: number): BillingCommand => ({
    _tag: "Resume",
    consumer,
    skip: through === undefined ? null : { through, reason: "r", digest: "a".repeat(64) }
  })
  const admin = active("ann", "admin")

  it("goes on with the one named, past what is skipped", () => {
    const on = stopped()
    act(on, resume("tasks", 1), admin)
    expect(on.cursors.tasks).toMatchObject({ number: 1, digest: "a".repeat(64), stopped: null })
    expect(on.cursors.users).toEqual(Cursor.start("billing.users", "users"))
  })

  it("notes how far tasks' events were passed over, and nothing where only a digest was accepted", () => {
    const on = stopped()
    act(on, resume("tasks", 0), admin)
    expect(on.passed).toBe(0)
    on.cursors.tasks = Cursor.stop(on.cursors.tasks, stop)
    act(on, resume("tasks", 7), admin)
    expect(on.passed).toBe(7)
    on.cursors.users = Cursor.stop(on.cursors.users, stop)
    act(on, resume("users", 9), admin)
    expect(on.passed).toBe(7)
  })

  it("refuses the one that is not stopped", () => {
    expect(refusal(stopped(), resume("users"), admin)).toMatchObject({
      _tag: "StreamNotStopped",
      consumer: "billing.users"
    })
  })

  it("is for admins", () => {
    expect(refusal(stopped(), resume("tasks"))).toMatchObject({ _tag: "NotAllowed" })
  })
})
