/**
 * Tasks in the order of their ids, and how many there are, each by an index.
 */
import type { OrderedPaging, StoreError, TaskFilter, TaskId } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { columns, query } from "./rows.ts"

/** Written out, so that an index of those that are done, or open, is seen to be enough. */
const are = { "in progress": "not done", done: "done" }

/** The first $2 of a company's rows that a filter finds, in an order for which there is an index. */
const filtered = (
  { assignee, status }: TaskFilter,
  params: Array<Param.Param>,
  rows: string,
  ordered: string
): string => {
  if (assignee === undefined) {
    return `${rows} ${status === undefined ? "" : `and ${are[status]}`} ${ordered} limit $2`
  }
  const holder = `assignee = $${params.push(Param.id(assignee))}`
  const statuses = status === undefined ? (["in progress", "done"] as const) : [status]
  // Each status has its index; together they are merged by id.
  const parts = statuses.map((each) => `(${rows} and ${holder} and ${are[each]} ${ordered} limit $2)`)
  return parts.length === 1 ? parts[0]! : `select * from (${parts.join(" union all ")}) parts ${ordered} limit $2`
}

export const list = (db: CompanyDatabase, filter: TaskFilter, { after, limit, order }: OrderedPaging<TaskId>) => {
  const isDown = order === "newest"
  const params = [db.company, Param.int(limit + 1)]
  const beyond = after === undefined ? "" : `and id ${isDown ? "<" : ">"} $${params.push(Param.id(after))}`
  const rows = `select * from ${db.schema}.tasks where company = $1 ${beyond}`
  const ordered = isDown ? "order by id desc" : "order by id"
  const found = filtered(filter, params, rows, ordered)
  return pageOf(query(db, `select ${columns} from (${found}) found ${ordered}`, params), limit, (row) => row)
}

export const count = (db: CompanyDatabase, filter: TaskFilter, most: number): Effect.Effect<number, StoreError> => {
  const params = [db.company, Param.int(most)]
  const found = filtered(filter, params, `select id from ${db.schema}.tasks where company = $1`, "order by id")
  return Effect.map(
    db.query<{ readonly found: number }>(`select count(*)::int as found from (${found}) found`, params),
    ([row]) => row!.found
  )
}
