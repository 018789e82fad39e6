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

  "tells at once what it tells part by part of what a close is proved with": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* BillingStore
    const asked = { ...emptyQuery, accounts: [Account.fees, Account.awards, Account.cash], moved: true }
    const told = kit.transact((tx) =>
      Effect.gen(function* () {
        const evidence = yield* tx.evidence ?? Effect.succeed(undefined)
        const { period } = tx.head
        const closed = period === null ? [] : (yield* store.closed({ from: day1 }, BillingKit.all)).rows
        const last = closed.findLast((row) => period !== null && row.period < period)
        return { evidence, period, closed, last }
      })
    )
    const compare = Effect.fnUntraced(function* (what: string) {
      const { closed, evidence, last } = yield* told
      // Read under the head, as a store does that has it not at once.
      const parts = yield* kit.transact((tx) =>
        Effect.gen(function* () {
          const { accounts, balances } = yield* tx.load(asked)
          return { accounts, balances, moves: yield* tx.moves(last?.lastTransfer ?? 0) }
        })
      )
      if (evidence === undefined) return
      const ids = [...new Set([...asked.accounts, ...parts.balances.map(({ account }) => account)])]
      same(evidence.closed, closed, `${what}: closed`)
      const sealed = last === undefined ? [] : (yield* store.balances(last.period, BillingKit.all)).rows
      same(evidence.sealed, sealed, `${what}: sealed`)
      const before = last === undefined ? [] : yield* store.balancesUpTo(ids, last.period)
      sameSet(evidence.before, before, `${what}: before`)
      sameSet(evidence.accounts, parts.accounts, `${what}: accounts`)
      sameSet(evidence.balances, parts.balances, `${what}: balances`)
      sameSet(evidence.moves.sums, parts.moves.sums, `${what}: sums of transfers`)
      const { inTheRed: _, ...sums } = yield* store.sums
      const { awards, cash, fees, popugs } = evidence.sums
      same({ popugs, fees, awards, cash }, sums, `${what}: sums of accounts`)
      const { number } = yield* store.head
      same([evidence.moves.last, evidence.last], [parts.moves.last, number], `${what}: ends`)
    })
    yield* compare("nothing yet")
    yield* book(day1, { debit: ann, amount: 9_007_199_254_740_993n }, { debit: bob, amount: 7n })
    yield* put(() => ({
      accounts: [BillingKit.account(ann, 9_007_199_254_740_993n, 0n), BillingKit.account(bob, 7n, 0n)],
      balances: [BillingKit.balance(ann, day1, { debits: 9_007_199_254_740_993n }), BillingKit.balance(bob, day1)]
    }))
    yield* compare("a first day")
    yield* close(day1)
    yield* book(day2, { debit: ann, amount: 40n, task: "later" }, { ...correction(2, 1), amount: 7n })
    yield* put(() => ({
      accounts: [BillingKit.account(ann, 2n ** 62n, 3n), BillingKit.account(Account.fees, 0n, 50n)],
      balances: [BillingKit.balance(ann, day2, { opening: -(2n ** 60n) }), BillingKit.balance(Account.fees, day2)]
    }))
    yield* compare("a second day")
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
