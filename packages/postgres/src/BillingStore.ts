/**
 * `BillingStore` on Postgres.
 */
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  initialBillingHead,
  Ledger,
  type RowCounts
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as AccountNumbers from "./billing/AccountNumbers.ts"
import * as Accounts from "./billing/Accounts.ts"
import { besideOf } from "./billing/beside.ts"
import * as ClosedPeriods from "./billing/ClosedPeriods.ts"
import { codec } from "./billing/head.ts"
import * as Holders from "./billing/Holders.ts"
import * as Journal from "./billing/Journal.ts"
import * as Prices from "./billing/Prices.ts"
import * as Shuffles from "./billing/Shuffles.ts"
import * as Transfers from "./billing/Transfers.ts"
import * as Commands from "./Commands.ts"
import type { CompanyDatabase } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Opening from "./Opening.ts"
import { lastOf } from "./pages.ts"
import { transact } from "./transact.ts"

const counted = ["transfers", "prices", "accounts", "balances", "closed_periods", "shuffles", "holders"] as const

/** Counts the rows of every table. */
const rowCounts = (db: CompanyDatabase) =>
  Effect.map(
    db.query<{ readonly [Table in (typeof counted)[number]]: bigint }>(
      `select ${counted.map((table) => `(select count(*) from ${db.schema}.${table} where company = $1) as ${table}`).join(", ")}`,
      [db.company]
    ),
    ([row]): RowCounts => ({
      transfers: Number(row!.transfers),
      prices: Number(row!.prices),
      accounts: Number(row!.accounts),
      balances: Number(row!.balances),
      closed: Number(row!.closed_periods),
      shuffles: Number(row!.shuffles),
      holders: Number(row!.holders)
    })
  )

export const make = (db: CompanyDatabase): BillingStore["Service"] => {
  const accounts = Accounts.make(db)
  const closed = ClosedPeriods.make(db)
  const shuffles = Shuffles.make(db)
  const journal = Journal.make(db)
  const numbers = AccountNumbers.make(db)
  const insertTransfers = Transfers.writer(db)
  const prices = Prices.make(db)
  const holders = Holders.make(db)

  const load = Effect.fnUntraced(function* (query: BillingQuery, { period }: BillingHead) {
    const loaded = yield* accounts.load(query.accounts, query.moved, period)
    return {
      ...loaded,
      prices: yield* prices.ofTasks(query.prices),
      booked: yield* journal.booked(query.causes),
      transfers: yield* journal.withCorrections(query.transfers)
    }
  })

  const write = (changes: BillingChanges, known: AccountNumbers.Numbers) => [
    ...insertTransfers(changes.transfers, known),
    ...prices.insert(changes.prices),
    ...accounts.put(lastOf(changes.accounts, ({ id }) => id)),
    ...accounts.putBalances(lastOf(changes.balances, ({ account, period }) => `${period}/${account}`)),
    ...holders.put(lastOf(changes.holders, ({ id }) => id)),
    ...closed.insert(changes.closed),
    ...shuffles.insert(changes.shuffles)
  ]

  return BillingStore.of({
    open: (company) => Opening.open(db, codec, company, initialBillingHead),
    adopt: (company) => Opening.adopt(db, codec, company, initialBillingHead),
    forgetCommands: Commands.forget(db, "billing"),
    ...transact({
      db,
      source: "billing",
      codec,
      begin: numbers.begin,
      committed: numbers.committed,
      load,
      beside: besideOf(db),
      refuses: (changes, head) => Ledger.follows(head, changes),
      prepare: ({ transfers }, known) => numbers.learn(known, transfers.map(Transfers.popugOf)),
      write,
      more: (isOver): Pick<BillingTransaction, "evidence" | "moves"> => ({
        moves: (number) =>
          Effect.suspend(() => (isOver() ? Effect.fail(conflict("the transaction is over")) : journal.moves(number)))
      })
    }),
    accounts: accounts.list,
    sums: accounts.sums,
    balances: accounts.ofPeriod,
    balancesOf: accounts.ofAccount,
    balancesUpTo: accounts.upTo,
    transfers: journal.list,
    prices: prices.list,
    rows: rowCounts(db),
    holders: holders.ofUsers,
    closed: closed.list,
    shuffles: shuffles.list
  })
}
