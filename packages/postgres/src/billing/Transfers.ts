/**
 * Transfers as rows: how they are written. A row has the number of the popug's account, and the company's account by
 * its kind.
 */
import { Account, type Transfer } from "@popug/core"
import type { CompanyDatabase } from "../Database.ts"
import { listed } from "../lists.ts"
import { isUuid } from "../packed.ts"
import * as Param from "../Param.ts"
import { type Statement, statement } from "../statements.ts"
import type { Column } from "../together.ts"
import type { Numbers } from "./AccountNumbers.ts"

const kinds: ReadonlyArray<Transfer.TransferKind> = ["fee", "award", "payout"]
export const kindNumber = (kind: Transfer.TransferKind): number => kinds.indexOf(kind) + 1
export const kindOf = (number: number): Transfer.TransferKind => kinds[number - 1]!

/** The account of the company that transfers of a kind move, and no others. */
export const companyAccount: Readonly<Record<Transfer.TransferKind, Account.AccountId>> = {
  fee: Account.fees,
  award: Account.awards,
  payout: Account.cash
}

/** What stands in the place of an assignment for an award. */
export const award = 0

/** The popug's side of a transfer. */
export const popugOf = ({ credit, debit }: Transfer.Transfer): Account.AccountId =>
  debit.startsWith("popug:") ? debit : credit

/** The parts of a cause that a fee and an award have. */
interface Plain {
  readonly event: number
  readonly task: string
  readonly title: string
  readonly assignment: number
}

const plainOf = ({ cause, kind }: Transfer.Transfer): Plain | undefined => {
  if (cause._tag === "Assigned" && kind === "fee") return cause
  return cause._tag === "Done" && kind === "award" ? { ...cause, assignment: award } : undefined
}

/**
 * The causes of transfers that have all else in common, as nearly all of a commit do: fees and awards, booked together.
 */
const alike = (rows: ReadonlyArray<Transfer.Transfer>): ReadonlyArray<Plain> | undefined => {
  const first = rows[0]!
  const recordedAt = first.recordedAt.epochMilliseconds
  const plain: Array<Plain> = []
  let uuids = 0
  for (const row of rows) {
    const cause = plainOf(row)
    if (cause === undefined || row.period !== first.period || row.recordedAt.epochMilliseconds !== recordedAt) return
    if (row.debit.startsWith("popug:") !== (row.kind === "fee")) return
    plain.push(cause)
    if (isUuid(cause.task)) uuids += 1
  }
  return uuids === 0 || uuids === rows.length ? plain : undefined
}

/** A row in full, for transfers that are not alike. */
const full = ({ cause, kind }: Transfer.Transfer) => {
  const corrected = cause._tag === "Corrected" ? cause : undefined
  return {
    kind: kindNumber(kind),
    event: cause._tag === "Corrected" ? null : cause.event,
    task: cause._tag === "Closed" ? null : cause.task,
    title: cause._tag === "Closed" ? null : cause.title,
    assignment: cause._tag === "Assigned" ? cause.assignment : cause._tag === "Done" ? award : null,
    corrects: corrected?.corrects ?? null,
    round: corrected?.round ?? null,
    undoes: corrected?.undoes ?? null,
    reason: corrected?.reason ?? null,
    actor: corrected?.actor ?? null
  }
}

/** The lists of rows in full. */
const fullColumns =
  "account, amount, occurred, recorded, period, kind, debited, event, task_uuid, task_name, title, assignment, " +
  "corrects, round, undoes, reason, actor"

/** When transfers occurred: nearly always all in one commit of tasks, whose instant goes once. */
const occurred = (rows: ReadonlyArray<Transfer.Transfer>) => {
  const first = rows[0]!.occurredAt.epochMilliseconds
  return rows.every(({ occurredAt }) => occurredAt.epochMilliseconds === first)
    ? { isOne: true, param: Param.int(first) }
    : { isOne: false, param: Param.numbers(rows.map(({ occurredAt }) => occurredAt.epochMilliseconds)) }
}

/** Notes where the periods of these transfers begin, unless that is known. */
const periodsWriter = (db: CompanyDatabase) => (rows: ReadonlyArray<Transfer.Transfer>) => {
  const begins = beginsOf(rows)
  return statement(
    `insert into ${db.schema}.journal_periods (company, period, first_transfer)
      select $1, * from unnest($2, $3) as p (period, number) on conflict (company, period) do nothing`,
    [db.company, Param.dates(begins.map(([period]) => period)), Param.ints(begins.map(([, number]) => number))]
  )
}

/** What all rows have: the company, and the number before theirs. */
const begun = (db: CompanyDatabase, rows: ReadonlyArray<Transfer.Transfer>) => [
  db.company,
  Param.int(rows[0]!.number - 1)
]

/** The lists that rows have whether they are alike or not. */
const moved = (rows: ReadonlyArray<Transfer.Transfer>, numbers: Numbers) => [
  Param.smallInts(rows.map((row) => numbers.get(popugOf(row))!)),
  Param.amounts(rows.map(({ amount }) => amount))
]

/** Where the periods of some transfers begin, each once. */
export const beginsOf = (
  rows: ReadonlyArray<Transfer.Transfer>
): ReadonlyArray<readonly [Transfer.Transfer["period"], number]> => {
  const first = new Map<Transfer.Transfer["period"], number>()
  for (const { number, period } of rows) if (!first.has(period)) first.set(period, number)
  return [...first]
}

type Full = ReturnType<typeof full> &
  Pick<Transfer.Transfer, "amount" | "debit" | "number" | "occurredAt" | "period" | "recordedAt"> & {
    readonly popug: Account.AccountId
  }

/** A transfer as `fullRows` has its columns. */
export const fullOf = (row: Transfer.Transfer): Full => ({ ...row, ...full(row), popug: popugOf(row) })

/** The columns of transfers in full, and the lists of some for each; `account` is how a popug's number is found. */
export const fullRows = (account: string): ReadonlyArray<Column<Full>> => [
  ["number", (rows) => Param.ints(rows.map(({ number }) => number))],
  ["account", (rows) => Param.texts(rows.map(({ popug }) => popug)), account],
  ["amount", (rows) => Param.amounts(rows.map(({ amount }) => amount))],
  ["occurred_ms", (rows) => Param.ints(rows.map(({ occurredAt }) => occurredAt.epochMilliseconds))],
  ["recorded_ms", (rows) => Param.ints(rows.map(({ recordedAt }) => recordedAt.epochMilliseconds))],
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["kind", (rows) => Param.smallInts(rows.map(({ kind }) => kind))],
  ["debited", (rows) => Param.booleans(rows.map(({ debit }) => debit.startsWith("popug:")))],
  ["event", (rows) => Param.ints(rows.map(({ event }) => event))],
  ["task_uuid", (rows) => Param.uuids(rows.map(({ task }) => (task !== null && isUuid(task) ? task : null)))],
  ["task_name", (rows) => Param.texts(rows.map(({ task }) => (task !== null && isUuid(task) ? null : task)))],
  ["title", (rows) => Param.texts(rows.map(({ title }) => title))],
  ["assignment", (rows) => Param.smallInts(rows.map(({ assignment }) => assignment))],
  ["corrects", (rows) => Param.ints(rows.map(({ corrects }) => corrects))],
  ["round", (rows) => Param.smallInts(rows.map(({ round }) => round))],
  ["undoes", (rows) => Param.booleans(rows.map(({ undoes }) => undoes))],
  ["reason", (rows) => Param.texts(rows.map(({ reason }) => reason))],
  ["actor", (rows) => Param.texts(rows.map(({ actor }) => actor))]
]

export const writer = (db: CompanyDatabase) => {
  const transfers = `${db.schema}.transfers`

  const begin = periodsWriter(db)

  const insertAlike = (rows: ReadonlyArray<Transfer.Transfer>, causes: ReadonlyArray<Plain>, numbers: Numbers) => {
    const tasks = causes.map(({ task }) => task)
    const uuids = isUuid(tasks[0]!)
    const { isOne, param } = occurred(rows)
    const columns = `account, amount, event, assignment, task, title${isOne ? "" : ", occurred"}`
    return statement(
      `insert into ${transfers} (company, number, period, recorded_ms, occurred_ms, account, amount, event, assignment,
          kind, debited, ${uuids ? "task_uuid" : "task_name"}, title)
        select $1, $2 + place, $3, $4, ${isOne ? "$11" : "occurred::bigint"}, account, amount, event::bigint, assignment,
          case assignment when ${award} then 2 else 1 end, assignment <> ${award}, task, title
        from ${listed(columns, 5)}`,
      [
        ...begun(db, rows),
        Param.date(rows[0]!.period),
        Param.int(rows[0]!.recordedAt.epochMilliseconds),
        ...moved(rows, numbers),
        Param.numbers(causes.map(({ event }) => event)),
        Param.smallInts(causes.map(({ assignment }) => assignment)),
        uuids ? Param.uuids(tasks) : Param.texts(tasks),
        Param.texts(causes.map(({ title }) => title)),
        param
      ]
    )
  }

  const insertFull = (rows: ReadonlyArray<Transfer.Transfer>, numbers: Numbers) => {
    const causes = rows.map(full)
    return statement(
      `insert into ${transfers} (company, number, account, amount, occurred_ms, recorded_ms, period, kind, debited, event,
          task_uuid, task_name, title, assignment, corrects, round, undoes, reason, actor)
        select $1, $2 + place, account, amount, occurred::bigint, recorded::bigint, period, kind, debited, event::bigint,
          task_uuid, task_name, title, assignment, corrects::bigint, round, undoes, reason, actor
        from ${listed(fullColumns, 3)}`,
      [
        ...begun(db, rows),
        ...moved(rows, numbers),
        Param.numbers(rows.map(({ occurredAt }) => occurredAt.epochMilliseconds)),
        Param.numbers(rows.map(({ recordedAt }) => recordedAt.epochMilliseconds)),
        Param.dates(rows.map(({ period }) => period)),
        Param.smallInts(causes.map(({ kind }) => kind)),
        Param.booleans(rows.map(({ debit }) => debit.startsWith("popug:"))),
        Param.numbers(causes.map(({ event }) => event)),
        Param.uuids(causes.map(({ task }) => (task !== null && isUuid(task) ? task : null))),
        Param.texts(causes.map(({ task }) => (task !== null && isUuid(task) ? null : task))),
        Param.texts(causes.map(({ title }) => title)),
        Param.smallInts(causes.map(({ assignment }) => assignment)),
        Param.numbers(causes.map(({ corrects }) => corrects)),
        Param.smallInts(causes.map(({ round }) => round)),
        Param.booleans(causes.map(({ undoes }) => undoes)),
        Param.texts(causes.map(({ reason }) => reason)),
        Param.texts(causes.map(({ actor }) => actor))
      ]
    )
  }

  /** Writes transfers that follow one another, of accounts whose numbers are known. */
  return (rows: ReadonlyArray<Transfer.Transfer>, numbers: Numbers): ReadonlyArray<Statement> => {
    if (rows.length === 0) return []
    const causes = alike(rows)
    return [begin(rows), causes === undefined ? insertFull(rows, numbers) : insertAlike(rows, causes, numbers)]
  }
}
