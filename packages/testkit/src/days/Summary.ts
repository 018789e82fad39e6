/**
 * What many days come to: kept small, a few numbers for each day and each popug, however much happened.
 */
import { BusinessDay, type Catalog, type UserId } from "@popug/core"
import * as DayBook from "./DayBook.ts"

/** A day without its lines. */
export type Day = Omit<DayBook.DayBook, "lines">

/** A popug over all days, in minor units. */
export interface Popug {
  readonly id: string
  readonly name: string | null
  readonly fees: bigint
  readonly awards: bigint
  readonly payouts: bigint
  readonly balance: bigint
}

/** A stretch of days that is shown as one: a calendar week, month or year. */
export interface Span extends DayBook.Totals {
  readonly from: BusinessDay.Period
  readonly to: BusinessDay.Period
  /** At its end. */
  readonly inTheRed: number
  readonly topTask: Catalog.TopTask | null
}

export interface Summary {
  readonly days: ReadonlyArray<Day>
  readonly popugs: ReadonlyArray<Popug>
  readonly totals: DayBook.Totals
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

/** Takes day books in, in order. */
export class Builder {
  readonly #days: Array<Day> = []
  readonly #popugs = new Map<UserId, Mutable<Popug>>()
  #totals = DayBook.noTotals

  /** `name` returns what a popug or a task is called, where that is not the company's id. */
  add({ lines, ...day }: DayBook.DayBook, name: (id: string) => string = (id) => id): void {
    const { topTask } = day
    this.#days.push({
      ...day,
      topTask: topTask === null ? null : { ...topTask, id: name(topTask.id) as Catalog.TopTask["id"] }
    })
    this.#totals = DayBook.add(this.#totals, day)
    for (const line of lines) {
      let popug = this.#popugs.get(line.id)
      if (popug === undefined) {
        popug = { id: name(line.id), name: line.name, fees: 0n, awards: 0n, payouts: 0n, balance: 0n }
        this.#popugs.set(line.id, popug)
      }
      popug.name = line.name ?? popug.name
      popug.fees += line.fees
      popug.awards += line.awards
      popug.payouts += line.payout
      popug.balance = line.closing
    }
  }

  get summary(): Summary {
    return { days: this.#days, popugs: [...this.#popugs.values()], totals: this.#totals }
  }
}

/** The better of two top tasks; the earlier one on a tie. */
export const topOf = (days: ReadonlyArray<Pick<Day, "topTask">>): Catalog.TopTask | null => {
  let top: Catalog.TopTask | null = null
  for (const { topTask } of days) if (topTask !== null && (top === null || topTask.total > top.total)) top = topTask
  return top
}

const boundsOf = {
  week: BusinessDay.weekOf,
  month: BusinessDay.monthOf,
  year: (period: BusinessDay.Period) => ({ from: `${period.slice(0, 4)}-01-01`, to: `${period.slice(0, 4)}-12-31` })
}

/** The days by calendar week, month or year; from the first and to the last day that is there. */
export const spans = (days: ReadonlyArray<Day>, by: keyof typeof boundsOf): ReadonlyArray<Span> => {
  const groups = new Map<string, Array<Day>>()
  for (const day of days) {
    const { from } = boundsOf[by](day.period)
    const group = groups.get(from)
    if (group === undefined) groups.set(from, [day])
    else group.push(day)
  }
  return [...groups.values()].map((group) => ({
    ...group.reduce<DayBook.Totals>(DayBook.add, DayBook.noTotals),
    from: group[0]!.period,
    to: group.at(-1)!.period,
    inTheRed: group.at(-1)!.inTheRed,
    topTask: topOf(group)
  }))
}
