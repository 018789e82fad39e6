/**
 * The rows of statements and of the audit log with all that one needs to read them: what a correction corrects, and
 * what the account comes to after each.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import * as Transfer from "./books/Transfer.ts"
import type { Corrected, StatementEntry } from "./View.ts"

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

/** How many transfers are read at a time on the way to the first of a page. */
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

/** The entries of an account that follow one another: each with the balance after it. */
export const entries = Effect.fnUntraced(function* (
  store: Store,
  account: Account.AccountId,
  transfers: ReadonlyArray<Transfer.Transfer>
) {
  const [first] = transfers
  if (first === undefined) return []
  const corrected = yield* correctedOf(store, transfers)
  let balance = yield* balanceBefore(store, account, first)
  return transfers.map((transfer): StatementEntry => {
    balance += Transfer.signed(transfer)
    return { ...transfer, balance, task: Transfer.taskOf(transfer.cause), corrected: corrected(transfer) }
  })
})
