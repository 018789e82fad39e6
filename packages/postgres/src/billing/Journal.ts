/**
 * The ways to find transfers.
 */
import type { Account, Moved, OrderedPaging, Page, StoreError, TaskId, Transfer, TransferFilter } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { boundsOf } from "./bounds.ts"
import { findings } from "./causes.ts"
import { award, companyAccount, kindOf } from "./Transfers.ts"

interface Row {
  readonly number: number
  readonly popug: Account.AccountId
  readonly amount: bigint
  readonly occurred: number
  readonly recorded: number
  readonly event: number | null
  readonly corrects: number | null
  readonly period: Transfer.Transfer["period"]
  readonly assignment: number | null
  readonly round: number | null
  readonly kind: number
  readonly debited: boolean
  readonly undoes: boolean | null
  readonly task_uuid: TaskId | null
  readonly task_name: TaskId | null
  readonly title: string | null
  readonly reason: string | null
  readonly actor: string | null
}

/**
 * Whole numbers as `float8`, which is exact for all that occur. Each account is looked up: a join might go through all
 * of them for a page.
 */
const columns = (numbers: string) => `t.number::float8, (
    select id from ${numbers} a where a.company = $1 and a.number = t.account
  ) as popug, t.amount, t.occurred_ms::float8 as occurred,
  t.recorded_ms::float8 as recorded, t.event::float8, t.corrects::float8, t.period, t.assignment, t.round, t.kind,
  t.debited, t.undoes, t.task_uuid, t.task_name, t.title, t.reason, t.actor`

const causeOf = (row: Row): Transfer.Cause => {
  const task = row.task_uuid ?? row.task_name
  if (row.corrects !== null) {
    const { actor, corrects, reason, round, title, undoes } = row
    return {
      _tag: "Corrected",
      corrects,
      round: round!,
      undoes: undoes!,
      reason: reason!,
      actor: actor!,
      task,
      title
    }
  }
  const event = row.event!
  if (task === null) return { _tag: "Closed", event }
  const title = row.title!
  const assignment = row.assignment!
  return assignment === award
    ? { _tag: "Done", event, task, title }
    : { _tag: "Assigned", event, task, title, assignment }
}

/** Makes instants of milliseconds; the same again is the same one, as that of a commit is for all its rows. */
const instants = () => {
  let last = DateTime.makeUnsafe(0)
  return (millis: number): DateTime.Utc =>
    millis === last.epochMilliseconds ? last : (last = DateTime.makeUnsafe(millis))
}
const [occurredAt, recordedAt] = [instants(), instants()]

const read = (row: Row): Transfer.Transfer => {
  const kind = kindOf(row.kind)
  const own = companyAccount[kind]
  return {
    number: row.number,
    kind,
    debit: row.debited ? row.popug : own,
    credit: row.debited ? own : row.popug,
    amount: row.amount,
    period: row.period,
    cause: causeOf(row),
    occurredAt: occurredAt(row.occurred),
    recordedAt: recordedAt(row.recorded)
  }
}

/** The columns of transfers `t` as JSON has them: amounts as text. */
export const transferJson = (numbers: string) => `t.number, (
    select id from ${numbers} a where a.company = t.company and a.number = t.account
  ) as popug, t.amount::text, t.occurred_ms as occurred, t.recorded_ms as recorded, t.event, t.corrects, t.period,
  t.assignment, t.round, t.kind, t.debited, t.undoes, t.task_uuid, t.task_name, t.title, t.reason, t.actor`

export const transferOf = (json: unknown): Transfer.Transfer => {
  const row = json as Omit<Row, "amount"> & { readonly amount: string }
  return read({ ...row, amount: BigInt(row.amount) })
}

/** Where nothing was moved, the end alone; its number is null without transfers. */
interface EndRow {
  readonly last: bigint | null
  readonly popug: null
}

/** What transfers come to, as a row has it. */
export interface SumRow extends Omit<EndRow, "popug"> {
  readonly period: Moved["period"]
  readonly kind: number
  readonly popug: Account.AccountId
  readonly debited: boolean
  readonly reversed: boolean
  readonly transfers: bigint | number
  readonly amount: string
}

export const readSum = ({ amount, debited, kind, period, popug, reversed, transfers }: SumRow): Moved => {
  const own = companyAccount[kindOf(kind)]
  return {
    period,
    kind: kindOf(kind),
    debit: debited ? popug : own,
    credit: debited ? own : popug,
    reversed,
    transfers: Number(transfers),
    amount: BigInt(amount)
  }
}

/** Sums transfers by period, kind, account and direction, for `group by 1, 2, 3, 4, 5`. */
export const summing = `period, kind, account, debited, corrects is not null and not undoes as reversed,
  count(*) as transfers, sum(amount)::text as amount`

/** A page of the journal. */
const list = (
  db: CompanyDatabase,
  filter: TransferFilter,
  { after, limit, order }: OrderedPaging<number>
): Effect.Effect<Page<Transfer.Transfer>, StoreError> => {
  const isDown = order === "newest"
  const params = [db.company, Param.int(limit + 1)]
  const of = (param: Param.Param) => `$${params.push(param)}`
  const beyond = after === undefined ? [] : [`t.number ${isDown ? "<" : ">"} ${of(Param.int(after))}`]
  const bounds = [...beyond, ...boundsOf(db, filter, of)].join(" and ")
  const by = isDown ? "t.number desc" : "t.number"
  const from = `select ${columns(`${db.schema}.account_numbers`)} from ${db.schema}.transfers t`
  return pageOf(db.query<Row>(`${from} where ${bounds} order by ${by} limit $2`, params), limit, read)
}

export const make = (db: CompanyDatabase) => {
  const transfers = `${db.schema}.transfers`
  const numbers = `${db.schema}.account_numbers`
  const fields = columns(numbers)
  const readAll = Effect.map((rows: ReadonlyArray<Row>) => rows.map(read))
  const none = Effect.succeed<ReadonlyArray<Transfer.Transfer>>([])

  /** The transfers that were booked for some causes. */
  const booked = (causes: ReadonlyArray<string>) => {
    const { params, queries } = findings(db, causes)
    if (queries.length === 0) return none
    return readAll(
      db.query<Row>(
        `select ${fields} from (${queries.join(" union ")}) found
          join ${transfers} t on t.company = $1 and t.number = found.number`,
        params
      )
    )
  }

  /** The transfers of these numbers with those that correct them, and those that correct those. */
  const withCorrections = (asked: ReadonlyArray<number>) =>
    asked.length === 0
      ? none
      : readAll(
          db.query<Row>(
            `with recursive found (number) as (
              select number from ${transfers} where company = $1 and number = any($2)
              union
              select t.number from ${transfers} t join found on t.company = $1 and t.corrects = found.number
            )
            select ${fields} from found join ${transfers} t on t.company = $1 and t.number = found.number
            order by t.number`,
            [db.company, Param.ints(asked)]
          )
        )

  /** What the transfers above a number come to, and the highest number there is. */
  const moves = (after: number) =>
    Effect.map(
      db.query<SumRow | EndRow>(
        `select e.last, s.period, s.kind, a.id as popug, s.debited, s.reversed, s.transfers, s.amount
          from (select max(number) as last from ${transfers} where company = $1) e left join (
            select ${summing} from ${transfers} where company = $1 and number > $2 group by 1, 2, 3, 4, 5
          ) s on true left join ${numbers} a on a.company = $1 and a.number = s.account`,
        [db.company, Param.int(after)]
      ),
      (rows) => ({
        sums: rows.flatMap((row) => (row.popug === null ? [] : [readSum(row)])),
        last: Number(rows[0]?.last ?? 0)
      })
    )

  return {
    booked,
    withCorrections,
    list: (filter: TransferFilter, paging: OrderedPaging<number>) => list(db, filter, paging),
    moves
  }
}
