/**
 * What shuffles cost, as rows.
 */
import type { Paging, Period, PeriodRange, ShuffleCost } from "@popug/core"
import * as DateTime from "effect/DateTime"
import type { CompanyDatabase } from "../Database.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { one } from "../statements.ts"
import type { Column } from "../together.ts"

interface Row {
  readonly event: bigint
  readonly shuffle: bigint
  readonly period: Period
  readonly actor: string
  readonly at_ms: bigint
  readonly reassigned: bigint
  readonly fees: bigint
}

const columns = "event, shuffle, period, actor, at_ms, reassigned, fees"

const read = (row: Row): ShuffleCost => ({
  event: Number(row.event),
  shuffle: Number(row.shuffle),
  period: row.period,
  actor: row.actor,
  at: DateTime.makeUnsafe(Number(row.at_ms)),
  reassigned: Number(row.reassigned),
  fees: row.fees
})

/** The columns of what shuffles cost, and the lists of some for each. */
export const shuffleColumns: ReadonlyArray<Column<ShuffleCost>> = [
  ["event", (rows) => Param.numbers(rows.map(({ event }) => event)), "event::bigint"],
  ["shuffle", (rows) => Param.numbers(rows.map(({ shuffle }) => shuffle)), "shuffle::bigint"],
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["actor", (rows) => Param.texts(rows.map(({ actor }) => actor))],
  ["at_ms", (rows) => Param.numbers(rows.map(({ at }) => at.epochMilliseconds)), "at_ms::bigint"],
  ["reassigned", (rows) => Param.numbers(rows.map(({ reassigned }) => reassigned)), "reassigned::bigint"],
  ["fees", (rows) => Param.amounts(rows.map(({ fees }) => fees))]
]

export const make = (db: CompanyDatabase) => {
  const table = `${db.schema}.shuffles`

  const insert = (rows: ReadonlyArray<ShuffleCost>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${table} (company, ${columns})
            select $1, event::bigint, shuffle::bigint, period, actor, at_ms::bigint, reassigned::bigint, fees
            from unnest($2, $3, $4, $5, $6, $7, $8) as s (${columns})`,
          [db.company, ...shuffleColumns.map(([, list]) => list(rows))]
        )

  /** Periods only grow along the events: a range of periods is a range of events, found at its two ends. */
  const list = ({ from, to }: PeriodRange<Period>, { after, limit }: Paging<number>) =>
    pageOf(
      db.query<Row>(
        `select ${columns} from ${table}
          where company = $1 and event > $2
            and event >= (
              select event from ${table} where company = $1 and period >= $3 order by period, event limit 1
            )
            and event <= (
              select event from ${table} where company = $1 and period <= $4 order by period desc, event desc limit 1
            )
          order by event limit $5`,
        [
          db.company,
          Param.int(after ?? 0),
          Param.date(from ?? Param.always),
          Param.date(to ?? Param.forever),
          Param.int(limit + 1)
        ]
      ),
      limit,
      read
    )

  return { insert, list }
}
