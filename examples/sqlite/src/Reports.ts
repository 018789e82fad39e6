/** The store of reports and notices. */
import * as popug from "@popug/core"
import * as Company from "./Company.ts"
import { attempt, attemptNow, type Database } from "./Database.ts"
import { toJson } from "./json.ts"

type Kept = popug.Report.KeptNotice

const leaseMillis = 60_000

const put = (db: Database, kept: Kept): void =>
  db.replace("notices", kept.notice.id, kept.status, kept.attempts, kept.dueAt, toJson(kept))

const find = (db: Database, id: string) => db.all<Kept>("select data from notices where id = ?", id)

const write = (db: Database, { notices, reports }: popug.ReportChanges, now: number): void => {
  const insertReport = "insert into reports values (?, ?) on conflict do nothing"
  for (const report of reports) db.run(insertReport, report.period, toJson(report))
  for (const notice of notices) {
    if (find(db, notice.id).length > 0) continue
    put(db, { notice, status: "pending", attempts: 0, dueAt: now, lastError: null })
  }
}

const takeDue = (db: Database, now: number, limit: number) => {
  const pending = (condition: string, value: number, atMost: number) => {
    const sql = `select data from notices indexed by notices_pending where status = 'pending' and ${condition}
      order by due, id limit ?`
    return db.all<Kept>(sql, value, atMost)
  }
  const late = pending("due <= ?", now, limit)
  const putOff = pending("due > ?", now + popug.Report.farthestDueMillis, limit - late.length)
  const leased = [...late, ...putOff].map((kept) => ({ ...kept, dueAt: now + leaseMillis }))
  for (const kept of leased) put(db, kept)
  return leased
}

const settle = (db: Database, now: number, notices: ReadonlyArray<popug.Report.SettledNotice>) => {
  for (const { id, waitMillis, ...outcome } of notices) {
    for (const { notice } of find(db, id)) put(db, { notice, ...outcome, dueAt: now + waitMillis })
  }
}

export const make = (db: Database): popug.ReportStore["Service"] & Company.Ready => {
  const { state, transact, ...company } = Company.make<popug.Cursor.Cursor, popug.ReportChanges>(db, {
    name: "reports",
    initial: () => popug.initialReportCursor,
    instant: (_, clock) => clock,
    next: ({ cursor }) => cursor,
    refusal: ({ consumer, source }, { cursor }) =>
      cursor.consumer === consumer && cursor.source === source ? undefined : "the cursor is of another consumer",
    write: (changes, now) => write(db, changes, now.epochMilliseconds)
  })
  return {
    ...company,
    cursor: state,
    transact: (body) => transact(({ save, state: cursor }) => body({ cursor, save })),
    reports: ({ from, to }, { after, limit }) => {
      const conditions = { "period >= ?": from, "period <= ?": to, "period > ?": after }
      return attempt(() => db.list<popug.Report.DailyReport>("select data from reports", conditions, "period", limit))
    },
    due: (limit) => attemptNow((now) => db.write(() => takeDue(db, now.epochMilliseconds, limit))),
    settle: (notices) => attemptNow((now) => db.write(() => settle(db, now.epochMilliseconds, notices))),
    notices: ({ failed, status }, { after, limit }) => {
      const tried = "attempts > (status = 'sent') and ?"
      const conditions = { [tried]: failed ? 1 : undefined, "status = ?": status, "id > ?": after }
      return attempt(() => db.list<Kept>("select data from notices", conditions, "id", limit))
    }
  }
}
