/**
 * The promises of `BillingStore`.
 */
import { Account, type BillingChanges, BillingStore, Money, type Transfer } from "@popug/core"
import * as Effect from "effect/Effect"
import { ahead } from "./ahead.ts"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, close, cyd, day1, day2, day3, kit, price, put } from "./BillingKit.ts"
import { oddities } from "./billingOddities.ts"
import { proofs } from "./billingProof.ts"
import { loads, refusals } from "./billingRules.ts"
import { shuffles } from "./billingShuffles.ts"
import { commands } from "./commands.ts"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
import { heads } from "./heads.ts"
import { open } from "./Kit.ts"
import { opening } from "./opening.ts"
import * as Suite from "./Suite.ts"
import { transactions } from "./transactions.ts"

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

const reads = {
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
  }),

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
  ...reads
})
