/**
 * The ledger of a commit: made of what was loaded, posted to, and what of it goes to the store. Pure of effects.
 */
import type * as DateTime from "effect/DateTime"
import type { Sha256 } from "../../values/Digest.ts"
import type { TaskId } from "../../values/Ids.ts"
import { type BillingChanges, type BillingHead, type BillingLoad, emptyLoad } from "../BillingStore.ts"
import * as BookedTask from "./BookedTask.ts"
import type { Known, Ledger } from "./ledgerState.ts"
import { noteCorrection } from "./posting.ts"
import * as Pricing from "./Pricing.ts"
import * as Transfer from "./Transfer.ts"

export type { Known, Ledger } from "./ledgerState.ts"
export { follows } from "./follows.ts"
export { largestTurnover, overflows, post, postIfFits, type Posting } from "./posting.ts"

/** How a ledger is made otherwise than from what was loaded. */
export interface Options {
  readonly known?: Known | undefined
  /** Whether the causes that this commit could book again were looked up; default: true. */
  readonly lookedUp?: boolean
  readonly isReplay?: boolean
}

/** A ledger of what was loaded for a commit, beside what is known from the commit before. */
export const make = (
  head: BillingHead,
  now: DateTime.Utc,
  loaded: BillingLoad = emptyLoad,
  { isReplay = false, known, lookedUp = true }: Options = {}
): Ledger => {
  const accounts: Ledger["accounts"] = known?.accounts ?? new Map()
  const balances: Ledger["balances"] = known?.balances ?? new Map()
  for (const account of loaded.accounts) accounts.set(account.id, { ...account })
  for (const balance of loaded.balances) balances.set(balance.account, { ...balance })
  const ledger: Ledger = {
    now,
    period: head.period,
    journal: head.journal.number,
    totals: { ...head.totals },
    topTask: head.topTask,
    inTheRed: head.closed.inTheRed,
    shuffle: head.shuffle === null ? null : { ...head.shuffle },
    accounts,
    balances,
    tasks: known?.tasks ?? new Map(),
    isReplay,
    booked: lookedUp ? new Map(loaded.booked.map((transfer) => [Transfer.causeKey(transfer), transfer])) : null,
    passed: head.passed,
    named: new Map(loaded.transfers.map((transfer) => [transfer.number, transfer])),
    corrections: new Map(),
    moved: new Map(),
    transfers: [],
    newPrices: [],
    shuffles: []
  }
  for (const price of loaded.prices) BookedTask.load(taskOf(ledger, price.task), price)
  for (const transfer of loaded.transfers) noteCorrection(ledger, transfer)
  for (const { cause, debit } of loaded.booked) {
    if (cause._tag === "Assigned") BookedTask.charge(taskOf(ledger, cause.task), cause.assignment, debit, false)
  }
  return ledger
}

/** What is known of a task. */
export const taskOf = ({ tasks }: Ledger, id: TaskId): BookedTask.BookedTask => BookedTask.taskOf(tasks, id)

export const zeroTotals = (): Ledger["totals"] => ({
  tasksCreated: 0,
  assigned: 0,
  done: 0,
  transfers: 0,
  fees: 0n,
  awards: 0n,
  payouts: 0n
})

/** Accounts that a commit has moved, with their balances of the open period. */
export type Moved = Pick<BillingChanges, "accounts" | "balances">

/** The accounts that this commit has moved, with their balances of the open period. */
export const moved = (ledger: Ledger): Moved => {
  const all = [...ledger.moved.values()]
  // Copies: what goes to the store stays as it is, whatever the next commit posts.
  return {
    accounts: all.map(({ account }) => ({ ...account })),
    balances: all.map(({ balance }) => ({ ...balance }))
  }
}

/** What a commit has made and not yet sent to the store: taken out of the ledger. */
export const take = (ledger: Ledger): Pick<BillingChanges, "transfers" | "prices" | "shuffles"> => ({
  transfers: ledger.transfers.splice(0),
  prices: ledger.newPrices.splice(0),
  shuffles: ledger.shuffles.splice(0)
})

/** The journal's digest once the transfers and prices that this commit still holds are in it, in their order. */
export const journalDigest = (ledger: Ledger, sha256: Sha256, before: string): string => {
  let digest = before
  let index = 0
  const { newPrices, transfers } = ledger
  const pricesBefore = (number: number) => {
    for (; index < newPrices.length && newPrices[index]!.journal < number; index++) {
      digest = Pricing.chain(sha256, digest, newPrices[index]!)
    }
  }
  for (const transfer of transfers) {
    pricesBefore(transfer.number)
    digest = Transfer.chain(sha256, digest, transfer)
  }
  pricesBefore(Infinity)
  return digest
}

/**
 * The head after what a commit has made and not yet sent to the store, but for the stream's own number and the cursors.
 * To be asked before `take`.
 */
export const headAfter = (ledger: Ledger, sha256: Sha256, before: BillingHead): BillingHead => {
  const last = ledger.transfers.at(-1) ?? before.journal
  const shuffled = ledger.shuffles.at(-1) ?? before.shuffled
  return {
    ...standing(ledger, before),
    journal: {
      number: ledger.journal,
      digest: journalDigest(ledger, sha256, before.journal.digest),
      period: last.period,
      recordedAt: last.recordedAt
    },
    shuffled: shuffled && { event: shuffled.event, period: shuffled.period }
  }
}

/** A head with the ledger's period, and how that stands. */
export const standing = (ledger: Ledger, head: BillingHead): BillingHead => ({
  ...head,
  period: ledger.period,
  totals: { ...ledger.totals },
  topTask: ledger.topTask,
  shuffle: ledger.shuffle && { ...ledger.shuffle }
})
