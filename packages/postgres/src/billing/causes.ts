/**
 * Finding what was booked for causes.
 */
import type { Transfer } from "@popug/core"
import type { CompanyDatabase } from "../Database.ts"
import { isUuid } from "../packed.ts"
import * as Param from "../Param.ts"
import { award, kindNumber } from "./Transfers.ts"

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

/** The causes of many companies that are tasks', side by side: first those whose ids are UUIDs, then the others'. */
export const taskCauses = (asked: ReadonlyArray<readonly [company: number, causes: ReadonlyArray<string>]>) => {
  const rows = asked.flatMap(([company, causes]) =>
    partsOf(causes).tasks.map(([task, assignment]) => ({ company, task, assignment, isNamed: !isUuid(task) }))
  )
  const listsOf = (some: typeof rows, ids: (ids: ReadonlyArray<string>) => Param.Param) => [
    Param.smallInts(some.map(({ company }) => company)),
    ids(some.map(({ task }) => task)),
    Param.smallInts(some.map(({ assignment }) => assignment))
  ]
  return [
    ...listsOf(
      rows.filter(({ isNamed }) => !isNamed),
      Param.uuids
    ),
    ...listsOf(
      rows.filter(({ isNamed }) => isNamed),
      Param.texts
    )
  ]
}

/** Whether causes are all tasks': fees and awards. */
export const areTasks = (causes: ReadonlyArray<string>): boolean => {
  const { corrections, payouts } = partsOf(causes)
  return corrections.length + payouts.length === 0
}

/** The numbers of what was booked for causes of tasks, by company; the parameters are those of `taskCauses`. */
export const findingTasks = (schema: string, first: number): string => {
  const asked = (from: number) =>
    `unnest($${from}, $${from + 1}, $${from + 2}) as a (company, task, assignment) join ${schema}.transfers t
      on t.company = a.company and t.corrects is null`
  return `select t.company, t.number from ${asked(first)} and t.kind = ${kindNumber("fee")} and t.task_uuid = a.task
      and t.task_uuid is not null and t.assignment = a.assignment and a.assignment <> ${award}
    union select t.company, t.number from ${asked(first)} and t.kind = ${kindNumber("award")}
      and t.task_uuid = a.task and t.task_uuid is not null and a.assignment = ${award}
    union select t.company, t.number from ${asked(first + 3)} and t.task_name = a.task
      and t.task_name is not null and t.assignment = a.assignment`
}

/** Ways to find the numbers of transfers that were booked for causes, and their parameters. */
export const findings = (db: CompanyDatabase, causes: ReadonlyArray<string>) => {
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
