/**
 * The recorded prices of tasks.
 */
import type { Paging, Price, PriceFilter, TaskId } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { listed } from "../lists.ts"
import { unpacked } from "../packed.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { one } from "../statements.ts"
import type { Column } from "../together.ts"

interface Row {
  readonly task: Uint8Array
  readonly fee: bigint
  readonly award: bigint
  readonly event: number
  readonly journal: number
  readonly digest: Uint8Array
}

const columns = "task, fee, award, event, journal, digest"
/** Whole numbers as `float8`, which is exact for all that occur. */
const fields = "task, fee, award, event::float8, journal::float8, digest"

const read = (row: Row): Price => ({
  task: unpacked(row.task) as TaskId,
  fee: row.fee,
  award: row.award,
  event: row.event,
  journal: row.journal,
  digest: Param.hexOf(row.digest)
})

/** The columns of prices, and the lists of some for each. */
export const priceColumns: ReadonlyArray<Column<Price>> = [
  ["task", (rows) => Param.ids(rows.map(({ task }) => task))],
  ["fee", (rows) => Param.amounts(rows.map(({ fee }) => fee))],
  ["award", (rows) => Param.amounts(rows.map(({ award }) => award))],
  ["event", (rows) => Param.numbers(rows.map(({ event }) => event)), "event::bigint"],
  ["journal", (rows) => Param.numbers(rows.map(({ journal }) => journal)), "journal::bigint"],
  ["digest", (rows) => Param.digests(rows.map(({ digest }) => digest))]
]

/** The same of a table `p` as JSON has them. */
export const priceJson =
  "encode(p.task, 'hex') as task, p.fee::text, p.award::text, p.event, p.journal, encode(p.digest, 'hex') as digest"

export const priceOf = (row: unknown): Price => {
  const { award, digest, event, fee, journal, task } = row as Record<"task" | "fee" | "award" | "digest", string> &
    Record<"event" | "journal", number>
  const id = unpacked(Buffer.from(task, "hex")) as TaskId
  return { task: id, fee: BigInt(fee), award: BigInt(award), event, journal, digest }
}

export const make = (db: CompanyDatabase) => {
  const ofTasks = (tasks: ReadonlyArray<TaskId>) =>
    tasks.length === 0
      ? Effect.succeed([])
      : Effect.map(
          db.query<Row>(`select ${fields} from ${db.schema}.prices where company = $1 and task = any($2)`, [
            db.company,
            Param.ids(tasks)
          ]),
          (rows) => rows.map(read)
        )

  const list = ({ tasks }: PriceFilter, { after, limit }: Paging<number>) =>
    pageOf(
      db.query<Row>(
        `select ${fields} from ${db.schema}.prices p
          where company = $1 and p.event > $2${tasks === undefined ? "" : " and task = any($4)"}
          order by p.event limit $3`,
        [db.company, Param.int(after ?? 0), Param.int(limit + 1), ...(tasks === undefined ? [] : [Param.ids(tasks)])]
      ),
      limit,
      read
    )

  const insert = (rows: ReadonlyArray<Price>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.prices (company, ${columns})
            select $1, task, fee, award, event::bigint, journal::bigint, digest
            from ${listed(columns, 2)}`,
          [db.company, ...priceColumns.map(([, list]) => list(rows))]
        )

  return { ofTasks, list, insert }
}
