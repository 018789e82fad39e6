/**
 * How a transfer is posted to a ledger: the journal, both accounts, both period balances and the totals move together.
 */
import type { Period } from "../../values/BusinessDay.ts"
import * as Account from "./Account.ts"
import type { Ledger, Moving, Mutable } from "./ledgerState.ts"
import * as Transfer from "./Transfer.ts"

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

/** Notes what a correction corrects. */
export const noteCorrection = (ledger: Ledger, transfer: Transfer.Transfer): void => {
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
