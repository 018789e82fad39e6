/**
 * The ways to find transfers.
 */
import {
  type Account,
  type Moved,
  type Page,
  type Paging,
  type StoreError,
  type TaskId,
  type Transfer,
  type TransferFilter
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { isUuid } from "../packed.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { award, companyAccount, kindNumber, kindOf } from "./Transfers.ts"

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

interface SumRow {
  readonly period: Moved["period"]
  readonly kind: number
  readonly popug: Account.AccountId
  readonly debited: boolean
  readonly reversed: boolean
  readonly transfers: bigint
  readonly amount: string
}

const readSum = ({ amount, debited, kind, period, popug, reversed, transfers }: SumRow): Moved => {
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

/** The keys of causes (`Transfer.causeKey`), taken apart: each kind has its index. */
const partsOf = (causes: ReadonlyArray<string>) => {
  const parts = {
    tasks: [] as Array<readonly [task: string, assignment: number]>,
    payouts: [] as Array<readonly [period: string, popug: string]>,
    corrections: [] as Array<readonly [corrects: number, round: number]>
  }
  for (const cause of causes) {
    const [kind, first, second, third] = cause.split("/")
    if (kind === "fee") {
      // There is no assignment 0: an award stands in its place.
      if (Number(second) !== award) parts.tasks.push([first!, Number(second)])
    } else if (kind === "award") parts.tasks.push([first!, award])
    else if (kind === "payout") parts.payouts.push([first!, second!.startsWith("popug:") ? second! : third!])
    else parts.corrections.push([Number(first), Number(second)])
  }
  return parts
}

/** Ways to find the numbers of transfers that were booked for causes, and their parameters. */
const findings = (db: CompanyDatabase, causes: ReadonlyArray<string>) => {
  const { corrections, payouts, tasks } = partsOf(causes)
  const params: Array<Param.Param> = [db.company]
  const queries: Array<string> = []
  const find = (asked: ReadonlyArray<Param.Param>, columns: string, where: string) => {
    const places = asked.map((param) => `$${params.push(param)}`).join(", ")
    queries.push(
      `select t.number from unnest(${places}) as asked (${columns})
        join ${db.schema}.transfers t on t.company = $1 and ${where}`
    )
  }
  /** Finds transfers of tasks by one of the indexes, which holds those that are so. */
  const ofTasks = (some: typeof tasks, so: string, ids: (ids: ReadonlyArray<string>) => Param.Param) => {
    if (some.length === 0) return
    find(
      [ids(some.map(([task]) => task)), Param.smallInts(some.map(([, assignment]) => assignment))],
      "task, assignment",
      `${so} and t.assignment = asked.assignment and t.corrects is null`
    )
  }
  const uuids = tasks.filter(([task]) => isUuid(task))
  const by = (kind: Transfer.TransferKind) =>
    `t.kind = ${kindNumber(kind)} and t.task_uuid = asked.task and t.task_uuid is not null`
  ofTasks(
    uuids.filter(([, assignment]) => assignment !== award),
    by("fee"),
    Param.uuids
  )
  ofTasks(
    uuids.filter(([, assignment]) => assignment === award),
    by("award"),
    Param.uuids
  )
  ofTasks(
    tasks.filter(([task]) => !isUuid(task)),
    "t.task_name = asked.task and t.task_name is not null",
    Param.texts
  )
  if (payouts.length > 0) {
    find(
      [Param.dates(payouts.map(([period]) => period)), Param.texts(payouts.map(([, popug]) => popug))],
      "period, popug",
      `t.period = asked.period and t.kind = 3 and t.corrects is null and t.account = (
        select number from ${db.schema}.account_numbers where company = $1 and id = asked.popug)`
    )
  }
  if (corrections.length > 0) {
    find(
      [Param.ints(corrections.map(([corrects]) => corrects)), Param.smallInts(corrections.map(([, round]) => round))],
      "corrects, round",
      "t.corrects = asked.corrects and t.round = asked.round"
    )
  }
  return { queries, params }
}

/** What moves an account: all transfers of its kind for one of the company's. */
const moving = (db: CompanyDatabase, account: Account.AccountId, of: (param: Param.Param) => string) => {
  const kind = (["fee", "award", "payout"] as const).find((each) => companyAccount[each] === account)
  // Written out, so that an index of some kinds is seen to be enough.
  if (kind !== undefined) return `t.kind = ${kindNumber(kind)}${kind === "fee" ? "" : " and t.kind > 1"}`
  return `t.account = (select number from ${db.schema}.account_numbers where company = $1 and id = ${of(Param.text(account))})`
}

/**
 * The numbers of what is booked for a task, and of what corrects it. There is no index by task alone: its fees are
 * looked up one by one, up to the highest assignment that any task had.
 */
const bookedFor = (db: CompanyDatabase, task: TaskId, of: (param: Param.Param) => string): string => {
  const transfers = `${db.schema}.transfers`
  const isNamed = !isUuid(task)
  const id = isNamed ? of(Param.text(task)) : `${of(Param.text(task))}::uuid`
  const column = isNamed ? "task_name" : "task_uuid"
  // As the indexes say it: that of named tasks holds their awards, too, as an assignment 0.
  const fees = `company = $1 and corrects is null and ${column} is not null${isNamed ? "" : " and kind = 1"}`
  const awarded = `select number from ${transfers}
    where company = $1 and kind = 2 and corrects is null and task_uuid is not null and task_uuid = ${id}`
  return `array(
    with recursive found (number) as (
      select number from (
        select (select number from ${transfers} where ${fees} and assignment = place and ${column} = ${id}) as number
        from generate_series(${isNamed ? 0 : 1}, (select max(assignment) from ${transfers} where ${fees})) place
        ${isNamed ? "" : `union all ${awarded}`}
      ) booked where number is not null
      union
      select t.number from ${transfers} t join found on t.company = $1 and t.corrects = found.number
    ) select number from found
  )`
}

/** Which transfers a list has, after `$2`; `of` takes a parameter and returns its place. */
const boundsOf = (
  db: CompanyDatabase,
  { account, from, numbers, task, to }: TransferFilter,
  of: (param: Param.Param) => string
): ReadonlyArray<string> => {
  const bounds = ["t.company = $1", "t.number > $2"]
  // Periods only grow along the journal, so a range of them is a range of numbers.
  if (from !== undefined) {
    bounds.push(`t.number >= (select first_transfer from ${db.schema}.journal_periods
      where company = $1 and period >= ${of(Param.date(from))} order by period limit 1)`)
  }
  if (to !== undefined) {
    bounds.push(`t.number < coalesce((select first_transfer from ${db.schema}.journal_periods
      where company = $1 and period > ${of(Param.date(to))} order by period limit 1), 9223372036854775807)`)
  }
  if (account !== undefined) bounds.push(moving(db, account, of))
  if (task !== undefined) bounds.push(`t.number = any(${bookedFor(db, task, of)})`)
  if (numbers !== undefined) bounds.push(`t.number = any(${of(Param.ints(numbers))})`)
  return bounds
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

  const list = (
    filter: TransferFilter,
    { after, limit }: Paging<number>
  ): Effect.Effect<Page<Transfer.Transfer>, StoreError> => {
    const params = [db.company, Param.int(after ?? 0), Param.int(limit + 1)]
    const of = (param: Param.Param) => `$${params.push(param)}`
    const bounds = boundsOf(db, filter, of).join(" and ")
    return pageOf(
      db.query<Row>(`select ${fields} from ${transfers} t where ${bounds} order by t.number limit $3`, params),
      limit,
      read
    )
  }

  /** What the transfers above a number come to, and the highest number there is. */
  const moves = Effect.fnUntraced(function* (after: number) {
    const rows = yield* db.query<SumRow>(
      `select s.period, s.kind, a.id as popug, s.debited, s.reversed, s.transfers, s.amount from (
        select period, kind, account, debited, corrects is not null and not undoes as reversed,
          count(*) as transfers, sum(amount) as amount
        from ${transfers} where company = $1 and number > $2 group by 1, 2, 3, 4, 5
      ) s join ${numbers} a on a.company = $1 and a.number = s.account`,
      [db.company, Param.int(after)]
    )
    const [end] = yield* db.query<{ readonly last: bigint | null }>(
      `select max(number) as last from ${transfers} where company = $1`,
      [db.company]
    )
    return { sums: rows.map(readSum), last: Number(end?.last ?? 0) }
  })

  return { booked, withCorrections, list, moves }
}
