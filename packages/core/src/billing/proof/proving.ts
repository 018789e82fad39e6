/**
 * How the evidence for the proof of an open period is gathered, under billing's head.
 */
import * as Effect from "effect/Effect"
import { Company } from "../../company/Company.ts"
import { EventLog } from "../../stream/EventLog.ts"
import * as BusinessDay from "../../values/BusinessDay.ts"
import { between, type Difference } from "../../values/Difference.ts"
import { Digest } from "../../values/Digest.ts"
import type { StoreError } from "../../values/StoreError.ts"
import {
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  type ClosedPeriod,
  daysBack,
  emptyQuery,
  type Evidence
} from "../BillingStore.ts"
import * as Account from "../books/Account.ts"
import * as Proof from "./Proof.ts"

const pageSize = 5_000

const all: BillingQuery = { ...emptyQuery, accounts: [Account.fees, Account.awards, Account.cash], moved: true }

/**
 * The first difference between what is kept of the open period and what its transfers make of it. To be asked before a
 * commit writes anything. Its cost grows with the period and the number of accounts, never with history.
 */
export const makeProof = Effect.gen(function* () {
  const store = yield* BillingStore
  const log = yield* EventLog
  const { sha256 } = yield* Digest
  const { calendar } = yield* Company

  /** The balances of the period closed last. */
  const sealedOf = Effect.fnUntraced(function* (last: ClosedPeriod | undefined) {
    const rows: Array<Account.PeriodBalance> = []
    if (last === undefined) return rows
    let after: Account.AccountId | undefined
    for (let more = true; more;) {
      const page = yield* store.balances(last.period, { after, limit: pageSize })
      for (const row of page.rows) rows.push(row)
      after = page.rows.at(-1)?.account
      more = page.more
    }
    return rows
  })

  /** The account that the trial balance is wrong by, looked for only when it is. */
  const stray = Effect.fnUntraced(function* (period: BusinessDay.Period) {
    let after: Account.AccountId | undefined
    for (let more = true; more;) {
      const page = yield* store.accounts({}, { after, limit: pageSize })
      const last = yield* store.balancesUpTo(
        page.rows.map(({ id }) => id),
        period
      )
      const found = Proof.strays(page.rows, last)
      if (found !== undefined) return found
      after = page.rows.at(-1)?.id
      more = page.more
    }
    return undefined
  })

  /** The evidence, read part by part. */
  const gathered = Effect.fnUntraced(function* (tx: BillingTransaction): Effect.fn.Return<Evidence, StoreError> {
    const { period } = tx.head
    const closed =
      period === null
        ? []
        : (yield* store.closed({ from: BusinessDay.daysBefore(period, daysBack) }, { limit: 10 })).rows
    const last = closed.findLast((row) => period !== null && row.period < period)
    const loaded = yield* tx.load(all)
    const ids = [...new Set([...all.accounts, ...loaded.balances.map(({ account }) => account)])]
    return {
      closed,
      sealed: yield* sealedOf(last),
      accounts: loaded.accounts,
      balances: loaded.balances,
      before: last === undefined ? [] : yield* store.balancesUpTo(ids, last.period),
      moves: yield* tx.moves(last?.lastTransfer ?? 0),
      sums: yield* store.sums,
      last: yield* log.last("billing")
    }
  })

  return Effect.fnUntraced(function* (tx: BillingTransaction): Effect.fn.Return<Proven, StoreError> {
    const { head } = tx
    const evidence = yield* tx.evidence ?? gathered(tx)
    const difference = Proof.prove(sha256, calendar, { ...evidence, head })
    if (difference === undefined) {
      return { difference: between("billing's last event", head.number, evidence.last), evidence }
    }
    const isStray = difference.place === Proof.trial && head.period !== null
    return { difference: (isStray ? yield* stray(head.period) : undefined) ?? difference, evidence }
  })
})

/** What a proof has found, and by what. */
export interface Proven {
  readonly difference: Difference | undefined
  readonly evidence: Evidence
}
