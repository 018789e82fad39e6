/**
 * The proof of an open period: what the books keep of it beside what the last seal and the period's transfers make of
 * it. Pure, so that over every store a close is refused for the same.
 *
 * It is made of sums, so that it costs little beside the close. That a transfer is the one that was recorded is proved
 * by the journal's digest, in a verification.
 */
import * as BusinessDay from "../../values/BusinessDay.ts"
import { between, type Difference } from "../../values/Difference.ts"
import { origin, type Sha256 } from "../../values/Digest.ts"
import { byteOrder } from "../../values/Ids.ts"
import type { BillingHead, Evidence, Moved } from "../BillingStore.ts"
import * as Account from "../books/Account.ts"
import * as Closing from "../books/Closing.ts"
import type { TransferKind } from "../books/Transfer.ts"

/** What a period is proved with, and the head that it is proved under. */
export interface Case extends Omit<Evidence, "last"> {
  readonly head: BillingHead
}

/** The first difference of an open period; nothing when everything is as it must be. */
export const prove = (sha256: Sha256, calendar: BusinessDay.Calendar, evidence: Case): Difference | undefined =>
  sealDiffers(sha256, calendar, evidence) ??
  journalDiffers(evidence) ??
  accountsDiffer(evidence) ??
  trialDiffers(evidence.sums)

/** The last close is the one that the head goes on from, and its seal covers its balances. */
const sealDiffers = (
  sha256: Sha256,
  calendar: BusinessDay.Calendar,
  { closed, head, sealed }: Case
): Difference | undefined => {
  const { period } = head
  const forged = closed.find((row) => period === null || row.period >= period)
  if (forged !== undefined) return between(`period ${forged.period}`, "open or to come", "closed")
  const last = closed.at(-1)
  if (last === undefined)
    return (
      between("the last seal", origin, head.closed.seal) ?? between("the number in the red", 0, head.closed.inTheRed)
    )
  return (
    between(`the period after ${last.period}`, BusinessDay.next(calendar, last.period), period) ??
    between(`the seal of ${last.period}`, head.closed.seal, last.seal) ??
    between(`the number in the red on ${last.period}`, last.inTheRed, head.closed.inTheRed) ??
    between(
      `what the seal of ${last.period} covers`,
      last.seal,
      Closing.sealOf(sha256, {
        previous: last.previousSeal,
        events: last.eventsDigest,
        journal: last.journalDigest,
        closed: { ...last, balances: sealed }
      })
    )
  )
}

/** The journal ends with the head, and what it holds since the last close is the open period's. */
const journalDiffers = ({ closed, head, moves }: Case): Difference | undefined => {
  const before = closed.at(-1)?.lastTransfer ?? 0
  const other = moves.sums.find(({ period }) => period !== head.period)
  const count = moves.sums.reduce((sum, { transfers }) => sum + transfers, 0)
  const { totals } = head
  return (
    between("the journal's last number", head.journal.number, moves.last) ??
    (other && between("the period of a transfer since the last close", head.period, other.period)) ??
    between("the number of transfers since the last close", head.journal.number - before, count) ??
    between("the number of transfers in the open period's totals", count, totals.transfers) ??
    between("the fees in the open period's totals", totalOf(moves.sums, "fee"), totals.fees) ??
    between("the awards in the open period's totals", totalOf(moves.sums, "award"), totals.awards) ??
    between("the payouts in the open period's totals", totalOf(moves.sums, "payout"), totals.payouts)
  )
}

const totalOf = (sums: ReadonlyArray<Moved>, of: TransferKind): bigint =>
  sums.reduce((total, { amount, kind, reversed }) => (kind === of ? total + (reversed ? -amount : amount) : total), 0n)

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

const field = { fee: "fees", award: "awards", payout: "payouts" } as const

/** What the transfers make of each account that they move, from what the last close left of it. */
const balancesOf = (
  period: BusinessDay.Period,
  { before, moves }: Case
): ReadonlyMap<Account.AccountId, Account.PeriodBalance> => {
  const openings = new Map(before.map((balance) => [balance.account, openingAfter(balance)]))
  const balances = new Map<Account.AccountId, Mutable<Account.PeriodBalance>>()
  const of = (account: Account.AccountId) => {
    let balance = balances.get(account)
    if (balance === undefined) {
      const opening = openings.get(account) ?? 0n
      balance = { account, period, opening, debits: 0n, credits: 0n, fees: 0n, awards: 0n, payouts: 0n, paid: 0n }
      balances.set(account, balance)
    }
    return balance
  }
  for (const { amount, credit, debit, kind, reversed } of moves.sums) {
    const signed = reversed ? -amount : amount
    const [debited, credited] = [of(debit), of(credit)]
    debited.debits += amount
    debited[field[kind]] += signed
    credited.credits += amount
    credited[field[kind]] += signed
  }
  return balances
}

/** What the close left of an account: of a popug's nothing above zero. */
const openingAfter = (balance: Account.PeriodBalance): bigint => {
  const closing = Account.closing(balance)
  return closing > 0n && Account.ownerOf(balance.account) !== null ? 0n : closing
}

/** Each account that moved has what the last seal and the transfers make of it, and the company's have too. */
const accountsDiffer = (evidence: Case): Difference | undefined => {
  const { accounts, balances, before, head } = evidence
  const { period } = head
  if (period === null) return undefined
  const expected = balancesOf(period, evidence)
  const found = new Map(balances.map((balance) => [balance.account, balance]))
  const kept = new Map(accounts.map((account) => [account.id, Account.balance(account)]))
  const openings = new Map(before.map((balance) => [balance.account, openingAfter(balance)]))
  for (const id of [...new Set([...kept.keys(), ...expected.keys(), ...found.keys(), ...openings.keys()])].sort(
    byteOrder
  )) {
    const [wanted, is] = [expected.get(id), found.get(id)]
    const differs =
      (same(wanted, is) ? undefined : between(`the balance of ${id} on ${period}`, wanted, is)) ??
      between(
        `the balance of ${id}`,
        wanted === undefined ? (openings.get(id) ?? 0n) : Account.closing(wanted),
        kept.get(id) ?? 0n
      )
    if (differs !== undefined) return differs
  }
  return undefined
}

const amounts = ["opening", "debits", "credits", "fees", "awards", "payouts", "paid"] as const

const same = (a: Account.PeriodBalance | undefined, b: Account.PeriodBalance | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.period === b.period && amounts.every((amount) => a[amount] === b[amount])

/** The place of a difference that does not say which account it is. */
export const trial = "the credits of all accounts"

/** Over all accounts the debits are the credits: nothing came from nowhere, whatever has moved. */
const trialDiffers = ({ awards, cash, fees, popugs }: Case["sums"]): Difference | undefined => {
  const all = [popugs, fees, awards, cash]
  return between(
    trial,
    all.reduce((sum, { debits }) => sum + debits, 0n),
    all.reduce((sum, { credits }) => sum + credits, 0n)
  )
}

/** The first of some accounts that has another balance than its last period left it with. */
export const strays = (
  accounts: ReadonlyArray<Account.Account>,
  last: ReadonlyArray<Account.PeriodBalance>
): Difference | undefined => {
  const left = new Map(last.map((balance) => [balance.account, Account.closing(balance)]))
  for (const account of accounts) {
    const differs = between(`the balance of ${account.id}`, left.get(account.id) ?? 0n, Account.balance(account))
    if (differs !== undefined) return differs
  }
  return undefined
}
