/**
 * Which transfers a list has.
 */
import type { Account, TaskId, TransferFilter } from "@popug/core"
import type { CompanyDatabase } from "../Database.ts"
import { isUuid } from "../packed.ts"
import * as Param from "../Param.ts"
import { companyAccount, kindNumber } from "./Transfers.ts"

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

/** Which transfers a list has; `of` takes a parameter and returns its place. */
export const boundsOf = (
  db: CompanyDatabase,
  { account, from, numbers, task, to }: TransferFilter,
  of: (param: Param.Param) => string
): ReadonlyArray<string> => {
  const bounds = ["t.company = $1"]
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
