/**
 * `ReportStore` on Postgres. The context's row says how far billing's events were applied.
 */
import {
  Cursor,
  Head,
  initialReportCursor,
  Report,
  type ReportChanges,
  ReportStore,
  type NoticeFilter,
  type Period,
  type StoreError
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase } from "./Database.ts"
import { conflict, corrupt } from "./errors.ts"
import { pageOf } from "./pages.ts"
import * as Param from "./Param.ts"
import { savingOnce } from "./savingOnce.ts"
import { one } from "./statements.ts"

const leaseMillis = 60_000

/** The head of a context that writes no stream: the number and the digest are its cursor's. */
interface ReportHead extends Head.Head {
  readonly stopped: Cursor.Stop | null
}

export const codec = Contexts.codec<ReportHead, { readonly stopped: Cursor.Stop | null }>(
  "reports",
  Schema.Struct({ stopped: Schema.NullOr(Cursor.Stop) }),
  (base, { stopped }) => ({ ...base, stopped }),
  ({ stopped }) => ({ stopped })
)

export const initial = (at: DateTime.Utc): ReportHead => ({ ...Head.initial(at), stopped: null })

const cursorOf = ({ digest, number, stopped }: ReportHead): Cursor.Cursor => ({
  ...initialReportCursor,
  number,
  digest,
  stopped
})

const ReportJson = Schema.toCodecJson(Report.DailyReport)
const NoticeJson = Schema.toCodecJson(Report.Notice)
const encodeReport = Schema.encodeSync(ReportJson)
const encodeNotice = Schema.encodeSync(NoticeJson)
const decodeReport = Schema.decodeUnknownSync(ReportJson)
const decodeNotice = Schema.decodeUnknownSync(NoticeJson)

interface NoticeRow {
  readonly id: string
  readonly notice: unknown
  readonly status: Report.KeptNotice["status"]
  readonly attempts: number
  readonly due_ms: bigint
  readonly last_error: string | null
}

const readNotice = (row: NoticeRow): Report.KeptNotice => ({
  notice: decodeNotice(row.notice),
  status: row.status,
  attempts: row.attempts,
  dueAt: Number(row.due_ms),
  lastError: row.last_error
})

/** A row of a list: of the notice that its id says. */
const readListed = (row: NoticeRow): Report.KeptNotice => {
  const kept = readNotice(row)
  if (kept.notice.id !== row.id) throw new Error(`the notice ${kept.notice.id} is kept as ${row.id}`)
  return kept
}

/** Rows are read with a schema; one that does not fit it is damaged. */
const reading = <A>(what: string, rows: Effect.Effect<A, StoreError>) =>
  Effect.catchDefect(rows, (defect) => Effect.fail(corrupt(`a ${what} can't be read`, defect)))

const columns = "id, notice, status, attempts, due_ms, last_error"
const failed = "attempts > case status when 'sent' then 1 else 0 end"

/** Reports and notices that are there already stay as they are. */
const insertReports = (db: CompanyDatabase, reports: ReportChanges["reports"]) =>
  reports.length === 0
    ? []
    : one(
        `insert into ${db.schema}.reports (company, period, report)
          select $1, period, report::json from unnest($2, $3) as r (period, report)
          on conflict (company, period) do nothing`,
        [
          db.company,
          Param.dates(reports.map(({ period }) => period)),
          Param.texts(reports.map((report) => JSON.stringify(encodeReport(report))))
        ]
      )

const insertNotices = (db: CompanyDatabase, notices: ReportChanges["notices"], now: number) =>
  notices.length === 0
    ? []
    : one(
        `insert into ${db.schema}.notices (company, ${columns})
          select $1, id, notice::json, 'pending', 0, $4, null from unnest($2, $3) as n (id, notice)
          on conflict (company, id) do nothing`,
        [
          db.company,
          Param.texts(notices.map(({ id }) => id)),
          Param.texts(notices.map((notice) => JSON.stringify(encodeNotice(notice)))),
          Param.int(now)
        ]
      )

const write = Effect.fnUntraced(function* (db: CompanyDatabase, changes: ReportChanges, head: ReportHead, now: number) {
  const { cursor, notices: added, reports } = changes
  const own = cursorOf(head)
  if (cursor.consumer !== own.consumer || cursor.source !== own.source) {
    return yield* conflict(`the cursor of ${cursor.consumer} does not belong to the reports`)
  }
  const { digest, number, stopped } = cursor
  const at = Head.instant(head, DateTime.makeUnsafe(now))
  yield* db.write([
    ...insertReports(db, reports),
    ...insertNotices(db, added, now),
    Contexts.move(db, codec, { at, number, digest, stopped }).statement
  ])
})

/** Which notices a list has, after `$2`. */
const conditionsOf = ({ failed: onlyFailed, status }: NoticeFilter) =>
  [
    "company = $1",
    "id > $2",
    ...(status === undefined ? [] : ["status = $4"]),
    ...(onlyFailed === true ? [failed] : [])
  ].join(" and ")

/** Takes up to `limit` notices whose time has come, for as long as the lease lasts. */
const takeDue = Effect.fnUntraced(function* (db: CompanyDatabase, limit: number) {
  const notices = `${db.schema}.notices`
  const at = yield* db.now
  // Those that another node is taking at this moment are passed by.
  const leased = db.query<NoticeRow>(
    `with due as (
      select id as due_id, due_ms as was from ${notices} where company = $1 and status = 'pending' and due_ms <= $2
      order by due_ms, id limit $3 for update skip locked
    ), put_off as (
      select id as due_id, due_ms as was from ${notices}
      where company = $1 and status = 'pending' and due_ms > $5
      order by due_ms, id limit $3 - (select count(*) from due) for update skip locked
    ), leased as (
      update ${notices} set due_ms = $4 from (select * from due union all select * from put_off) as given
      where company = $1 and id = due_id returning was, ${columns}
    )
    select ${columns} from leased order by was, id`,
    [db.company, Param.int(at), Param.int(limit), Param.int(at + leaseMillis), Param.int(at + Report.farthestDueMillis)]
  )
  return yield* reading(
    "notice",
    Effect.map(leased, (rows) => rows.map(readNotice))
  )
})

/** Notes what became of notices; ids that are not kept change nothing. */
const settle = Effect.fnUntraced(function* (db: CompanyDatabase, settled: ReadonlyArray<Report.SettledNotice>) {
  if (settled.length === 0) return
  const at = yield* db.now
  yield* db.query(
    `update ${db.schema}.notices n
      set status = s.status, attempts = s.attempts::int, due_ms = s.due_ms, last_error = s.last_error
      from unnest($2, $3, $4, $5, $6) as s (id, status, attempts, due_ms, last_error)
      where n.company = $1 and n.id = s.id`,
    [
      db.company,
      Param.texts(settled.map(({ id }) => id)),
      Param.texts(settled.map(({ status }) => status)),
      Param.ints(settled.map(({ attempts }) => attempts)),
      Param.ints(settled.map(({ waitMillis }) => at + waitMillis)),
      Param.texts(settled.map(({ lastError }) => lastError))
    ]
  )
})

export const make = (db: CompanyDatabase): ReportStore["Service"] => {
  const notices = `${db.schema}.notices`
  const turn = Semaphore.makeUnsafe(1)

  return ReportStore.of({
    open: (company) => Contexts.open(db, codec, company, initial),
    adopt: (company) => Contexts.adopt(db, codec, company, initial),
    transact: (body) =>
      Semaphore.withPermit(
        turn,
        db.transaction(
          Effect.gen(function* () {
            const { clock, head } = yield* Contexts.take(db, codec)
            const { during, save } = savingOnce<ReportChanges>((changes) => write(db, changes, head, clock))
            const tx = { cursor: cursorOf(head), now: DateTime.makeUnsafe(clock), save }
            return yield* during(Effect.suspend(() => body(tx)))
          })
        )
      ),
    cursor: Effect.map(Contexts.head(db, codec), cursorOf),
    reports: ({ from, to }, { after, limit }) =>
      reading(
        "report",
        pageOf(
          db.query<{ readonly period: Period; readonly report: unknown }>(
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
    due: (limit) => takeDue(db, limit),
    settle: (settled) => settle(db, settled),
    notices: (filter, { after, limit }) =>
      reading(
        "notice",
        pageOf(
          db.query<NoticeRow>(`select ${columns} from ${notices} where ${conditionsOf(filter)} order by id limit $3`, [
            db.company,
            Param.text(after ?? ""),
            Param.int(limit + 1),
            ...(filter.status === undefined ? [] : [Param.text(filter.status)])
          ]),
          limit,
          readListed
        )
      )
  })
}
