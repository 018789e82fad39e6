/**
 * Closed periods as rows.
 */
import { Catalog, type ClosedPeriod, type Paging, type Period, type PeriodRange } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CompanyDatabase } from "../Database.ts"
import { corrupt } from "../errors.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { one } from "../statements.ts"

interface TopRow {
  readonly top_task_id: Catalog.TopTask["id"] | null
  readonly top_task_title: string | null
  readonly top_task_total: bigint | null
}

interface Row extends TopRow {
  readonly period: Period
  readonly totals: unknown
  readonly in_the_red: bigint
  readonly previous_seal: Uint8Array
  readonly seal: Uint8Array
  readonly last_event: bigint
  readonly closed_as: bigint
  readonly events_digest: Uint8Array
  readonly last_transfer: bigint
  readonly journal_digest: Uint8Array
  readonly closed_ms: bigint
}

const Totals = Schema.toCodecJson(Catalog.Totals)
const encodeTotals = Schema.encodeSync(Totals)
const decodeTotals = Schema.decodeUnknownSync(Totals)

const readTop = (row: TopRow): Catalog.TopTask | null =>
  row.top_task_id === null ? null : { id: row.top_task_id, title: row.top_task_title!, total: row.top_task_total! }

const read = (row: Row): ClosedPeriod => ({
  period: row.period,
  totals: decodeTotals(row.totals),
  inTheRed: Number(row.in_the_red),
  topTask: readTop(row),
  previousSeal: Param.hexOf(row.previous_seal),
  seal: Param.hexOf(row.seal),
  lastEvent: Number(row.last_event),
  closedAs: Number(row.closed_as),
  eventsDigest: Param.hexOf(row.events_digest),
  lastTransfer: Number(row.last_transfer),
  journalDigest: Param.hexOf(row.journal_digest),
  closedAt: DateTime.makeUnsafe(Number(row.closed_ms))
})

export const make = (db: CompanyDatabase) => {
  const table = `${db.schema}.closed_periods`

  /** A commit closes one period, or none. */
  const insert = (rows: ReadonlyArray<ClosedPeriod>) =>
    rows.flatMap((row) =>
      one(
        `insert into ${table} (
              company, period, totals, in_the_red, top_task_id, top_task_title, top_task_total, previous_seal, seal,
              last_event, closed_as, events_digest, last_transfer, journal_digest, closed_ms
            ) values ($1, $2, $3::text::json, $4, $5, $6, $7::text::bigint, $8, $9, $10, $11, $12, $13, $14, $15)`,
        [
          db.company,
          Param.date(row.period),
          Param.text(JSON.stringify(encodeTotals(row.totals))),
          Param.int(row.inTheRed),
          Param.text(row.topTask?.id ?? null),
          Param.text(row.topTask?.title ?? null),
          Param.text(row.topTask?.total.toString() ?? null),
          Param.digest(row.previousSeal),
          Param.digest(row.seal),
          Param.int(row.lastEvent),
          Param.int(row.closedAs),
          Param.digest(row.eventsDigest),
          Param.int(row.lastTransfer),
          Param.digest(row.journalDigest),
          Param.int(row.closedAt.epochMilliseconds)
        ]
      )
    )

  const list = ({ from, to }: PeriodRange<Period>, { after, limit }: Paging<Period>) =>
    pageOf(
      db.query<Row>(
        `select * from ${table} where company = $1 and period > $2 and period >= $3 and period <= $4
          order by period limit $5`,
        [
          db.company,
          Param.date(after ?? Param.always),
          Param.date(from ?? Param.always),
          Param.date(to ?? Param.forever),
          Param.int(limit + 1)
        ]
      ),
      limit,
      (row) => row
    ).pipe(
      Effect.flatMap(({ more, rows }) =>
        Effect.try({
          try: () => ({ more, rows: rows.map(read) }),
          catch: (error) => corrupt("a closed period can't be read", error)
        })
      )
    )

  return { insert, list }
}
