/**
 * Transfers by number, by account and by cause.
 */
import {
  type Account,
  type Moved,
  type Moves,
  type Page,
  type Paging,
  type TransferFilter,
  Transfer
} from "@popug/core"
import { found, pageOf } from "./pages.ts"
import { firstAbove, firstWhere } from "./SortedIds.ts"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export class Journal {
  /** `#rows[0]` is number 1. Periods only grow along it, so a period is a range of numbers. */
  readonly #rows: Array<Transfer.Transfer> = []
  readonly #causes = new Map<string, Transfer.Transfer>()
  /** The numbers of the transfers on an account. */
  readonly #accounts = new Map<Account.AccountId, Array<number>>()
  /** The numbers of the transfers that correct one. */
  readonly #corrections = new Map<number, Array<number>>()

  /** Refuses a second transfer of a cause, or returns the step that writes them. */
  stage(transfers: ReadonlyArray<Transfer.Transfer>): (() => void) | string {
    const causes = new Map<string, Transfer.Transfer>()
    for (const transfer of transfers) {
      const cause = Transfer.causeKey(transfer)
      if (this.#causes.has(cause) || causes.has(cause)) {
        return `transfer ${transfer.number} is the second of its cause, ${cause}`
      }
      causes.set(cause, transfer)
    }
    return () => {
      for (const [cause, transfer] of causes) {
        this.#causes.set(cause, transfer)
        this.#rows.push(transfer)
        append(this.#accounts, transfer.debit, transfer.number)
        append(this.#accounts, transfer.credit, transfer.number)
        if (transfer.cause._tag === "Corrected") append(this.#corrections, transfer.cause.corrects, transfer.number)
      }
    }
  }

  booked(causes: ReadonlyArray<string>): ReadonlyArray<Transfer.Transfer> {
    return found(this.#causes, causes)
  }

  /** The transfers of these numbers with those that correct them, and those that correct those; by number. */
  withCorrections(numbers: ReadonlyArray<number>): ReadonlyArray<Transfer.Transfer> {
    const all = new Set<number>()
    const add = (number: number) => {
      if (this.#rows[number - 1] === undefined || all.has(number)) return
      all.add(number)
      for (const correction of this.#corrections.get(number) ?? []) add(correction)
    }
    for (const number of numbers) add(number)
    return [...all].sort((a, b) => a - b).map((number) => this.#rows[number - 1]!)
  }

  list({ account, from, to }: TransferFilter, { after = 0, limit }: Paging<number>): Page<Transfer.Transfer> {
    const numbers = account === undefined ? undefined : (this.#accounts.get(account) ?? [])
    const length = numbers?.length ?? this.#rows.length
    const row = (index: number) => this.#rows[numbers === undefined ? index : numbers[index]! - 1]!
    const start = Math.max(
      numbers === undefined ? after : firstAbove(numbers, after),
      from === undefined ? 0 : firstWhere(length, (index) => row(index).period >= from)
    )
    return pageOf(
      indices(start, length, (index) => to === undefined || row(index).period <= to),
      limit,
      row
    )
  }

  /** What the transfers above a number come to. */
  moves(after: number): Moves {
    const sums = new Map<string, Mutable<Moved>>()
    for (let index = after; index < this.#rows.length; index++) {
      const transfer = this.#rows[index]!
      const { amount, credit, debit, kind, period } = transfer
      const reversed = Transfer.isReversed(transfer)
      const key = `${period}/${kind}/${debit}/${credit}/${reversed}`
      const sum = sums.get(key)
      if (sum === undefined) sums.set(key, { period, kind, debit, credit, reversed, transfers: 1, amount })
      else {
        sum.transfers += 1
        sum.amount += amount
      }
    }
    return { sums: [...sums.values()], last: this.count }
  }

  get count(): number {
    return this.#rows.length
  }
}

function* indices(start: number, end: number, goOn: (index: number) => boolean): Generator<number, void> {
  for (let index = start; index < end && goOn(index); index++) yield index
}

const append = <Key>(lists: Map<Key, Array<number>>, key: Key, number: number): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [number])
  else list.push(number)
}
