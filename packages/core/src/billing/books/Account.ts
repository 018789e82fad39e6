/**
 * The accounts of the books and their balances.
 *
 * A popug's account is a liability, what the company owes them. A fee is a debit of it and a credit of `company:fees`
 * (income); an award a debit of `company:awards` (expense) and a credit of it; a payout a debit of it and a credit of
 * `company:cash` (asset). Amounts are in minor units of the company's one currency.
 *
 * An account's balance is credits less debits: what the company owes a popug, below zero what the popug owes. Over all
 * accounts the balances sum to zero.
 */
import * as Schema from "effect/Schema"
import { Period } from "../../values/BusinessDay.ts"
import type { UserId } from "../../values/Ids.ts"
import { Amount } from "../../values/Money.ts"
import { Recent } from "./Recent.ts"

/** A popug's account, opened at the first mention of their id, or one of the company's three. */
export const AccountId = Schema.String.check(
  Schema.isPattern(/^(popug:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}|company:(fees|awards|cash))$/u, {
    expected: "popug:ID, company:fees, company:awards or company:cash"
  })
).pipe(Schema.brand("AccountId"))
export type AccountId = typeof AccountId.Type

/** Accounts that were named of late. A text made anew is hashed anew by every map that it is looked up in. */
const named = new Recent<string, AccountId>(10_000)

/** What the company owes a popug: a liability, which may go below zero. */
export const popug = (id: UserId | string): AccountId => {
  let account = named.get(id)
  if (account === undefined) named.set(id, (account = `popug:${id}` as AccountId))
  return account
}
/** Income from fees. */
export const fees = "company:fees" as AccountId
/** The expense of awards. */
export const awards = "company:awards" as AccountId
/** The asset that payouts are made from. */
export const cash = "company:cash" as AccountId

/** The popug whose account it is; null for the company's own. */
export const ownerOf = (account: AccountId): UserId | null =>
  account.startsWith("popug:") ? (account.slice(6) as UserId) : null

/** All that was ever booked on an account, in minor units. */
export const Account = Schema.Struct({ id: AccountId, debits: Amount, credits: Amount })
export type Account = typeof Account.Type

/** What was booked on an account in one period in which it moved, in minor units. */
export const PeriodBalance = Schema.Struct({
  account: AccountId,
  period: Period,
  /** The balance that the period opened with. */
  opening: Amount,
  debits: Amount,
  credits: Amount,
  /** The transfers by kind, corrections counted with reversed sign. */
  fees: Amount,
  awards: Amount,
  payouts: Amount,
  /** What the close paid out, whatever was corrected: zero while the period is open. */
  paid: Amount
})
export type PeriodBalance = typeof PeriodBalance.Type

/** Credits less debits. */
export const balance = (self: { readonly debits: bigint; readonly credits: bigint }): bigint =>
  self.credits - self.debits

/** The balance at the end of a period, or now in the open one. */
export const closing = (self: PeriodBalance): bigint => self.opening + self.credits - self.debits
