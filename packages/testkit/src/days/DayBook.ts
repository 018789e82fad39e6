/**
 * The day book of a closed period: what was registered, charged, credited and paid out, and what it did to everybody's
 * balance. Read from the books as any accountant would, in pages.
 */
import {
  Account,
  Actor,
  Books,
  BusinessDay,
  type Catalog,
  Money,
  type Page,
  type StoreError,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { asSystem } from "./asSystem.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What a day did to one popug's balance, in minor units. */
const Balance = Schema.Struct({
  opening: Money.Amount,
  fees: Money.Amount,
  awards: Money.Amount,
  payout: Money.Amount,
  closing: Money.Amount
})
type Balance = typeof Balance.Type

/** Sums over days; amounts in minor units, as strings in JSON. */
export const Totals = Schema.Struct({
  tasksCreated: Count,
  assigned: Count,
  done: Count,
  fees: Money.Amount,
  awards: Money.Amount,
  earnings: Money.Amount,
  payouts: Money.Amount
})
export type Totals = typeof Totals.Type

/** What `--json` writes for each closed period. */
const Written = Schema.Struct({
  period: BusinessDay.Period,
  ...Totals.fields,
  /** Everybody below zero at the end of the day, moved or not. */
  inTheRed: Count,
  /** Those who moved that day. */
  balances: Schema.Record(Schema.String, Balance)
})

/** A popug who moved that day. */
export interface Line extends Balance {
  readonly id: UserId
  /** Null while billing has not heard of the user. */
  readonly name: string | null
}

export interface DayBook extends Totals {
  readonly period: BusinessDay.Period
  readonly inTheRed: number
  readonly topTask: Catalog.TopTask | null
  /** Those who moved, by the id that the company knows them by. */
  readonly lines: ReadonlyArray<Line>
}

/** How many rows are read at once. */
const pageSize = 500

/** The day books of the closed periods of a range, in order; one at a time is in memory. */
export const read = (range: {
  readonly from?: BusinessDay.Period
  readonly to?: BusinessDay.Period
}): Stream.Stream<DayBook, StoreError, Books> =>
  pages(
    (books, after: BusinessDay.Period | undefined) => books.periods(Actor.system, range, { after, limit: pageSize }),
    (row) => row.period
  ).pipe(
    Stream.mapEffect(({ earnings, inTheRed, period, topTask, totals }) =>
      Effect.map(Stream.runCollect(linesOf(period)), (lines): DayBook => {
        const { assigned, awards, done, fees, payouts, tasksCreated } = totals
        return { period, tasksCreated, assigned, done, fees, awards, earnings, payouts, inTheRed, topTask, lines }
      })
    )
  )

const linesOf = (period: BusinessDay.Period) =>
  pages(
    (books, after: UserId | undefined) => books.balances(Actor.system, period, { after, limit: pageSize }),
    (row) => Account.ownerOf(row.account)!
  ).pipe(
    Stream.map(({ account, awards, closing, fees, name, opening, payouts }): Line => {
      const id = Account.ownerOf(account)!
      return { id, name, opening, fees, awards, payout: payouts, closing }
    })
  )

/** All rows of a list that comes in pages. */
export const pages = <Key, Row, E>(
  page: (books: Books["Service"], after: Key | undefined) => Effect.Effect<Page<Row>, E>,
  key: (row: Row) => Key
): Stream.Stream<Row, StoreError, Books> =>
  Stream.paginate(undefined as Key | undefined, (after) =>
    Effect.map(asSystem(Effect.flatMap(Books, (books) => page(books, after))), ({ more, rows }) => [
      rows,
      more ? Option.some(key(rows.at(-1)!)) : Option.none()
    ])
  )

export const noTotals: Totals = {
  tasksCreated: 0,
  assigned: 0,
  done: 0,
  fees: 0n,
  awards: 0n,
  earnings: 0n,
  payouts: 0n
}

/** The totals with one more day. */
export const add = (totals: Totals, day: Totals): Totals => ({
  tasksCreated: totals.tasksCreated + day.tasksCreated,
  assigned: totals.assigned + day.assigned,
  done: totals.done + day.done,
  fees: totals.fees + day.fees,
  awards: totals.awards + day.awards,
  earnings: totals.earnings + day.earnings,
  payouts: totals.payouts + day.payouts
})

/** The totals as a value of JSON. */
export const totalsToJson = Schema.encodeSync(Schema.toCodecJson(Totals))

const encode = Schema.encodeSync(Schema.toCodecJson(Written))

/** The day book as a value of JSON; `name` returns what a popug is called there. */
export const toJson = ({ lines, ...day }: DayBook, name: (id: UserId) => string = (id) => id): Schema.Json =>
  encode({ ...day, balances: Object.fromEntries(lines.map((line) => [name(line.id), line])) })
