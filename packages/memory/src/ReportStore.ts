/**
 * `ReportStore` in memory.
 */
import { type Identity, initialReportCursor, type ReportChanges, ReportStore } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict, notOpened } from "./errors.ts"
import { adopt, open, refusal } from "./opening.ts"
import { inTurn, savingOnce } from "./transact.ts"

export const make = (connection: Connection): ReportStore["Service"] => {
  const { reports } = connection.disk
  const { lock, table } = reports

  const begin = Effect.gen(function* () {
    const refused = refusal(connection, "reports")
    if (refused !== undefined) return yield* refused
    const opened = reports.opened!
    const { cursor } = opened
    const now = yield* Clock.currentTimeMillis
    const { end, outcome, save } = savingOnce<ReportChanges>(connection, (changes) =>
      changes.cursor.consumer !== cursor.consumer || changes.cursor.source !== cursor.source
        ? conflict(`the cursor of ${changes.cursor.consumer} does not belong to the reports`)
        : () => {
            reports.opened = { ...opened, cursor: changes.cursor }
            table.add(changes, now)
          }
    )
    return { tx: { cursor, save }, end, outcome }
  })

  const create = (identity: Identity) => () => {
    reports.opened = { identity, cursor: initialReportCursor }
  }
  return ReportStore.of({
    open: (company) => connection.call(() => open(connection, "reports", company, create(company))),
    adopt: (company) => connection.call(() => adopt(connection, "reports", company, create(company))),
    transact: (body) => inTurn(connection, lock, begin, body),
    cursor: connection.call(() =>
      reports.opened === undefined ? Effect.fail(notOpened()) : Effect.succeed(reports.opened.cursor)
    ),
    reports: (range, paging) => connection.read(() => table.reports(range, paging)),
    due: (limit) => connection.call(() => Effect.map(Clock.currentTimeMillis, (now) => table.due(limit, now))),
    settle: (notices) =>
      connection.call(() =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          for (const settled of notices) table.settle(settled, now)
        })
      ),
    notices: (filter, paging) => connection.read(() => table.notices(filter, paging))
  })
}
