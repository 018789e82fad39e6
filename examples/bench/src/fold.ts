/**
 * The pure billing fold: a million transfers posted to a ledger in memory, beside the same with plain Maps.
 */
import { type Account, initialBillingHead, Ledger, type Period, type TaskId } from "@popug/core"
import * as DateTime from "effect/DateTime"
import { BaseBooks } from "./baseline.ts"
import { compare, seconds } from "./measure.ts"

const count = 1_000_000
const popugs = 1_000

const now = DateTime.makeUnsafe(0)
const period = "2026-11-22" as Period
const nothing = { prices: [], booked: [], accounts: [], balances: [], transfers: [], commands: new Map() }

const ours = () => {
  const ledger = Ledger.make({ ...initialBillingHead(now), period }, now, nothing)
  const accounts = Array.from({ length: popugs }, (_, index) => `popug:${index}` as Account.AccountId)
  const [fees, awards] = ["company:fees" as Account.AccountId, "company:awards" as Account.AccountId]
  const tasks = ids()
  return seconds(() => {
    for (let index = 0; index < count; index++) {
      const popug = accounts[index % popugs]!
      const task = tasks[index]!
      if (index % 2 === 0) {
        const cause = { _tag: "Assigned", event: index + 1, task, title: "A task", assignment: 1 } as const
        Ledger.post(ledger, period, { kind: "fee", debit: popug, credit: fees, amount: 1500n, cause, occurredAt: now })
      } else {
        const cause = { _tag: "Done", event: index + 1, task, title: "A task" } as const
        Ledger.post(ledger, period, {
          kind: "award",
          debit: awards,
          credit: popug,
          amount: 3000n,
          cause,
          occurredAt: now
        })
      }
    }
    if (ledger.totals.fees !== 750_000_000n) throw new Error("the fold went wrong")
  })
}

const baseline = () => {
  const books = new BaseBooks()
  const accounts = Array.from({ length: popugs }, (_, index) => `popug:${index}`)
  const tasks = ids()
  return seconds(() => {
    for (let index = 0; index < count; index++) {
      const popug = accounts[index % popugs]!
      const task = tasks[index]!
      if (index % 2 === 0) books.post("fee", popug, "company:fees", 1500n, task, 1, 0)
      else books.post("award", "company:awards", popug, 3000n, task, 0, 0)
    }
    if (books.totals.fees !== 750_000_000n) throw new Error("the fold went wrong")
  })
}

let made: ReadonlyArray<TaskId> | undefined
const ids = () => (made ??= Array.from({ length: count }, (_, index) => `t${index}` as TaskId))

export const fold = () =>
  compare({ what: "pure billing fold", units: "transfers/s", count, goal: { atLeast: 0.5 }, ours, baseline })
