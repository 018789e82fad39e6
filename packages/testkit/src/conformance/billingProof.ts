/**
 * What `BillingStore` says of its own rows: what a close and a verification are proved with.
 */
import { Account, BillingStore, type Moved, type Pricing } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, close, correction, cyd, day1, day2, emptyQuery, kit, price, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { open } from "./Kit.ts"

const moves = (after: number) => kit.transact((tx) => tx.moves(after))

const moved = (
  [debit, credit]: readonly [Account.AccountId, Account.AccountId],
  amount: bigint,
  change: Partial<Moved> = {}
): Moved => ({ period: day1, kind: "fee", debit, credit, reversed: false, transfers: 1, amount, ...change })

export const proofs = {
  "sums the transfers above a number by accounts, kind, period and direction": Effect.gen(function* () {
    yield* open(kit)
    same(yield* moves(0), { sums: [], last: 0 }, "an empty journal")
    yield* book(
      day1,
      { debit: ann, amount: 10n },
      { debit: ann, amount: 9_007_199_254_740_993n },
      { debit: bob, amount: 7n },
      { kind: "award", debit: Account.awards, credit: ann, amount: 30n },
      { ...correction(1, 1), amount: 10n },
      { ...correction(5, 1, true), amount: 10n }
    )
    yield* book(day2, { debit: ann, amount: 40n, task: "later" })
    // What is kept of balances is not what is asked for.
    yield* put(() => ({
      accounts: [BillingKit.account(ann, 1n, 2n), BillingKit.account(cyd, 3n, 4n)],
      balances: [BillingKit.balance(ann, day2)]
    }))
    const last = 7
    const all = yield* moves(0)
    sameSet(
      all.sums,
      [
        moved([ann, Account.fees], 9_007_199_254_741_013n, { transfers: 3 }),
        moved([bob, Account.fees], 7n),
        moved([Account.awards, ann], 30n, { kind: "award" }),
        moved([Account.fees, ann], 10n, { reversed: true }),
        moved([ann, Account.fees], 40n, { period: day2 })
      ],
      "all sums"
    )
    same(all.last, last, "the last transfer")
    sameSet(
      (yield* moves(4)).sums,
      [
        moved([Account.fees, ann], 10n, { reversed: true }),
        moved([ann, Account.fees], 10n),
        moved([ann, Account.fees], 40n, { period: day2 })
      ],
      "sums above 4"
    )
    same(yield* moves(last), { sums: [], last }, "beyond the journal")
  }),

  "lists recorded prices by their event, in pages": Effect.gen(function* () {
    yield* open(kit)
    const prices = ["p1", "p2", "p3", "p4", "p5"].map((task) => price(task, 10n ** 15n))
    yield* put(() => ({ prices: prices.slice(3) }))
    yield* put(() => ({ prices: prices.slice(0, 3) }))
    const store = yield* BillingStore
    for (const limit of [1, 2, 10]) {
      same(
        yield* Data.allPages(
          (row: Pricing.Price) => row.event,
          limit,
          (paging) => store.prices({}, paging)
        ),
        prices,
        `by ${limit}`
      )
    }
    const some = { tasks: ["p5", "nobody's", "p2", "p1"].map(Data.taskId) }
    same((yield* store.prices(some, { limit: 2 })).rows, [prices[0], prices[1]], "the first prices of some tasks")
    same((yield* store.prices(some, { after: prices[1]!.event, limit: 2 })).rows, [prices[4]], "those after them")
    same((yield* store.prices({ tasks: [] }, BillingKit.all)).rows, [], "the prices of no tasks")
  }),

  "counts its rows of each kind": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* BillingStore
    same(
      yield* store.rows,
      { transfers: 0, prices: 0, accounts: 0, balances: 0, closed: 0, shuffles: 0, holders: 0 },
      "empty books"
    )
    yield* book(day1, {}, {}, {})
    yield* put(() => ({
      prices: [price("a"), price("b")],
      accounts: [BillingKit.account(ann, 1n, 0n), BillingKit.account(Account.fees, 0n, 1n)],
      balances: [BillingKit.balance(ann, day1)],
      holders: [{ id: Data.userId("ann"), name: "Ann", status: "active" }]
    }))
    yield* put(() => ({ accounts: [BillingKit.account(ann, 2n, 0n)], balances: [BillingKit.balance(ann, day2)] }))
    yield* close(day1)
    yield* put(() => ({ shuffles: [4, 5, 7, 8].map((event) => BillingKit.shuffle(event, day2)) }))
    same(
      yield* store.rows,
      { transfers: 3, prices: 2, accounts: 2, balances: 2, closed: 1, shuffles: 4, holders: 1 },
      "counts"
    )
  }),

  "sums nothing for a transaction that is over": Effect.gen(function* () {
    yield* open(kit)
    const { late } = yield* kit.transact((tx) => Effect.succeed({ late: tx.moves(0) }))
    same((yield* Effect.flip(late)).reason, "Conflict", "sums asked for too late")
    same((yield* kit.transact((tx) => tx.load(emptyQuery))).transfers, [], "transfers")
  })
}
