/**
 * The rows of the books.
 */
import type {
  BillingChanges,
  BillingHead,
  BillingQuery,
  Holder,
  Pricing,
  StoreError,
  TaskId,
  UserId
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
  stage(changes: BillingChanges): (() => void) | StoreError {
    const refusal = this.#refuses(changes)
    if (refusal !== undefined) return conflict(refusal)
    const write = this.journal.stage(changes.transfers, changes.head)
    if (typeof write === "string") return conflict(write)
    return () => {
      write()
      for (const price of changes.prices) this.prices.set(price.task, price)
      for (const account of changes.accounts) this.accounts.put(account)
      for (const balance of changes.balances) this.accounts.putBalance(balance)
      for (const holder of changes.holders) this.holders.set(holder.id, holder)
      for (const closed of changes.closed) this.closed.push(closed)
    }
  }

  #refuses({ balances, closed, prices, transfers }: BillingChanges): string | undefined {
    const fresh = new Set<TaskId>()
    for (const { award, fee, task } of prices) {
      if (this.prices.has(task) || fresh.has(task)) return `task ${task} has its price already`
      if (award <= 0n || fee <= 0n) return `task ${task} has a price that is not above zero`
      fresh.add(task)
    }
    let last = this.closed.last
    if (last !== undefined) {
      for (const { period } of [...transfers.slice(0, 1), ...balances]) {
        if (period <= last) return `period ${period} is closed`
      }
    }
    for (const { period } of closed) {
      if (last !== undefined && period <= last) return `period ${period} is closed already, or before one that is`
      last = period
    }
    return undefined
  }
}
