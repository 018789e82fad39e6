/**
 * The promises of `BillingStore`.
 */
import { Account, type BillingChanges, BillingStore, Money } from "@popug/core"
import * as Effect from "effect/Effect"
import { ahead } from "./ahead.ts"
import { journals } from "./billingJournal.ts"
import * as BillingKit from "./BillingKit.ts"
import { ann, book, day1, day2, kit, price, put } from "./BillingKit.ts"
import { loads } from "./billingLoads.ts"
import { oddities } from "./billingOddities.ts"
import { proofs } from "./billingProof.ts"
import { reads } from "./billingReads.ts"
import { refusals } from "./billingRules.ts"
import { shuffles } from "./billingShuffles.ts"
import { commands } from "./commands.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { heads } from "./heads.ts"
import { open } from "./Kit.ts"
import { opening } from "./opening.ts"
import * as Suite from "./Suite.ts"
import { transactions } from "./transactions.ts"

const books = {
  "has no head before it is opened": Effect.flatMap(BillingStore, ({ head }) =>
    refused(head, "the head before `open`", { reason: "Corrupt" })
  ),

  "starts with empty books": Effect.gen(function* () {
    yield* open(kit)
    const { at: _, tasks, users, ...head } = yield* (yield* BillingStore).head
    const zeros = "0".repeat(64)
    same(
      head,
      {
        number: 0,
        digest: zeros,
        period: null,
        journal: { number: 0, digest: zeros, period: null, recordedAt: null },
        closed: { period: null, seal: zeros, inTheRed: 0 },
        totals: { tasksCreated: 0, assigned: 0, done: 0, transfers: 0, fees: 0n, awards: 0n, payouts: 0n },
        topTask: null,
        shuffle: null,
        shuffled: null,
        awaiting: null,
        approved: null,
        passed: 0
      },
      "the first head"
    )
    same([tasks.source, tasks.number, users.source, users.number], ["tasks", 0, "users", 0], "the first cursors")
  }),

  "keeps the whole head, and shows it outside a transaction too": Effect.gen(function* () {
    yield* open(kit)
    const saved = yield* kit.transact((tx) => {
      const shuffled = BillingKit.shuffle(10, day2)
      const close = BillingKit.closed(tx, day1)
      const changes = { ...kit.changes(tx, ["one"]), closed: [close], shuffles: [shuffled] }
      const head: BillingChanges["head"] = {
        ...changes.head,
        period: day2,
        journal: { ...changes.head.journal, digest: Data.sha256("journal") },
        closed: { period: day1, seal: close.seal, inTheRed: close.inTheRed },
        totals: {
          tasksCreated: 1,
          assigned: 2,
          done: 3,
          transfers: 4,
          fees: 5n,
          awards: -6n,
          payouts: Money.largestSum
        },
        topTask: { id: Data.taskId("top"), title: 'Žižka\'s "task"', total: 4_000n },
        shuffle: BillingKit.shuffle(11, day2, { fees: Money.largestSum }),
        shuffled: { event: 10, period: day2 },
        awaiting: day1,
        approved: day2,
        passed: 11,
        tasks: {
          ...tx.head.tasks,
          number: 12,
          digest: Data.sha256("12"),
          stopped: { reason: "BeyondLog", number: 13, message: "the log ends before event 12" }
        },
        users: { ...tx.head.users, number: 14, digest: Data.sha256("14") }
      }
      return Effect.as(tx.save({ ...changes, head }), head)
    })
    const store = yield* BillingStore
    same(yield* store.head, saved, "the head outside a transaction")
    same(yield* store.transact((tx) => Effect.succeed(tx.head)), saved, "the head of the next transaction")
  }),

  "keeps transfers to the last field, amounts beyond the safe integers too": Effect.gen(function* () {
    yield* open(kit)
    const transfers = yield* book(
      day1,
      { amount: 9_007_199_254_740_993n },
      {
        kind: "award",
        debit: Account.awards,
        credit: ann,
        cause: { _tag: "Done", event: 2, task: Data.taskId("t"), title: "ě ✓" }
      },
      { kind: "payout", debit: ann, credit: Account.cash, cause: { _tag: "Closed", event: 3 } },
      BillingKit.correction(1, 1),
      BillingKit.correction(4, 1, true)
    )
    same((yield* (yield* BillingStore).transfers({}, BillingKit.all)).rows, transfers, "the transfers")
  }),

  "holds amounts and sums as large as they may be, above zero and below": Effect.gen(function* () {
    yield* open(kit)
    const [amount, sum] = [Money.largestAmount, Money.largestSum]
    const priced = price("dear", amount, amount)
    const accounts = [BillingKit.account(ann, sum, sum - 1n), BillingKit.account(Account.fees, sum - 2n, sum)]
    const kept = BillingKit.balance(ann, day1, {
      opening: -sum,
      debits: sum,
      credits: sum - 1n,
      fees: -sum,
      paid: sum - 3n
    })
    const totals = { tasksCreated: 1, assigned: 2, done: 3, transfers: 4, fees: sum, awards: -sum, payouts: sum - 1n }
    yield* put(() => ({ prices: [priced], accounts, balances: [kept] }))
    const transfers = yield* book(
      day1,
      { amount },
      { amount: sum, kind: "payout", debit: ann, credit: Account.cash, cause: { _tag: "Closed", event: 1 } }
    )
    const topTask = { id: Data.taskId("dear"), title: "Mend it", total: amount }
    yield* put((tx) => ({ closed: [BillingKit.closed(tx, day1, { totals, topTask })], head: { totals, topTask } }))
    const store = yield* BillingStore
    const { head } = yield* store.transact((tx) => Effect.succeed(tx))
    same([head.totals, head.topTask], [totals, topTask], "the head's totals and top task")
    same((yield* store.prices({ tasks: [priced.task] }, BillingKit.all)).rows, [priced], "the price")
    same((yield* store.transfers({}, BillingKit.all)).rows, transfers, "the transfers")
    same((yield* store.accounts({}, BillingKit.all)).rows, accounts.toReversed(), "the accounts")
    same((yield* store.balances(day1, BillingKit.all)).rows, [kept], "the balances")
    const [row] = (yield* store.closed({}, BillingKit.all)).rows
    same([row?.totals, row?.topTask], [totals, topTask], "the totals and the top task of a closed period")
    const { fees, inTheRed, popugs } = yield* store.sums
    const sums = [{ debits: sum, credits: sum - 1n }, { debits: sum - 2n, credits: sum }, 1]
    same([popugs, fees, inTheRed], sums, "the sums")
  })
}

export const billingStore = Suite.make("BillingStore", {
  ...transactions(kit),
  ...heads(kit),
  ...opening(kit),
  ...commands(kit),
  ...ahead(kit),
  ...refusals,
  ...oddities,
  ...loads,
  ...proofs,
  ...shuffles,
  ...books,
  ...journals,
  ...reads
})
