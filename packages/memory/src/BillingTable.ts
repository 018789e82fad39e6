/**
 * The rows of the books.
 */
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  type Holder,
  Ledger,
  type Page,
  type Paging,
  type PriceFilter,
  type Pricing,
  type RowCounts,
  type StoreError,
  type TaskId,
  type UserId
} from "@popug/core"
import { AccountTable } from "./AccountTable.ts"
import { ClosedPeriods } from "./ClosedPeriods.ts"
import { conflict } from "./errors.ts"
import { Journal } from "./Journal.ts"
import { pageOf } from "./pages.ts"
import { ShuffleTable } from "./ShuffleTable.ts"
import { firstWhere } from "./SortedIds.ts"

export class BillingTable {
  readonly journal = new Journal()
  readonly accounts = new AccountTable()
  readonly closed = new ClosedPeriods()
  readonly shuffles = new ShuffleTable()
  /** The prices in the order of their events. */
  readonly #byEvent: Array<Pricing.Price> = []
  readonly holders = new Map<UserId, Holder>()

  /** What a commit asked for; its recorded commands are not the books'. */
  load(query: BillingQuery, { period }: BillingHead) {
    const moved = query.moved && period !== null ? this.accounts.movedIn(period) : []
    const ids = [...new Set([...query.accounts, ...moved])]
    return {
      prices: this.#pricesOf(query.prices),
      booked: this.journal.booked(query.causes),
      accounts: this.accounts.get(ids),
      balances: period === null ? [] : this.accounts.balancesOfThose(period, ids),
      transfers: this.journal.withCorrections(query.transfers)
    }
  }

  /** Refuses changes that contradict the books, or returns the step that writes them. */
  stage(changes: BillingChanges, before: BillingHead): (() => void) | StoreError {
    const refusal = Ledger.follows(before, changes) ?? this.#priced(changes) ?? this.#shuffled(changes)
    if (refusal !== undefined) return conflict(refusal)
    const write = this.journal.stage(changes.transfers)
    if (typeof write === "string") return conflict(write)
    return () => {
      write()
      for (const price of changes.prices) {
        this.journal.ofTask(price.task).price = price
        if (this.#isAfterAll(price)) this.#byEvent.push(price)
        else this.#byEvent.splice(this.#after(price.event), 0, price)
      }
      for (const account of changes.accounts) this.accounts.put(account)
      for (const balance of changes.balances) this.accounts.putBalance(balance)
      for (const holder of changes.holders) this.holders.set(holder.id, holder)
      for (const closed of changes.closed) this.closed.push(closed)
      for (const cost of changes.shuffles) this.shuffles.push(cost)
    }
  }

  listPrices({ tasks }: PriceFilter, { after = 0, limit }: Paging<number>): Page<Pricing.Price> {
    if (tasks !== undefined) {
      const prices = this.#pricesOf([...new Set(tasks)]).filter(({ event }) => event > after)
      return pageOf(
        prices.sort((a, b) => a.event - b.event),
        limit,
        (price) => price
      )
    }
    const start = this.#after(after)
    return pageOf(this.#byEvent.slice(start, start + limit + 1), limit, (price) => price)
  }

  /** Where the prices of later events begin. */
  #after(event: number): number {
    return firstWhere(this.#byEvent.length, (index) => this.#byEvent[index]!.event > event)
  }

  rows(): RowCounts {
    return {
      transfers: this.journal.count,
      prices: this.#byEvent.length,
      ...this.accounts.counts(),
      closed: this.closed.count,
      shuffles: this.shuffles.count,
      holders: this.holders.size
    }
  }

  #pricesOf(tasks: ReadonlyArray<TaskId>): ReadonlyArray<Pricing.Price> {
    return tasks.flatMap((task) => this.journal.tasks.get(task)?.price ?? [])
  }

  #isAfterAll({ event }: Pricing.Price): boolean {
    const last = this.#byEvent.at(-1)
    return last === undefined || event > last.event
  }

  #priced({ prices }: BillingChanges): string | undefined {
    for (const price of prices) {
      const { event, task } = price
      if (this.journal.tasks.get(task)?.price !== undefined) return `task ${task} has its price already`
      if (!this.#isAfterAll(price) && this.#byEvent[this.#after(event - 1)]?.event === event) {
        return `the price of task ${task} is the second of event ${event}`
      }
    }
    return undefined
  }

  #shuffled({ shuffles }: BillingChanges): string | undefined {
    const taken = this.shuffles.taken(shuffles)
    return taken && `the cost of shuffle ${taken.shuffle} is recorded already`
  }
}
