/**
 * The rows of the books.
 */
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  Follows,
  type Holder,
  type Pricing,
  type StoreError,
  type TaskId,
  type UserId
} from "@popug/core"
import { AccountTable } from "./AccountTable.ts"
import { ClosedPeriods } from "./ClosedPeriods.ts"
import { conflict } from "./errors.ts"
import { Journal } from "./Journal.ts"

export class BillingTable {
  readonly journal = new Journal()
  readonly accounts = new AccountTable()
  readonly closed = new ClosedPeriods()
  readonly prices = new Map<TaskId, Pricing.Price>()
  readonly holders = new Map<UserId, Holder>()
  #marks = Follows.noMarks

  /** What a commit asked for; its recorded commands are not the books'. */
  load(query: BillingQuery, { period }: BillingHead) {
    const moved = query.moved && period !== null ? this.accounts.movedIn(period) : []
    const ids = [...new Set([...query.accounts, ...moved])]
    return {
      prices: query.prices.flatMap((task) => this.prices.get(task) ?? []),
      booked: this.journal.booked(query.causes),
      accounts: this.accounts.get(ids),
      balances: period === null ? [] : this.accounts.balancesOfThose(period, ids),
      transfers: this.journal.withCorrections(query.transfers)
    }
  }

  /** Refuses changes that contradict the books, or gives the step that writes them. */
  stage(changes: BillingChanges, before: BillingHead): (() => void) | StoreError {
    const refusal = Follows.follows(before, this.#marks, changes) ?? this.#priced(changes)
    if (refusal !== undefined) return conflict(refusal)
    const write = this.journal.stage(changes.transfers)
    if (typeof write === "string") return conflict(write)
    return () => {
      write()
      this.#marks = Follows.marked(this.#marks, changes)
      for (const price of changes.prices) this.prices.set(price.task, price)
      for (const account of changes.accounts) this.accounts.put(account)
      for (const balance of changes.balances) this.accounts.putBalance(balance)
      for (const holder of changes.holders) this.holders.set(holder.id, holder)
      for (const closed of changes.closed) this.closed.push(closed)
    }
  }

  #priced({ prices }: BillingChanges): string | undefined {
    const price = prices.find(({ task }) => this.prices.has(task))
    return price && `task ${price.task} has its price already`
  }
}
