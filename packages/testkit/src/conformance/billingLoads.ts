/**
 * What a commit loads from `BillingStore`.
 */
import { Account } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, correction, cyd, day1, day2, emptyQuery, kit, price, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { open } from "./Kit.ts"

const load = (query: Partial<typeof emptyQuery>) => kit.transact((tx) => tx.load({ ...emptyQuery, ...query }))

export const loads = {
  "loads the transfers booked for causes": Effect.gen(function* () {
    yield* open(kit)
    const transfers = yield* book(day1, { task: "a" }, { task: "b" }, { task: "c" })
    sameSet(
      (yield* load({ causes: ["fee/c/1", "fee/a/1", "fee/a/2", "award/a"] })).booked,
      [transfers[0], transfers[2]],
      "the transfers of two causes"
    )
    same((yield* load({})).booked, [], "the transfers of no cause")
  }),
  "loads recorded prices": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ prices: [price("a"), price("b", 1_111n)] }))
    sameSet((yield* load({ prices: ["b", "nobody's"].map(Data.taskId) })).prices, [price("b", 1_111n)], "the prices")
  }),
  "loads transfers with all that corrects them, and corrects that": Effect.gen(function* () {
    yield* open(kit)
    const transfers = yield* book(
      day1,
      { task: "a" },
      { task: "b" },
      correction(1, 1),
      correction(2, 1),
      correction(3, 1, true),
      correction(1, 2)
    )
    const of = (...numbers: ReadonlyArray<number>) => numbers.map((number) => transfers[number - 1])
    sameSet((yield* load({ transfers: [1] })).transfers, of(1, 3, 5, 6), "transfer 1 with its corrections")
    sameSet((yield* load({ transfers: [2, 4] })).transfers, of(2, 4), "transfers 2 and 4")
    sameSet((yield* load({ transfers: [3] })).transfers, of(3, 5), "correction 3 and what undoes it")
    sameSet((yield* load({ transfers: [99] })).transfers, [], "a transfer that is not there")
  }),
  "loads accounts with their balances of the open period": Effect.gen(function* () {
    yield* open(kit)
    const accounts = [
      BillingKit.account(ann, 10n, 3n),
      BillingKit.account(bob, 0n, 9n),
      BillingKit.account(Account.fees, 0n, 10n)
    ]
    yield* put(() => ({
      head: { period: day1 },
      accounts,
      balances: [BillingKit.balance(ann, day1), BillingKit.balance(bob, day1)]
    }))
    yield* put(() => ({ head: { period: day2 }, balances: [BillingKit.balance(ann, day2, { opening: 5n })] }))
    const loaded = yield* load({ accounts: [ann, bob, cyd] })
    sameSet(loaded.accounts, accounts.slice(0, 2), "the accounts")
    sameSet(loaded.balances, [BillingKit.balance(ann, day2, { opening: 5n })], "the open period's balances")
  }),
  "loads exactly the accounts that moved in the open period": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({
      head: { period: day1 },
      accounts: [BillingKit.account(ann, 1n, 2n), BillingKit.account(bob, 3n, 4n)],
      balances: [BillingKit.balance(ann, day1), BillingKit.balance(bob, day1)]
    }))
    sameSet(
      (yield* load({ moved: true })).balances,
      [BillingKit.balance(ann, day1), BillingKit.balance(bob, day1)],
      "what moved on the first day"
    )
    yield* put(() => ({
      head: { period: day2 },
      accounts: [BillingKit.account(bob, 5n, 6n), BillingKit.account(cyd, 0n, 1n)],
      balances: [BillingKit.balance(bob, day2), BillingKit.balance(cyd, day2)]
    }))
    const loaded = yield* load({ moved: true, accounts: [ann, bob] })
    sameSet(
      loaded.balances,
      [BillingKit.balance(bob, day2), BillingKit.balance(cyd, day2)],
      "the balances that moved on the second day, and no others"
    )
    sameSet(
      loaded.accounts,
      [BillingKit.account(ann, 1n, 2n), BillingKit.account(bob, 5n, 6n), BillingKit.account(cyd, 0n, 1n)],
      "the accounts that moved on the second day, and those named"
    )
    yield* put(() => ({ head: { period: BillingKit.day3 } }))
    same((yield* load({ moved: true })).balances, [], "what moved on a day without transfers")
  })
}
