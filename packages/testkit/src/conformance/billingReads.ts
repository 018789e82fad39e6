/**
 * What `BillingStore` reads outside a transaction: lists, sums and rows by their ids.
 */
import { Account, BillingStore, type Transfer, type TransferFilter } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, close, correction, cyd, day1, day2, day3, kit, price, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { open } from "./Kit.ts"

const zero = { debits: 0n, credits: 0n }
const byAccount = (balance: Account.PeriodBalance) => balance.account
const byPeriod = (row: { readonly period: Account.PeriodBalance["period"] }) => row.period
const byNumber = (transfer: Transfer.Transfer) => transfer.number

/** Three days of transfers, 1-7. */
const journal = Effect.gen(function* () {
  yield* open(kit)
  const first = yield* book(day1, { debit: ann }, { debit: bob }, { debit: ann })
  const second = yield* book(day2, { debit: bob })
  const third = yield* book(day3, { debit: ann }, { kind: "award", debit: Account.awards, credit: bob }, { debit: ann })
  return { store: yield* BillingStore, transfers: [...first, ...second, ...third] }
})

export const reads = {
  "lists transfers by number, in pages without gaps or doubles": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    for (const limit of [1, 3, 7, 100]) {
      same(yield* Data.allPages(byNumber, limit, (paging) => store.transfers({}, paging)), transfers, `by ${limit}`)
    }
  }),

  "lists exactly the transfers of an account and of a range of periods": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    for (const account of [ann, bob, Account.fees, Account.cash, undefined]) {
      for (const [from, to] of [
        [undefined, day1],
        [day2, day2],
        [day2, undefined],
        [day1, day3],
        [day3, day1]
      ] as const) {
        const filter = { ...(account && { account }), ...(from && { from }), ...(to && { to }) }
        same(
          yield* Data.allPages(byNumber, 2, (paging) => store.transfers(filter, paging)),
          transfers.filter(
            ({ credit, debit, period }) =>
              (account === undefined || account === debit || account === credit) &&
              (from === undefined || period >= from) &&
              (to === undefined || period <= to)
          ),
          JSON.stringify(filter)
        )
      }
    }
  }),

  "lists exactly the transfers of a task with all that corrects them, whatever its id": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* BillingStore
    const uuid = "019ab5c4-9e22-7b1a-8c40-6f1d2a3b4c5d"
    const fee = (task: string, assignment: number, debit: Account.AccountId): Partial<Transfer.Transfer> => ({
      debit,
      cause: { _tag: "Assigned", event: 1, task: Data.taskId(task), title: "Mend it", assignment }
    })
    const award = (task: string) => ({ kind: "award", debit: Account.awards, credit: bob, task }) as const
    const first = yield* book(day1, fee(uuid, 1, ann), fee("roof", 1, ann), fee(uuid, 3, bob), fee("roof-2", 1, ann))
    const second = yield* book(day2, correction(1, 1), correction(5, 1, true), award(uuid), award("roof"))
    const third = yield* book(day3, fee("roof", 2, bob), fee("roo", 1, bob), correction(8, 1))
    const transfers = [...first, ...second, ...third]
    const list = (filter: Omit<TransferFilter, "task">, task: string, limit: number) =>
      Effect.map(
        Data.allPages(byNumber, limit, (paging) => store.transfers({ ...filter, task: Data.taskId(task) }, paging)),
        (rows) => {
          same(
            rows,
            rows.map(({ number }) => transfers[number - 1]),
            "the transfers"
          )
          return rows.map(byNumber)
        }
      )
    for (const limit of [1, 2, 100]) {
      same(yield* list({}, uuid, limit), [1, 3, 5, 6, 7], "the transfers of a UUID")
      same(yield* list({}, "roof", limit), [2, 8, 9, 11], "the transfers of a name")
    }
    same(yield* list({ account: ann }, uuid, 2), [1, 5, 6], "those of one account")
    same(yield* list({ from: day2, to: day2 }, "roof", 2), [8], "those of one day")
    same(yield* list({ numbers: [1, 2, 7] }, uuid, 2), [1, 7], "those of some numbers")
    same(yield* list({}, "nothing", 2), [], "the transfers of a task that is not there")
    same(yield* list({}, uuid.replace("019", "018"), 2), [], "the transfers of a UUID that is not there")
  }),

  "lists exactly the transfers of some numbers": Effect.gen(function* () {
    const { store, transfers } = yield* journal
    const list = (numbers: ReadonlyArray<number>, limit: number) =>
      Effect.map(
        Data.allPages(byNumber, limit, (paging) => store.transfers({ numbers }, paging)),
        (rows) => rows.map(byNumber)
      )
    same(yield* list([7, 2, 2, 100, 4], 2), [2, 4, 7], "some of the transfers")
    same(yield* list([], 2), [], "none of them")
    same(yield* list(transfers.map(byNumber), 3), transfers.map(byNumber), "all of them")
    const of = { account: bob, from: day2, numbers: [1, 2, 4, 6] }
    same((yield* store.transfers(of, BillingKit.all)).rows.map(byNumber), [4, 6], "those of an account from a day on")
  }),

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
