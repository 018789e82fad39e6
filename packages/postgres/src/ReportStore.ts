/**
 * `ReportStore` on Postgres.
 */
import { type NoticeFilter, type Report, ReportStore } from "@popug/core"
import type { CompanyDatabase } from "./Database.ts"
import * as Opening from "./Opening.ts"
import { pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { transactions } from "./reports/committing.ts"
import { codec, initial } from "./reports/head.ts"
import { columns, due, settle } from "./reports/notices.ts"
import { decodeReport, type NoticeRow, reading, readNotice, type ReportRow } from "./reports/rows.ts"

/** A row of a list: of the notice that its id says. */
const readListed = (row: NoticeRow): Report.KeptNotice => {
  const kept = readNotice(row)
  if (kept.notice.id !== row.id) throw new Error(`the notice ${kept.notice.id} is kept as ${row.id}`)
  return kept
}

const failed = "attempts > case status when 'sent' then 1 else 0 end"

/** Which notices a list has, after `$2`. */
const conditionsOf = ({ failed: onlyFailed, status }: NoticeFilter) =>
  [
    "company = $1",
    "id > $2",
    ...(status === undefined ? [] : ["status = $4"]),
    ...(onlyFailed === true ? [failed] : [])
  ].join(" and ")

export const make = (db: CompanyDatabase): ReportStore["Service"] =>
  ReportStore.of({
    open: (company) => Opening.open(db, codec, company, initial),
    adopt: (company) => Opening.adopt(db, codec, company, initial),
    ...transactions(db),
    reports: ({ from, to }, { after, limit }) =>
      reading(
        "report",
        pageOf(
          db.query<ReportRow>(
            `select period, report from ${db.schema}.reports
              where company = $1 and period > $2 and period >= $3 and period <= $4 order by period limit $5`,
            [
              db.company,
              Param.date(after ?? Param.always),
              Param.date(from ?? Param.always),
              Param.date(to ?? Param.forever),
              Param.int(limit + 1)
            ]
          ),
          limit,
          ({ report }) => decodeReport(report)
        )
      ),
    due: (limit) => due(db, limit),
    settle: (settled) => settle(db, settled),
    notices: (filter, { after, limit }) =>
      reading(
        "notice",
        pageOf(
          db.query<NoticeRow>(
            `select ${columns} from ${db.schema}.notices where ${conditionsOf(filter)} order by id limit $3`,
            [
              db.company,
              Param.text(after ?? ""),
              Param.int(limit + 1),
              ...(filter.status === undefined ? [] : [Param.text(filter.status)])
            ]
          ),
          limit,
          readListed
        )
      )
  })
