/** The store of reports and notices. */
import * as popug from "@popug/core"
import * as Company from "./Company.ts"
import { attempt, attemptNow, type Database, mapped } from "./Database.ts"
import { fromJson, toJson } from "./json.ts"

interface Row extends Pick<popug.Report.KeptNotice, "attempts" | "dueAt" | "status"> {
  readonly error: string
  readonly data: string
}

const leaseMillis = 60_000

const toNotice = ({ data, error, ...row }: Row): popug.Report.KeptNotice => {
  return { ...row, notice: fromJson(data), lastError: JSON.parse(error) }
}
const columns = "status, attempts, due as dueAt, error, data"

const write = (db: Database, { notices, reports }: popug.ReportChanges, now: number): void => {
  const insertReport = "insert into reports values (?, ?) on conflict do nothing"
  for (const report of reports) db.run(insertReport, report.period, toJson(report))
  const insertNotice = "insert into notices values (?, 'pending', 0, ?, 'null', ?) on conflict do nothing"
  for (const notice of notices) db.run(insertNotice, notice.id, now, toJson(notice))
}

const takeDue = (db: Database, now: number, limit: number) => {
  const pending = (condition: string, value: number, atMost: number) => {
    const sql = `select id from notices indexed by notices_pending where status = 'pending' and ${condition}
      order by due, id limit ?`
    return db.all<{ id: string }>(sql, value, atMost).map(({ id }) => id)
  }
  const late = pending("due <= ?", now, limit)
  const ids = [...late, ...pending("due > ?", now + popug.Report.farthestDueMillis, limit - late.length)]
  const lease = `update notices set due = ? where id = ? returning ${columns}`
  return ids.map((id) => toNotice(db.all<Row>(lease, now + leaseMillis, id)[0]!))
}

const settle = (db: Database, now: number, notices: ReadonlyArray<popug.Report.SettledNotice>) => {
  const sql = "update notices set status = ?, attempts = ?, due = ?, error = ? where id = ?"
  for (const { attempts, id, lastError, status, waitMillis } of notices) {
    db.run(sql, status, attempts, now + waitMillis, JSON.stringify(lastError), id)
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
    transact: (body) => transact(({ now, save, state: cursor }) => body({ cursor, now, save })),
    reports: ({ from, to }, { after, limit }) => {
      const conditions = { "period >= ?": from, "period <= ?": to, "period > ?": after }
      return attempt(() => db.listJson<popug.Report.DailyReport>("reports", conditions, "period", limit))
    },
    due: (limit) => attemptNow((now) => db.write(() => takeDue(db, now.epochMilliseconds, limit))),
    settle: (notices) => attemptNow((now) => db.write(() => settle(db, now.epochMilliseconds, notices))),
    notices: ({ failed, status }, { after, limit }) => {
      const tried = "attempts > (status = 'sent') and ?"
      const conditions = { [tried]: failed ? 1 : undefined, "status = ?": status, "id > ?": after }
      const sql = `select ${columns} from notices`
      return attempt(() => mapped(db.list<Row>(sql, conditions, "id", limit), toNotice))
    }
  }
}
