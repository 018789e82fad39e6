/**
 * Transfers by number, by account and by cause.
 */
import {
  type Account,
  type Moved,
  type Moves,
  type OrderedPaging,
  type Page,
  type TaskId,
  type TransferFilter,
  Transfer
} from "@popug/core"
import { pageOf } from "./pages.ts"
import { firstAbove, firstWhere } from "./SortedIds.ts"
import { TaskBooks } from "./TaskBooks.ts"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export class Journal {
  /** `#rows[0]` is number 1. Periods only grow along it, so a period is a range of numbers. */
  readonly #rows: Array<Transfer.Transfer> = []
  /** By task; one that nothing is booked for, since its commit failed, is as good as none. */
  readonly tasks = new Map<TaskId, TaskBooks>()
  /** Payouts and corrections by the keys of their causes. */
  readonly #others = new Map<string, Transfer.Transfer>()
  /** The numbers of the transfers on an account. */
  readonly #accounts = new Map<Account.AccountId, Array<number>>()
  /** The numbers of the transfers that correct one. */
  readonly #corrections = new Map<number, Array<number>>()

  /** Refuses a second transfer of a cause, or returns the step that writes them. */
  stage(transfers: ReadonlyArray<Transfer.Transfer>): (() => void) | string {
    const commit = {}
    const others = new Map<string, Transfer.Transfer>()
    /** The tasks of those of the transfers that are of one, in their order. */
    const tasks: Array<TaskBooks> = []
    for (const transfer of transfers) {
      const { cause } = transfer
      let isNew: boolean
      if (cause._tag === "Assigned" || cause._tag === "Done") {
        const task = this.ofTask(cause.task)
        tasks.push(task)
        isNew = cause._tag === "Done" ? task.mayAward(commit) : task.mayCharge(commit, cause.assignment)
      } else {
        const key = Transfer.causeKey(transfer)
        isNew = !this.#others.has(key) && !others.has(key)
        others.set(key, transfer)
      }
      if (!isNew) return `transfer ${transfer.number} is the second of its cause, ${Transfer.causeKey(transfer)}`
    }
    return () => {
      let next = 0
      for (const transfer of transfers) {
        const { cause, credit, debit, number } = transfer
        if (cause._tag === "Assigned" || cause._tag === "Done") tasks[next++]!.book(transfer)
        this.#rows.push(transfer)
        append(this.#accounts, debit, number)
        append(this.#accounts, credit, number)
        if (cause._tag === "Corrected") append(this.#corrections, cause.corrects, number)
      }
      for (const [key, transfer] of others) this.#others.set(key, transfer)
    }
  }

  /** What is booked for a task, to be booked to. */
  ofTask(id: TaskId): TaskBooks {
    let task = this.tasks.get(id)
    if (task === undefined) this.tasks.set(id, (task = new TaskBooks()))
    return task
  }

  booked(causes: ReadonlyArray<string>): ReadonlyArray<Transfer.Transfer> {
    return [...new Set(causes)].flatMap((key) => this.#bookedFor(key) ?? [])
  }

  /** No id of a task has a slash in it. */
  #bookedFor(key: string): Transfer.Transfer | undefined {
    const [kind, id, assignment] = key.split("/")
    if (kind === "fee") return this.tasks.get(id as TaskId)?.fee(Number(assignment))
    return kind === "award" ? this.tasks.get(id as TaskId)?.award : this.#others.get(key)
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

  list(filter: TransferFilter, paging: OrderedPaging<number>): Page<Transfer.Transfer> {
    const { account, from, numbers, task, to } = filter
    if (task === undefined && numbers === undefined) return this.#range(filter, paging)
    const booked =
      task === undefined ? undefined : (this.tasks.get(task)?.transfers() ?? []).map(({ number }) => number)
    const found =
      booked === undefined
        ? [...new Set(numbers)].sort((a, b) => a - b).flatMap((number) => this.#rows[number - 1] ?? [])
        : this.withCorrections(booked)
    const asked = numbers === undefined ? undefined : new Set(numbers)
    const { after } = paging
    const isDown = paging.order === "newest"
    return pageOf(
      isDown ? found.toReversed() : found,
      paging.limit,
      (row) => row,
      ({ credit, debit, number, period }) =>
        (after === undefined || (isDown ? number < after : number > after)) &&
        (asked === undefined || asked.has(number)) &&
        (account === undefined || account === debit || account === credit) &&
        (from === undefined || period >= from) &&
        (to === undefined || period <= to)
    )
  }

  /** The transfers of a range, all or those of an account. */
  #range(
    { account, from, to }: TransferFilter,
    { after, limit, order }: OrderedPaging<number>
  ): Page<Transfer.Transfer> {
    const numbers = account === undefined ? undefined : (this.#accounts.get(account) ?? [])
    const length = numbers?.length ?? this.#rows.length
    const row = (index: number) => this.#rows[numbers === undefined ? index : numbers[index]! - 1]!
    /** The index of the first transfer above a number. */
    const above = (number: number) => (numbers === undefined ? Math.min(number, length) : firstAbove(numbers, number))
    const isDown = order === "newest"
    const start = Math.max(
      isDown || after === undefined ? 0 : above(after),
      from === undefined ? 0 : firstWhere(length, (index) => row(index).period >= from)
    )
    const end = Math.min(
      isDown && after !== undefined ? above(after - 1) : length,
      to === undefined ? length : firstWhere(length, (index) => row(index).period > to)
    )
    return pageOf(isDown ? downFrom(end, start) : upFrom(start, end), limit, row)
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

function* upFrom(start: number, end: number): Generator<number, void> {
  for (let index = start; index < end; index++) yield index
}

function* downFrom(end: number, start: number): Generator<number, void> {
  for (let index = end - 1; index >= start; index--) yield index
}

const append = <Key>(lists: Map<Key, Array<number>>, key: Key, number: number): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [number])
  else list.push(number)
}
