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
import type { Column } from "../together.ts"

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

/** The columns of closed periods, and the lists of some for each. */
export const closedColumns: ReadonlyArray<Column<ClosedPeriod>> = [
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["totals", (rows) => Param.texts(rows.map(({ totals }) => JSON.stringify(encodeTotals(totals)))), "totals::json"],
  ["in_the_red", (rows) => Param.ints(rows.map(({ inTheRed }) => inTheRed))],
  ["top_task_id", (rows) => Param.texts(rows.map(({ topTask }) => topTask?.id ?? null))],
  ["top_task_title", (rows) => Param.texts(rows.map(({ topTask }) => topTask?.title ?? null))],
  ["top_task_total", (rows) => Param.amounts(rows.map(({ topTask }) => topTask?.total ?? null))],
  ["previous_seal", (rows) => Param.digests(rows.map(({ previousSeal }) => previousSeal))],
  ["seal", (rows) => Param.digests(rows.map(({ seal }) => seal))],
  ["last_event", (rows) => Param.ints(rows.map(({ lastEvent }) => lastEvent))],
  ["closed_as", (rows) => Param.ints(rows.map(({ closedAs }) => closedAs))],
  ["events_digest", (rows) => Param.digests(rows.map(({ eventsDigest }) => eventsDigest))],
  ["last_transfer", (rows) => Param.ints(rows.map(({ lastTransfer }) => lastTransfer))],
  ["journal_digest", (rows) => Param.digests(rows.map(({ journalDigest }) => journalDigest))],
  ["closed_ms", (rows) => Param.ints(rows.map(({ closedAt }) => closedAt.epochMilliseconds))]
]

const digests = ["previous_seal", "seal", "events_digest", "journal_digest"] as const

/** The columns of a table `c` as JSON has them. */
export const closedJson = `c.period, c.totals, c.in_the_red, c.top_task_id, c.top_task_title,
  c.top_task_total::text, c.last_event, c.closed_as, c.last_transfer, c.closed_ms,
  ${digests.map((column) => `encode(c.${column}, 'hex') as ${column}`).join(", ")}`

export const closedOf = (json: unknown): ClosedPeriod => {
  const row = json as Omit<Row, "top_task_total" | (typeof digests)[number]> &
    Record<(typeof digests)[number], string> & { readonly top_task_total: string | null }
  return read({
    ...row,
    top_task_total: row.top_task_total === null ? null : BigInt(row.top_task_total),
    previous_seal: Buffer.from(row.previous_seal, "hex"),
    seal: Buffer.from(row.seal, "hex"),
    events_digest: Buffer.from(row.events_digest, "hex"),
    journal_digest: Buffer.from(row.journal_digest, "hex")
  })
}

export const make = (db: CompanyDatabase) => {
  const table = `${db.schema}.closed_periods`

  /** A commit closes one period, or none. */
  const insert = (rows: ReadonlyArray<ClosedPeriod>) => {
    if (rows.length === 0) return []
    const list = closedColumns.map(([column]) => column).join(", ")
    const values = closedColumns.map(([column, , written]) => written ?? column).join(", ")
    const places = closedColumns.map((_, index) => `$${index + 2}`).join(", ")
    return one(`insert into ${table} (company, ${list}) select $1, ${values} from unnest(${places}) as c (${list})`, [
      db.company,
      ...closedColumns.map(([, listOf]) => listOf(rows))
    ])
  }

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
