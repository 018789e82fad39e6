/**
 * What `BillingStore` reads outside a transaction: lists, sums and rows by their ids. The journal is another matter.
 */
import { Account, BillingStore, type PeriodRange } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, close, cyd, day1, day2, day3, kit, price, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { open } from "./Kit.ts"

const zero = { debits: 0n, credits: 0n }
const byAccount = (balance: Account.PeriodBalance) => balance.account
const byPeriod = (row: { readonly period: Account.PeriodBalance["period"] }) => row.period

export const reads = {
  "gets those of the accounts that were opened": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ accounts: [BillingKit.account(ann, 1n, 2n), BillingKit.account(Account.fees, 2n, 1n)] }))
    yield* put(() => ({ accounts: [BillingKit.account(ann, 10n, 20n)] }))
    const store = yield* BillingStore
    const asked = { ids: [ann, ann, bob, Account.fees] }
    const [fees, anns] = [BillingKit.account(Account.fees, 2n, 1n), BillingKit.account(ann, 10n, 20n)]
    same((yield* store.accounts(asked, BillingKit.all)).rows, [fees, anns], "the accounts, each once")
    same(yield* store.accounts(asked, { limit: 1 }), { rows: [fees], more: true }, "the first of them")
    same(yield* store.accounts(asked, { after: fees.id, limit: 1 }), { rows: [anns], more: false }, "the next of them")
    same((yield* store.accounts({ ids: [] }, BillingKit.all)).rows, [], "none of the accounts")
    yield* put(() => ({ accounts: [BillingKit.account(bob, 5n, 0n), BillingKit.account(Account.awards, 5n, 0n)] }))
    same(
      (yield* store.accounts({ ids: [ann, bob, Account.awards], inTheRed: true }, BillingKit.all)).rows.map(
        ({ id }) => id
      ),
      [bob],
      "those of them in the red"
    )
  }),

  "lists accounts by id in byte order, all or the popugs' below zero": Effect.gen(function* () {
    yield* open(kit)
    const own = [Account.cash, Account.fees].map((id) => BillingKit.account(id, 9n, 0n))
    const accounts = ["10", "9", "A", "a", "b", "z"].map((id, index) =>
      BillingKit.account(Account.popug(id), BigInt(index % 3), 1n)
    )
    yield* put(() => ({ accounts: accounts.toReversed() }))
    yield* put(() => ({ accounts: own }))
    const store = yield* BillingStore
    const list = (filter: { readonly inTheRed?: boolean }, limit: number) =>
      Data.allPages(
        (account: Account.Account) => account.id,
        limit,
        (paging) => store.accounts(filter, paging)
      )
    for (const limit of [1, 4, 6, 100]) same(yield* list({}, limit), [...own, ...accounts], `pages of ${limit}`)
    same(yield* list({ inTheRed: false }, 3), [...own, ...accounts], "a filter that is off")
    const red = accounts.filter((account) => Account.balance(account) < 0n)
    same([red.length, yield* list({ inTheRed: true }, 1)], [2, red], "the accounts in the red")
    // Out of the red, and into it.
    yield* put(() => ({
      accounts: [
        { ...red[0]!, credits: 2n },
        { ...accounts[0]!, debits: 5n }
      ]
    }))
    same(
      (yield* list({ inTheRed: true }, 10)).map(({ id }) => id),
      ["popug:10", "popug:z"],
      "the accounts in the red afterwards"
    )
  }),

  "sums the accounts of each kind and counts those in the red": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* BillingStore
    same(
      yield* store.sums,
      { popugs: zero, fees: zero, awards: zero, cash: zero, inTheRed: 0 },
      "the sums of empty books"
    )
    yield* put(() => ({
      accounts: [
        BillingKit.account(ann, 10n, 3n),
        BillingKit.account(bob, 5n, 20n),
        BillingKit.account(Account.fees, 0n, 15n),
        BillingKit.account(Account.awards, 23n, 0n)
      ]
    }))
    yield* put(() => ({
      accounts: [
        BillingKit.account(ann, 10n, 10n),
        BillingKit.account(bob, 30n, 20n),
        BillingKit.account(cyd, 1n, 0n),
        BillingKit.account(Account.cash, 0n, 25n)
      ]
    }))
    same(
      yield* store.sums,
      {
        popugs: { debits: 41n, credits: 30n },
        fees: { debits: 0n, credits: 15n },
        awards: { debits: 23n, credits: 0n },
        cash: { debits: 0n, credits: 25n },
        inTheRed: 2
      },
      "the sums"
    )
  }),

  "returns the balances of a period by account, in pages": Effect.gen(function* () {
    yield* open(kit)
    const rows = [day1, day2, day3].flatMap((period, index) =>
      [ann, bob, cyd].slice(index).map((id) => BillingKit.balance(id, period, { opening: BigInt(index) }))
    )
    for (const period of [day1, day2, day3]) {
      yield* put(() => ({
        balances: rows.filter((row) => row.period === period).map((row) => ({ ...row, debits: 0n }))
      }))
      yield* put(() => ({ balances: rows.filter((row) => row.period === period).toReversed() }))
    }
    const store = yield* BillingStore
    for (const limit of [1, 2, 10]) {
      for (const period of [day1, day2, day3, Data.period("2026-03-04")]) {
        same(
          yield* Data.allPages(byAccount, limit, (paging) => store.balances(period, paging)),
          rows.filter((row) => row.period === period),
          `the balances of ${period}`
        )
      }
    }
  }),

  "lists the balances of an account by period, in a range and in pages": Effect.gen(function* () {
    yield* open(kit)
    const day4 = Data.period("2026-03-09")
    const days = [day1, day2, day3, day4]
    const rows = [ann, bob].flatMap((id, index) =>
      days.slice(index).map((period, place) => BillingKit.balance(id, period, { opening: BigInt(place) }))
    )
    for (const period of days) yield* put(() => ({ balances: rows.filter((row) => row.period === period) }))
    const store = yield* BillingStore
    const of = (account: Account.AccountId) => rows.filter((row) => row.account === account)
    const list = (account: Account.AccountId, range: PeriodRange<typeof day1>, limit: number) =>
      Data.allPages(byPeriod, limit, (paging) => store.balancesOf(account, range, paging))
    for (const limit of [1, 2, 10]) {
      for (const account of [ann, bob, cyd]) same(yield* list(account, {}, limit), of(account), `all of ${account}`)
      same(yield* list(ann, { from: day2 }, limit), of(ann).slice(1), "those from a day on")
      same(yield* list(ann, { to: day2 }, limit), of(ann).slice(0, 2), "those up to a day")
      same(yield* list(bob, { from: day1, to: day3 }, limit), of(bob).slice(0, 2), "those of a range")
      same(yield* list(ann, { from: Data.period("2026-04-01") }, limit), [], "those of a range without any")
    }
  }),

  "returns the last balance of accounts up to a period": Effect.gen(function* () {
    yield* open(kit)
    const rows = [BillingKit.balance(ann, day1), BillingKit.balance(bob, day2), BillingKit.balance(ann, day3)]
    for (const row of rows) yield* put(() => ({ balances: [row] }))
    const store = yield* BillingStore
    const upTo = (period: typeof day1) => store.balancesUpTo([ann, bob, cyd], period)
    sameSet(yield* upTo(Data.period("2026-02-28")), [], "balances up to a day before all")
    sameSet(yield* upTo(day1), [rows[0]], "balances up to the first day")
    sameSet(yield* upTo(day2), [rows[0], rows[1]], "balances up to the second day")
    sameSet(yield* upTo(Data.period("2027-01-01")), [rows[1], rows[2]], "balances up to today")
  }),

  "returns recorded prices and holders": Effect.gen(function* () {
    yield* open(kit)
    const holder = (id: string, name: string) => ({ id: Data.userId(id), name, status: "active" as const })
    yield* put(() => ({
      prices: [price("a"), price("b")],
      holders: [holder("ann", "Ann"), holder("bob", "Bob")]
    }))
    yield* put(() => ({ holders: [{ ...holder("ann", "Anna"), status: "deactivated" }] }))
    const store = yield* BillingStore
    same((yield* store.prices({ tasks: ["b", "c"].map(Data.taskId) }, BillingKit.all)).rows, [price("b")], "the prices")
    sameSet(
      yield* store.holders(["ann", "bob", "cyd"].map(Data.userId)),
      [{ ...holder("ann", "Anna"), status: "deactivated" }, holder("bob", "Bob")],
      "the holders"
    )
  }),

  "lists closed periods by date, in a range and in pages": Effect.gen(function* () {
    yield* open(kit)
    yield* close(day1, day2, day3)
    const store = yield* BillingStore
    const list = (filter: { from?: typeof day1; to?: typeof day1 }, limit: number) =>
      Effect.map(
        Data.allPages(byPeriod, limit, (paging) => store.closed(filter, paging)),
        (rows) => rows.map(byPeriod)
      )
    for (const limit of [1, 2, 10]) {
      same(yield* list({}, limit), [day1, day2, day3], "all closed periods")
      same(yield* list({ from: day2 }, limit), [day2, day3], "closed periods from a day on")
      same(yield* list({ to: day2 }, limit), [day1, day2], "closed periods up to a day")
      same(yield* list({ from: day2, to: day2 }, limit), [day2], "the closed period of a day")
      same(yield* list({ from: Data.period("2026-04-01") }, limit), [], "closed periods of a range without any")
    }
    const expected = yield* kit.transact((tx) => Effect.succeed(BillingKit.closed(tx, day1)))
    const [row] = (yield* store.closed({}, { limit: 1 })).rows
    same({ ...row, closedAt: expected.closedAt }, expected, "the row of a closed period")
  })
}
