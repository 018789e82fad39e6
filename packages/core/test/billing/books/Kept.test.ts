import { describe, expect, it } from "vitest"
import { type BillingHead, emptyLoad, initialBillingHead } from "../../../src/billing/BillingStore.ts"
import * as Account from "../../../src/billing/books/Account.ts"
import { Kept, unknownAccounts } from "../../../src/billing/books/Kept.ts"
import * as Ledger from "../../../src/billing/books/Ledger.ts"
import { reactToTask } from "../../../src/billing/react.ts"
import { sha256, success, taskId } from "../../support/given.ts"
import { flat, now, taskEvent } from "../../support/ledger.ts"

const bob = Account.popug("bob")
const first = initialBillingHead(now)

/** A commit that creates a task and charges it to Bob, kept or not: the head after it. */
const commit = (kept: Kept, head: BillingHead, id: string, isKept = true): BillingHead => {
  const taken = kept.take(head, [taskId(id)])
  const ledger = Ledger.make(head, now, emptyLoad, { known: taken.known, lookedUp: false })
  success(reactToTask(ledger, flat, taskEvent(1, { id: taskId(id), change: "created", assign: null, assignment: 0 })))
  success(reactToTask(ledger, flat, taskEvent(2, { id: taskId(id), change: "assigned" })))
  const after = Ledger.headAfter(ledger, sha256, head)
  if (isKept) kept.keep(after, ledger, taken)
  return after
}

const take = (kept: Kept, head: BillingHead) => kept.take(head, [taskId("t1")]).known

describe("what a commit leaves for the next", () => {
  it("is its accounts, balances, prices, and whom fees were charged to", () => {
    const kept = new Kept()
    const head = commit(kept, first, "t1")
    const known = take(kept, head)
    expect([...known.accounts.keys()]).toEqual([bob, Account.fees])
    expect(known.balances.get(bob)).toMatchObject({ debits: 10_00n, opening: 0n })
    expect(known.tasks.get(taskId("t1"))).toMatchObject({
      price: { fee: 10_00n, award: 30_00n },
      isProven: true,
      charged: 1,
      chargedTo: bob,
      isLast: true
    })
    expect(unknownAccounts(known, [bob, Account.fees, Account.awards])).toEqual([Account.awards])
  })

  it.each<readonly [string, (head: BillingHead) => BillingHead]>([
    ["another number", (head) => ({ ...head, number: head.number + 1 })],
    ["another digest", (head) => ({ ...head, digest: "1".repeat(64) })],
    ["another last transfer", ({ journal, ...head }) => ({ ...head, journal: { ...journal, number: 7 } })],
    ["another journal", ({ journal, ...head }) => ({ ...head, journal: { ...journal, digest: "1".repeat(64) } })]
  ])("is of no use under a head with %s", (_, change) => {
    const kept = new Kept()
    const known = take(kept, change(commit(kept, first, "t1")))
    expect([known.accounts.size, known.balances.size, known.tasks.size]).toEqual([0, 0, 0])
  })

  it("is gone with a commit of which nobody knows that it went through", () => {
    const kept = new Kept()
    const head = commit(kept, first, "t1")
    commit(kept, head, "t2", false)
    expect(take(kept, head).accounts.size).toBe(0)
  })

  it("stays when only names were learned, which move neither stream nor journal", () => {
    const kept = new Kept()
    const head = commit(kept, first, "t1")
    expect(take(kept, { ...head, users: { ...head.users, number: 9 } }).accounts.size).toBe(2)
  })

  it("has a bound, however many tasks and accounts go through it", () => {
    const kept = new Kept()
    let head = first
    for (let index = 0; index < 45_000; index += 1) head = commit(kept, head, `t${index}`)
    const { known } = kept.take(
      head,
      Array.from({ length: 45_000 }, (_, index) => taskId(`t${index}`))
    )
    expect(known.tasks.size).toBeGreaterThanOrEqual(20_000)
    expect(known.tasks.size).toBeLessThanOrEqual(40_000)
    expect(known.tasks.has(taskId("t44999"))).toBe(true)
  })
})

describe("whom the last fee of a task was charged to", () => {
  it("is not known to be the last where the task is older than what is known", () => {
    const ledger = Ledger.make(first, now, emptyLoad, { lookedUp: false })
    success(reactToTask(ledger, flat, taskEvent(2, { change: "assigned", assignment: 3 })))
    expect(ledger.tasks.get(taskId("t1"))).toMatchObject({ charged: 3, chargedTo: bob, isLast: false })
  })

  it("is not known to be the last once an assignment does not follow the ones before", () => {
    const kept = new Kept()
    const head = commit(kept, first, "t1")
    const { known } = kept.take(head, [taskId("t1")])
    const ledger = Ledger.make(head, now, emptyLoad, { known, lookedUp: false })
    success(reactToTask(ledger, flat, taskEvent(3, { change: "assigned", assignment: 1 })))
    expect(ledger.tasks.get(taskId("t1"))).toMatchObject({ charged: 1, isLast: false })
  })
})
