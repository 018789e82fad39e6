/**
 * The part of the books that one commit works on, and how a transfer is posted to it. Pure of effects; it belongs to
 * its commit and is changed in place, so that a batch of a million transfers copies nothing.
 */
import type * as DateTime from "effect/DateTime"
import type { Period } from "../../values/BusinessDay.ts"
import type { Sha256 } from "../../values/Digest.ts"
import type { TaskId } from "../../values/Ids.ts"
import {
  type BillingChanges,
  type BillingHead,
  type BillingLoad,
  emptyLoad,
  type ShuffleCost
} from "../BillingStore.ts"
import type { TopTask, Totals } from "../events.ts"
import * as Account from "./Account.ts"
import * as Pricing from "./Pricing.ts"
import * as Transfer from "./Transfer.ts"

export { follows } from "./follows.ts"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export interface Ledger {
  /** The instant of the commit. */
  now: DateTime.Utc
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
  /** The tasks whose prices were loaded, and not yet found to be as they were recorded. */
  readonly unproven: Set<TaskId>
  /** Whether prices were recorded before their tasks are created, as in a verification: otherwise nobody here did. */
  readonly isReplay: boolean
  /**
   * The transfers that exist already for causes this commit could book again; null where nobody has looked, because the
   * store refuses a second transfer of a cause.
   */
  readonly booked: Map<string, Transfer.Transfer> | null
  /** Whom the last fee of a task was charged to: nobody else earns its award. */
  readonly charged: Map<TaskId, Charge>
  /** The highest number of the tasks' stream that was passed over: fees up to there may be missing. */
  passed: number
  /** The transfers that commands name, and the corrections of each by the number corrected. */
  readonly named: Map<number, Transfer.Transfer>
  readonly corrections: Map<number, Array<Transfer.Transfer>>
  /**
   * The accounts that were moved in the open period since the ledger was made, in the order in which they were first.
   */
  readonly moved: Map<Account.AccountId, Moving>
  /** What this commit has made, and what of it is not yet on its way to the store. */
  readonly transfers: Array<Transfer.Transfer>
  readonly newPrices: Array<Pricing.Price>
  readonly shuffles: Array<ShuffleCost>
}

/** An account that is being moved, with its balance of the open period: so that a transfer looks up each side once. */
interface Moving {
  readonly account: Mutable<Account.Account>
  readonly balance: Mutable<Account.PeriodBalance>
}

/** What is known for a commit before anything is loaded for it: the ledger takes it over, and goes on with it. */
export type Known = Pick<Ledger, "accounts" | "balances" | "prices" | "charged">

/** The last fee of a task that is known of. */
export interface Charge {
  readonly assignment: number
  readonly account: Account.AccountId | null
  /** Whether it is known that none was charged after it. */
  readonly isLast: boolean
}

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
    prices: known?.prices ?? new Map(),
    unproven: new Set(),
    isReplay,
    booked: lookedUp ? new Map(loaded.booked.map((transfer) => [Transfer.causeKey(transfer), transfer])) : null,
    charged: known?.charged ?? new Map(),
    passed: head.passed,
    named: new Map(loaded.transfers.map((transfer) => [transfer.number, transfer])),
    corrections: new Map(),
    moved: new Map(),
    transfers: [],
    newPrices: [],
    shuffles: []
  }
  for (const price of loaded.prices) {
    ledger.prices.set(price.task, price)
    ledger.unproven.add(price.task)
  }
  for (const transfer of loaded.transfers) noteCorrection(ledger, transfer)
  for (const { cause, debit } of loaded.booked) if (cause._tag === "Assigned") charge(ledger, cause, debit, false)
  return ledger
}

/** Notes whom the fee of an assignment was charged to; the fee of a later one stays noted. */
export const charge = (
  { charged }: Ledger,
  { assignment, task }: { readonly assignment: number; readonly task: TaskId },
  account: Account.AccountId | null,
  isLast?: boolean
): void => {
  const before = charged.get(task)
  isLast ??= before?.isLast === true
  if (before === undefined || assignment > before.assignment) charged.set(task, { assignment, account, isLast })
  else if (before.isLast) charged.set(task, { ...before, isLast: false })
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
export const post = (ledger: Ledger, period: Period, posting: Posting): Transfer.Transfer =>
  postTo(ledger, period, posting, ledger.moved.get(posting.debit), ledger.moved.get(posting.credit))

/** Posts a transfer, unless it takes an account beyond what the books can hold: then returns which. */
export const postIfFits = (
  ledger: Ledger,
  period: Period,
  posting: Posting
): { readonly transfer: Transfer.Transfer } | { readonly full: Account.AccountId } => {
  const debited = ledger.moved.get(posting.debit)
  const credited = ledger.moved.get(posting.credit)
  const full = overflows(ledger, posting, debited, credited)
  return full === null ? { transfer: postTo(ledger, period, posting, debited, credited) } : { full }
}

const postTo = (
  ledger: Ledger,
  period: Period,
  posting: Posting,
  debited = moving(ledger, posting.debit, period),
  credited = moving(ledger, posting.credit, period)
): Transfer.Transfer => {
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
  debited.balance.debits += amount
  debited.balance[field] += signed
  debited.account.debits += amount
  credited.balance.credits += amount
  credited.balance[field] += signed
  credited.account.credits += amount
  ledger.totals[field] += signed
  ledger.totals.transfers += 1
  return transfer
}

/** What an account's debits or credits may come to: see `Money.largestSum`. */
export const largestTurnover = 10n ** 17n

/** The account whose debits or credits a posting would take beyond what the books can hold; null when it fits. */
export const overflows = (
  ledger: Ledger,
  { amount, credit, debit }: Pick<Posting, "amount" | "credit" | "debit">,
  debited: Pick<Moving, "account"> | undefined = undefined,
  credited: Pick<Moving, "account"> | undefined = undefined
): Account.AccountId | null => {
  const most = largestTurnover - amount
  if (((debited?.account ?? ledger.accounts.get(debit))?.debits ?? 0n) > most) return debit
  return ((credited?.account ?? ledger.accounts.get(credit))?.credits ?? 0n) > most ? credit : null
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

/** An account that is about to move. */
const moving = (ledger: Ledger, id: Account.AccountId, period: Period): Moving => {
  const balance = balanceOf(ledger, id, period)
  const found = { account: accountOf(ledger, id), balance }
  ledger.moved.set(id, found)
  return found
}

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
