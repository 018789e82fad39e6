/**
 * The memory adapter, which tells part by part what a close is proved with, with a transaction that tells it at once,
 * broken in one way each.
 */
import {
  Account,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  BusinessDay,
  daysBack,
  type Evidence
} from "@popug/core"
import * as Effect from "effect/Effect"
import { over } from "./Mutant.ts"

type Store = BillingStore["Service"]

const asked: BillingQuery = {
  prices: [],
  causes: [],
  accounts: [Account.fees, Account.awards, Account.cash],
  moved: true,
  transfers: [],
  commands: []
}

/** What is to be told at once. */
const evidenceOf = Effect.fnUntraced(function* (store: Store, tx: BillingTransaction) {
  const { number, period } = tx.head
  const from = period === null ? undefined : BusinessDay.daysBefore(period, daysBack)
  const closed = from === undefined ? [] : (yield* store.closed({ from }, { limit: 10 })).rows
  const last = closed.findLast((row) => row.period < period!)
  const { accounts, balances } = yield* tx.load(asked)
  const ids = [...new Set([...asked.accounts, ...balances.map(({ account }) => account)])]
  const evidence: Evidence = {
    closed,
    sealed: last === undefined ? [] : (yield* store.balances(last.period, { limit: 100 })).rows,
    accounts,
    balances,
    before: last === undefined ? [] : yield* store.balancesUpTo(ids, last.period),
    moves: yield* tx.moves(last?.lastTransfer ?? 0),
    sums: yield* store.sums,
    last: number
  }
  return evidence
})

const telling = (name: string, change: (evidence: Evidence) => Partial<Evidence>) => ({
  name: `tells at once ${name}`,
  breaks: ["tells at once what it tells part by part of what a close is proved with"] as const,
  layer: over(BillingStore, (store) => ({
    transact: (body) =>
      store.transact((tx) => {
        const told = Effect.map(evidenceOf(store, tx), (evidence) => ({ ...evidence, ...change(evidence) }))
        return body({ ...tx, evidence: told })
      })
  }))
})

export const ofEvidence = [
  telling("of no closed period", () => ({ closed: [] })),
  telling("of no balances that were sealed", () => ({ sealed: [] })),
  telling("of accounts that nobody has moved as if there were none", ({ accounts }) => ({
    accounts: accounts.filter(({ id }) => Account.ownerOf(id) !== null)
  })),
  telling("balances as floating point", ({ balances }) => ({
    balances: balances.map((row) => ({ ...row, debits: BigInt(Number(row.debits)) }))
  })),
  telling("of no balances before", () => ({ before: [] })),
  telling("what transfers come to as floating point", ({ moves }) => ({
    moves: { ...moves, sums: moves.sums.map((sum) => ({ ...sum, amount: BigInt(Number(sum.amount)) })) }
  })),
  telling("that the journal ends with the head of a day", ({ moves }) => ({ moves: { ...moves, last: 0 } })),
  telling("the sums of nobody's accounts", ({ sums }) => ({ sums: { ...sums, popugs: { debits: 0n, credits: 0n } } })),
  telling("that its log goes on", ({ last }) => ({ last: last + 1 }))
]
