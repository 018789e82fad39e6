/**
 * The rows of statements and of the audit log with all that one needs to read them: what a correction corrects, and
 * what the account comes to after each.
 */
import * as Effect from "effect/Effect"
import type { Period, PeriodRange } from "../values/BusinessDay.ts"
import type { OrderedPaging, Page } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import * as Transfer from "./books/Transfer.ts"
import { looked } from "./Reading.ts"
import type { Corrected, Statement, StatementEntry } from "./View.ts"

type Store = BillingStore["Service"]

/** The number of the transfer that one corrects; null for what is no correction. */
const correctedBy = ({ cause }: Pick<Transfer.Transfer, "cause">): number | null =>
  cause._tag === "Corrected" ? cause.corrects : null

/** What the corrections among some transfers correct, found in one read. */
export const correctedOf = Effect.fnUntraced(function* (
  store: Store,
  transfers: ReadonlyArray<Pick<Transfer.Transfer, "cause">>
) {
  const numbers = [...new Set(transfers.map(correctedBy))].filter((number) => number !== null)
  if (numbers.length === 0) return () => null
  const { rows } = yield* store.transfers({ numbers }, { limit: numbers.length })
  const found = new Map(
    rows.map((row): [number, Corrected] => [
      row.number,
      { transfer: row.number, period: row.period, amount: Transfer.signed(row), recordedAt: row.recordedAt }
    ])
  )
  return (transfer: Pick<Transfer.Transfer, "cause">): Corrected | null => found.get(correctedBy(transfer) ?? 0) ?? null
})

/** How many rows are read at a time. */
const pageSize = 1_000

/** The balance before a transfer: what its day opened with, and what was booked on that day until then. */
const balanceBefore = Effect.fnUntraced(function* (
  store: Store,
  account: Account.AccountId,
  { number, period }: Transfer.Transfer
): Effect.fn.Return<bigint, StoreError> {
  const [kept] = yield* store.balancesUpTo([account], period)
  if (kept === undefined) return 0n
  if (kept.period !== period) return Account.closing(kept)
  let balance = kept.opening
  let after: number | undefined
  for (;;) {
    const page = yield* store.transfers({ account, from: period, to: period }, { after, limit: pageSize })
    for (const row of page.rows) {
      if (row.number >= number) return balance
      balance += Transfer.signed(row)
    }
    if (!page.more) return balance
    after = page.rows.at(-1)!.number
  }
})

/** What an account began and ended a range of periods with, and what moved it in between. */
interface Kept {
  readonly opening: bigint
  readonly closing: bigint
  readonly totals: Statement["totals"]
  /** The last of the balances that this is made of; none where the account had not moved by then. */
  readonly last: Account.PeriodBalance | undefined
}

type Range = Required<PeriodRange<Period>>

/** Tells a range by the balances that are kept: of its own days, or of the last one before it. */
const keptOf = Effect.fnUntraced(function* (
  store: Store,
  account: Account.AccountId,
  range: Range
): Effect.fn.Return<Kept, StoreError> {
  const totals = { fees: 0n, awards: 0n, payouts: 0n }
  let first: Account.PeriodBalance | undefined
  let last: Account.PeriodBalance | undefined
  for (let more = range.from <= range.to; more;) {
    const page: Page<Account.PeriodBalance> = yield* store.balancesOf(account, range, {
      after: last?.period,
      limit: pageSize
    })
    for (const row of page.rows) {
      first ??= row
      last = row
      totals.fees += row.fees
      totals.awards += row.awards
      totals.payouts += row.payouts
    }
    more = page.more
  }
  if (first !== undefined && last !== undefined) {
    return { opening: first.opening, closing: Account.closing(last), totals, last }
  }
  const [before] = yield* store.balancesUpTo([account], range.from)
  // It may have moved in the range since that was read, and will be seen to.
  const isOfRange = before !== undefined && before.period >= range.from
  const balance = before === undefined ? 0n : isOfRange ? before.opening : Account.closing(before)
  return { opening: balance, closing: balance, totals, last: isOfRange ? undefined : before }
})

/** Whether nothing was booked between two readings of a balance: both of its sums only grow. */
const isSame = (a: Account.PeriodBalance | undefined, b: Account.PeriodBalance | undefined): boolean =>
  a?.period === b?.period && a?.debits === b?.debits && a?.credits === b?.credits

/** An account over a range: the entries that are sought, or all, each with the balance after it. */
export const statement = Effect.fnUntraced(function* (
  store: Store,
  account: Account.AccountId,
  range: Range,
  paging: OrderedPaging<number>,
  sought: Transfer.Sought | undefined
): Effect.fn.Return<Statement, StoreError> {
  const { last: kept, ...ends } = yield* keptOf(store, account, range)
  let first: Transfer.Transfer | undefined
  let last: Transfer.Transfer | undefined
  let moved = 0n
  /** What all up to each of the rows had moved when it was looked at. */
  const movedBy: Array<bigint> = []
  const page = yield* looked(store, { account, ...range }, paging, sought, (transfer, isWanted) => {
    first ??= transfer
    last = transfer
    moved += Transfer.signed(transfer)
    if (isWanted) movedBy.push(moved)
  })
  const isDown = paging.order === "newest"
  /** The balance where the looking began. */
  const start = Effect.gen(function* () {
    if (!isDown) return yield* balanceBefore(store, account, first!)
    if (paging.after === undefined) {
      // The end of the range, unless something was booked since it was read.
      const [now] = yield* store.balancesUpTo([account], range.to)
      if (isSame(now, kept)) return ends.closing
    }
    return moved + (yield* balanceBefore(store, account, last!))
  })
  const began = first === undefined ? 0n : yield* start
  const corrected = yield* correctedOf(store, page.rows)
  const entries = page.rows.map((transfer, index): StatementEntry => {
    const by = movedBy[index]!
    return {
      ...transfer,
      balance: isDown ? began - by + Transfer.signed(transfer) : began + by,
      task: Transfer.taskOf(transfer.cause),
      corrected: corrected(transfer)
    }
  })
  return { account, ...range, ...ends, transfers: { ...page, rows: entries } }
})
