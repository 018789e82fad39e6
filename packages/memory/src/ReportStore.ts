/**
 * `ReportStore` in memory.
 */
import { initialReportCursor, mismatch, type ReportChanges, ReportStore } from "@popug/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict, notOpened } from "./errors.ts"
import { inTurn, savingOnce } from "./transact.ts"

export const make = (connection: Connection): ReportStore["Service"] => {
  const { reports } = connection.disk
  const { lock, table } = reports

  const begin = Effect.gen(function* () {
    const { opened } = reports
    if (opened === undefined) return yield* notOpened()
    const { cursor } = opened
    const now = yield* DateTime.now
    const { end, outcome, save } = savingOnce<ReportChanges>(connection, (changes) =>
      changes.cursor.consumer !== cursor.consumer || changes.cursor.source !== cursor.source
        ? conflict(`the cursor of ${changes.cursor.consumer} does not belong to the reports`)
        : () => {
            reports.opened = { ...opened, cursor: changes.cursor }
            table.add(changes, now.epochMilliseconds)
          }
    )
    return { tx: { cursor, now, save }, end, outcome }
  })

  return ReportStore.of({
    open: (identity) =>
      connection.call(() => {
        const mismatched = reports.opened && mismatch(reports.opened.identity, identity)
        if (mismatched !== undefined) return Effect.fail(mismatched)
        reports.opened ??= { identity, cursor: initialReportCursor }
        return Effect.void
      }),
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
