/**
 * Transfers as rows, and the ways to find them.
 */
import {
  Account,
  type Moved,
  type Page,
  type Paging,
  type StoreError,
  Transfer,
  type TransferFilter
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type Database, type Statement, statement } from "../Database.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../params.ts"

interface Row {
  readonly number: bigint
  readonly kind: Transfer.TransferKind
  readonly debit: Account.AccountId
  readonly credit: Account.AccountId
  readonly amount: string
  readonly period: Transfer.Transfer["period"]
  readonly cause: Transfer.Cause
  readonly occurred_ms: bigint
  readonly recorded_ms: bigint
}

const read = (row: Row): Transfer.Transfer => ({
  number: Number(row.number),
  kind: row.kind,
  debit: row.debit,
  credit: row.credit,
  amount: BigInt(row.amount),
  period: row.period,
  cause: row.cause,
  occurredAt: DateTime.makeUnsafe(Number(row.occurred_ms)),
  recordedAt: DateTime.makeUnsafe(Number(row.recorded_ms))
})

interface SumRow extends Omit<Moved, "transfers" | "amount"> {
  readonly transfers: bigint
  readonly amount: string
}

const readSum = ({ amount, transfers, ...row }: SumRow): Moved => ({
  ...row,
  transfers: Number(transfers),
  amount: BigInt(amount)
})

const columns = (of: string) =>
  ["number", "kind", "debit", "credit", "amount", "period", "cause", "occurred_ms", "recorded_ms"]
    .map((column) => `${of}.${column}`)
    .join(", ")

/** What moves each of the company's accounts: all transfers of a kind, and no others. */
const kindOf: Readonly<Record<string, Transfer.TransferKind | undefined>> = {
  [Account.fees]: "fee",
  [Account.awards]: "award",
  [Account.cash]: "payout"
}

export const make = (db: Database) => {
  const transfers = `${db.schema}.transfers`
  const periods = `${db.schema}.journal_periods`
  const readAll = Effect.map((rows: ReadonlyArray<Row>) => rows.map(read))
  const none = Effect.succeed<ReadonlyArray<Transfer.Transfer>>([])

  /** Notes where the periods of these transfers begin, unless that is known. */
  const begin = (rows: ReadonlyArray<Transfer.Transfer>) => {
    const first = new Map<string, number>()
    for (const { number, period } of rows) if (!first.has(period)) first.set(period, number)
    return statement(
      `insert into ${periods} (period, first_transfer)
        select * from unnest($1, $2) as p (period, number) on conflict (period) do nothing`,
      [Param.texts([...first.keys()]), Param.ints([...first.values()])]
    )
  }

  const insert = (rows: ReadonlyArray<Transfer.Transfer>): ReadonlyArray<Statement> =>
    rows.length === 0
      ? []
      : [
          begin(rows),
          statement(
            `insert into ${transfers}
              (number, kind, debit, credit, amount, period, cause_key, cause, corrects, occurred_ms, recorded_ms)
            select number::bigint, kind, debit, credit, amount, period, cause_key, cause::json, corrects::bigint,
              occurred::bigint, recorded::bigint
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as t
              (number, kind, debit, credit, amount, period, cause_key, cause, corrects, occurred, recorded)`,
            [
              Param.numbers(rows.map(({ number }) => number)),
              Param.texts(rows.map(({ kind }) => kind)),
              Param.texts(rows.map(({ debit }) => debit)),
              Param.texts(rows.map(({ credit }) => credit)),
              Param.amounts(rows.map(({ amount }) => amount)),
              Param.texts(rows.map(({ period }) => period)),
              Param.texts(rows.map(Transfer.causeKey)),
              Param.texts(rows.map(({ cause }) => JSON.stringify(cause))),
              Param.numbers(rows.map(({ cause }) => (cause._tag === "Corrected" ? cause.corrects : null))),
              Param.numbers(rows.map(({ occurredAt }) => occurredAt.epochMilliseconds)),
              Param.numbers(rows.map(({ recordedAt }) => recordedAt.epochMilliseconds))
            ]
          )
        ]

  /** The transfers that were booked for some causes. */
  const booked = (causes: ReadonlyArray<string>) =>
    causes.length === 0
      ? none
      : readAll(
          db.query<Row>(`select ${columns("t")} from ${transfers} t where cause_key = any($1)`, [Param.texts(causes)])
        )

  /** The transfers of these numbers with those that correct them, and those that correct those. */
  const withCorrections = (numbers: ReadonlyArray<number>) =>
    numbers.length === 0
      ? none
      : readAll(
          db.query<Row>(
            `with recursive found (number) as (
              select number from ${transfers} where number = any($1)
              union
              select t.number from ${transfers} t join found on t.corrects = found.number
            )
            select ${columns("t")} from ${transfers} t join found using (number) order by number`,
            [Param.ints(numbers)]
          )
        )

  const list = (
    { account, from, to }: TransferFilter,
    { after, limit }: Paging<number>
  ): Effect.Effect<Page<Transfer.Transfer>, StoreError> => {
    const params = [Param.int(after ?? 0), Param.int(limit + 1)]
    const of = (value: string) => `$${params.push(Param.text(value))}`
    const bounds = ["number > $1"]
    // Periods only grow along the journal, so a range of them is a range of numbers.
    if (from !== undefined) {
      bounds.push(
        `number >= (select first_transfer from ${periods} where period >= ${of(from)} order by period limit 1)`
      )
    }
    if (to !== undefined) {
      bounds.push(
        `number < coalesce(
          (select first_transfer from ${periods} where period > ${of(to)} order by period limit 1),
          9223372036854775807
        )`
      )
    }
    if (account !== undefined) {
      const kind = kindOf[account]
      if (kind === undefined) bounds.push(`case when debit >= 'popug:' then debit else credit end = ${of(account)}`)
      else bounds.push(`kind = ${of(kind)}`)
    }
    return pageOf(
      db.query<Row>(
        `select ${columns("t")} from ${transfers} t where ${bounds.join(" and ")} order by number limit $2`,
        params
      ),
      limit,
      read
    )
  }

  /** What the transfers above a number come to, and the highest number there is. */
  const moves = Effect.fnUntraced(function* (after: number) {
    const rows = yield* db.query<SumRow>(
      `select period, kind, debit, credit,
          corrects is not null and cause ->> 'undoes' is distinct from 'true' as reversed,
          count(*) as transfers, sum(amount) as amount
        from ${transfers} where number > $1 group by 1, 2, 3, 4, 5`,
      [Param.int(after)]
    )
    const [end] = yield* db.query<{ readonly last: bigint | null }>(`select max(number) as last from ${transfers}`)
    return { sums: rows.map(readSum), last: Number(end?.last ?? 0) }
  })

  return { insert, booked, withCorrections, list, moves }
}
