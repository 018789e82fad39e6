/**
 * Accounts, their sums, and their balances by period.
 */
import {
  Account,
  type AccountFilter,
  type AccountSums,
  type Page,
  type Paging,
  type Period,
  type PeriodRange
} from "@popug/core"
import { found, pageOf } from "./pages.ts"
import { firstAbove, firstWhere, SortedIds } from "./SortedIds.ts"

type AccountId = Account.AccountId
type Kind = Exclude<keyof AccountSums, "inTheRed">

interface InPeriod {
  readonly rows: Map<AccountId, Account.PeriodBalance>
  readonly ids: SortedIds<AccountId>
}

const kindOf = (id: AccountId): Kind =>
  id === Account.fees ? "fees" : id === Account.awards ? "awards" : id === Account.cash ? "cash" : "popugs"

/** Whether it is a popug's account, and below zero. */
const isBelowZero = (account: Account.Account): boolean =>
  kindOf(account.id) === "popugs" && Account.balance(account) < 0n

const sum = () => ({ debits: 0n, credits: 0n })

export class AccountTable {
  readonly #rows = new Map<AccountId, Account.Account>()
  /** All accounts, and the popugs' below zero. */
  readonly #ids = new SortedIds<AccountId>()
  readonly #red = new SortedIds<AccountId>()
  readonly #sums = { popugs: sum(), fees: sum(), awards: sum(), cash: sum() }
  readonly #periods = new Map<Period, InPeriod>()
  /** The periods that an account moved in, in order. */
  readonly #movedIn = new Map<AccountId, Array<Period>>()

  put(account: Account.Account): void {
    const { id } = account
    const before = this.#rows.get(id)
    this.#rows.set(id, account)
    const kind = kindOf(id)
    this.#sums[kind].debits += account.debits - (before?.debits ?? 0n)
    this.#sums[kind].credits += account.credits - (before?.credits ?? 0n)
    if (before === undefined) this.#ids.add(id)
    if (kind !== "popugs") return
    const wasRed = before !== undefined && Account.balance(before) < 0n
    const isRed = Account.balance(account) < 0n
    if (isRed && !wasRed) this.#red.add(id)
    if (wasRed && !isRed) this.#red.delete(id)
  }

  putBalance(balance: Account.PeriodBalance): void {
    const { account, period } = balance
    let inPeriod = this.#periods.get(period)
    if (inPeriod === undefined) {
      inPeriod = { rows: new Map(), ids: new SortedIds() }
      this.#periods.set(period, inPeriod)
    }
    if (!inPeriod.rows.has(account)) {
      inPeriod.ids.add(account)
      const periods = this.#movedIn.get(account)
      if (periods === undefined) this.#movedIn.set(account, [period])
      else periods.splice(firstAbove(periods, period), 0, period)
    }
    inPeriod.rows.set(account, balance)
  }

  get(ids: ReadonlyArray<AccountId>): ReadonlyArray<Account.Account> {
    return found(this.#rows, ids)
  }

  list({ ids, inTheRed }: AccountFilter, { after, limit }: Paging<AccountId>): Page<Account.Account> {
    const isRed = inTheRed === true
    const row = (id: AccountId) => this.#rows.get(id)!
    if (ids === undefined) return pageOf((isRed ? this.#red : this.#ids).from(after), limit, row)
    const opened = [...new Set(ids)].filter((id) => this.#rows.has(id) && (after === undefined || id > after))
    return pageOf(opened.sort(), limit, row, (account) => !isRed || isBelowZero(account))
  }

  sums(): AccountSums {
    const { awards, cash, fees, popugs } = this.#sums
    return {
      popugs: { ...popugs },
      fees: { ...fees },
      awards: { ...awards },
      cash: { ...cash },
      inTheRed: this.#red.size
    }
  }

  /** How many rows there are. */
  counts(): { readonly accounts: number; readonly balances: number } {
    let balances = 0
    for (const { rows } of this.#periods.values()) balances += rows.size
    return { accounts: this.#rows.size, balances }
  }

  /** The accounts that moved in a period. */
  movedIn(period: Period): Iterable<AccountId> {
    return this.#periods.get(period)?.rows.keys() ?? []
  }

  /** A period's balances of those of the accounts that moved in it. */
  balancesOfThose(period: Period, accounts: ReadonlyArray<AccountId>): ReadonlyArray<Account.PeriodBalance> {
    const rows = this.#periods.get(period)?.rows
    return rows === undefined ? [] : found(rows, accounts)
  }

  balances(period: Period, { after, limit }: Paging<AccountId>): Page<Account.PeriodBalance> {
    const inPeriod = this.#periods.get(period)
    if (inPeriod === undefined) return { rows: [], more: false }
    return pageOf(inPeriod.ids.from(after), limit, (id) => inPeriod.rows.get(id)!)
  }

  /** An account's balances of the periods of a range in which it moved. */
  balancesOf(
    account: AccountId,
    { from, to }: PeriodRange<Period>,
    { after, limit }: Paging<Period>
  ): Page<Account.PeriodBalance> {
    const all = this.#movedIn.get(account) ?? []
    const start = Math.max(
      after === undefined ? 0 : firstAbove(all, after),
      from === undefined ? 0 : firstWhere(all.length, (index) => all[index]! >= from)
    )
    const periods = all.slice(start, to === undefined ? undefined : firstAbove(all, to))
    return pageOf(periods, limit, (period) => this.#balance(account, period))
  }

  /** The balances of the accounts' last periods up to the one named. */
  balancesUpTo(accounts: ReadonlyArray<AccountId>, period: Period): ReadonlyArray<Account.PeriodBalance> {
    const balances: Array<Account.PeriodBalance> = []
    for (const account of new Set(accounts)) {
      const periods = this.#movedIn.get(account) ?? []
      const last = periods[firstAbove(periods, period) - 1]
      if (last !== undefined) balances.push(this.#balance(account, last))
    }
    return balances
  }

  #balance(account: AccountId, period: Period): Account.PeriodBalance {
    return this.#periods.get(period)!.rows.get(account)!
  }
}
