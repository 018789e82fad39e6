/**
 * The part of the books that one commit works on, and how a transfer is posted to it. Pure of effects; it belongs to
 * its commit and is changed in place, so that a batch of a million transfers copies nothing.
 */
import type * as DateTime from "effect/DateTime"
import type { Period } from "../../values/BusinessDay.ts"
import type { Sha256 } from "../../values/Digest.ts"
import type { TopTask, Totals } from "../events.ts"
import type { TaskId } from "../../values/Ids.ts"
import * as Account from "./Account.ts"
import type { BillingChanges, BillingHead, BillingLoad, ShuffleCost } from "../BillingStore.ts"
import * as Pricing from "./Pricing.ts"
import * as Transfer from "./Transfer.ts"

export { follows } from "./follows.ts"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export interface Ledger {
  readonly now: DateTime.Utc
  /** The open period; null before the first task was seen. */
  period: Period | null
  /** The number of the last transfer. */
  journal: number
  /** The open period's totals so far, and its top task. */
  readonly totals: Mutable<Totals>
  topTask: TopTask | null
  /** How many popugs were below zero when the period opened. */
  inTheRed: number
  /** The shuffle whose fees are being charged. */
  shuffle: Mutable<ShuffleCost> | null
  readonly accounts: Map<Account.AccountId, Mutable<Account.Account>>
  /** The open period's balances of the accounts that have moved in it. */
  readonly balances: Map<Account.AccountId, Mutable<Account.PeriodBalance>>
  readonly prices: Map<TaskId, Pricing.Price>
  /** Those of the prices that were found to be as they were recorded. */
  readonly genuine: Set<Pricing.Price>
  /** The transfers that exist already for causes this commit could book again. */
  readonly booked: Map<string, Transfer.Transfer>
  /** Whom the fees of assignments were charged to, by their causes' keys: nobody earns an award without one. */
  readonly charged: Map<string, Account.AccountId>
  /** The highest number of the tasks' stream that was passed over: fees up to there may be missing. */
  passed: number
  /** The transfers that commands name, and the corrections of each by the number corrected. */
  readonly named: Map<number, Transfer.Transfer>
  readonly corrections: Map<number, Array<Transfer.Transfer>>
  /** The accounts that were moved by what is on its way to the store. */
  readonly moved: Set<Account.AccountId>
  /** What this commit has made, and what of it is not yet on its way to the store. */
  readonly transfers: Array<Transfer.Transfer>
  readonly newPrices: Array<Pricing.Price>
  readonly shuffles: Array<ShuffleCost>
}

/** A ledger of what was loaded for a commit. */
export const make = (head: BillingHead, now: DateTime.Utc, loaded: BillingLoad): Ledger => {
  const ledger: Ledger = {
    now,
    period: head.period,
    journal: head.journal.number,
    totals: { ...head.totals },
    topTask: head.topTask,
    inTheRed: head.closed.inTheRed,
    shuffle: head.shuffle === null ? null : { ...head.shuffle },
    accounts: new Map(loaded.accounts.map((account) => [account.id, { ...account }])),
    balances: new Map(loaded.balances.map((balance) => [balance.account, { ...balance }])),
    prices: new Map(loaded.prices.map((price) => [price.task, price])),
    genuine: new Set(),
    booked: new Map(loaded.booked.map((transfer) => [Transfer.causeKey(transfer), transfer])),
    charged: new Map(),
    passed: head.passed,
    named: new Map(loaded.transfers.map((transfer) => [transfer.number, transfer])),
    corrections: new Map(),
    moved: new Set(),
    transfers: [],
    newPrices: [],
    shuffles: []
  }
  for (const transfer of loaded.transfers) noteCorrection(ledger, transfer)
  for (const [key, { cause, debit }] of ledger.booked) if (cause._tag === "Assigned") ledger.charged.set(key, debit)
  return ledger
}

export const zeroTotals = (): Mutable<Totals> => ({
  tasksCreated: 0,
  assigned: 0,
  done: 0,
  transfers: 0,
  fees: 0n,
  awards: 0n,
  payouts: 0n
})

/** What the caller of `post` decides; number, period and recording time are the ledger's. */
export type Posting = Pick<Transfer.Transfer, "kind" | "debit" | "credit" | "amount" | "cause" | "occurredAt">

/** Posts a transfer: the journal, both accounts, both period balances and the totals move together. */
export const post = (ledger: Ledger, period: Period, posting: Posting): Transfer.Transfer => {
  const { amount, cause, credit, debit, kind, occurredAt } = posting
  ledger.journal += 1
  const transfer: Transfer.Transfer = {
    number: ledger.journal,
    kind,
    debit,
    credit,
    amount,
    period,
    cause,
    occurredAt,
    recordedAt: ledger.now
  }
  ledger.transfers.push(transfer)
  noteCorrection(ledger, transfer)
  const signed = Transfer.isReversed(transfer) ? -amount : amount
  const field = total[kind]
  const debited = balanceOf(ledger, debit, period)
  debited.debits += amount
  debited[field] += signed
  const credited = balanceOf(ledger, credit, period)
  credited.credits += amount
  credited[field] += signed
  accountOf(ledger, debit).debits += amount
  accountOf(ledger, credit).credits += amount
  ledger.totals[field] += signed
  ledger.totals.transfers += 1
  return transfer
}

/** What an account's debits or credits may come to: see `Money.largestSum`. */
export const largestTurnover = 10n ** 17n

/** The account whose debits or credits a posting would take beyond what the books can hold; null when it fits. */
export const overflows = (
  ledger: Ledger,
  { amount, credit, debit }: Pick<Posting, "amount" | "credit" | "debit">
): Account.AccountId | null => {
  if ((ledger.accounts.get(debit)?.debits ?? 0n) + amount > largestTurnover) return debit
  return (ledger.accounts.get(credit)?.credits ?? 0n) + amount > largestTurnover ? credit : null
}

const total = { fee: "fees", award: "awards", payout: "payouts" } as const

const accountOf = (ledger: Ledger, id: Account.AccountId): Mutable<Account.Account> => {
  let account = ledger.accounts.get(id)
  if (account === undefined) {
    account = { id, debits: 0n, credits: 0n }
    ledger.accounts.set(id, account)
  }
  return account
}

/** The account's balance in the open period; opened with what the account holds at its first move. */
const balanceOf = (ledger: Ledger, id: Account.AccountId, period: Period): Mutable<Account.PeriodBalance> => {
  let balance = ledger.balances.get(id)
  if (balance === undefined) {
    const opening = Account.balance(accountOf(ledger, id))
    balance = { account: id, period, opening, debits: 0n, credits: 0n, fees: 0n, awards: 0n, payouts: 0n, paid: 0n }
    ledger.balances.set(id, balance)
  }
  return balance
}

const noteCorrection = (ledger: Ledger, transfer: Transfer.Transfer): void => {
  if (transfer.cause._tag !== "Corrected") return
  ledger.named.set(transfer.number, transfer)
  const corrections = ledger.corrections.get(transfer.cause.corrects)
  if (corrections === undefined) ledger.corrections.set(transfer.cause.corrects, [transfer])
  else corrections.push(transfer)
}

const noteMoved = (moved: Set<Account.AccountId>, transfers: ReadonlyArray<Transfer.Transfer>) => {
  for (const { credit, debit } of transfers) moved.add(debit).add(credit)
  return moved
}

/** The accounts that this commit has moved, with their balances of the open period. */
export const moved = (
  ledger: Ledger
): {
  readonly accounts: ReadonlyArray<Account.Account>
  readonly balances: ReadonlyArray<Account.PeriodBalance>
} => {
  const ids = [...noteMoved(new Set(ledger.moved), ledger.transfers)]
  return { accounts: ids.map((id) => ledger.accounts.get(id)!), balances: ids.map((id) => ledger.balances.get(id)!) }
}

/** What a commit has made and not yet sent to the store: taken out of the ledger. */
export const take = (ledger: Ledger): Pick<BillingChanges, "transfers" | "prices" | "shuffles"> => {
  noteMoved(ledger.moved, ledger.transfers)
  return {
    transfers: ledger.transfers.splice(0),
    prices: ledger.newPrices.splice(0),
    shuffles: ledger.shuffles.splice(0)
  }
}

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
    ...before,
    period: ledger.period,
    journal: {
      number: ledger.journal,
      digest: journalDigest(ledger, sha256, before.journal.digest),
      period: last.period,
      recordedAt: last.recordedAt
    },
    totals: { ...ledger.totals },
    topTask: ledger.topTask,
    shuffle: ledger.shuffle && { ...ledger.shuffle },
    shuffled: shuffled && { event: shuffled.event, period: shuffled.period }
  }
}
