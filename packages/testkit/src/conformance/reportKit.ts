/**
 * What the suites of `ReportStore` are written with: reports, notices, and commits of them.
 */
import {
  type CompanyMismatch,
  Money,
  type Period,
  type Report,
  type ReportChanges,
  ReportStore,
  type StoreError
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"

export const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"].map(Data.period)

export const report = (period: Period, change: Partial<Report.DailyReport> = {}): Report.DailyReport => ({
  period,
  currency: Data.identity.currency,
  totals: { tasksCreated: 1, assigned: 2, done: 3, transfers: 4, fees: Money.largestSum, awards: -6n, payouts: 7n },
  earnings: -8n,
  inTheRed: 9,
  topTask: { id: Data.taskId("top"), title: "Mend the top", total: 4_000n },
  seal: Data.sha256(period),
  ...change
})

export const notice = (id: string, period = days[0]!): Report.Notice => ({
  _tag: "Report",
  id,
  period,
  report: report(period)
})
export const payout = (id: string): Report.Notice => ({
  _tag: "Payout",
  id,
  period: days[0]!,
  payout: {
    owner: Data.userId("ann"),
    name: null,
    opening: -1n,
    fees: 2n,
    awards: 3n,
    payout: 4n,
    currency: Data.identity.currency
  }
})

export const opened: Effect.Effect<ReportStore["Service"], CompanyMismatch | StoreError, ReportStore> = Effect.gen(
  function* () {
    const store = yield* ReportStore
    yield* store.open(Data.identity)
    return store
  }
)

/** Saves reports and notices, and moves the cursor by one. */
export const save = (changes: Partial<ReportChanges>, end: Effect.Effect<void, string> = Effect.void) =>
  Effect.flatMap(ReportStore, (store) =>
    store.transact((tx) => {
      const cursor = { ...tx.cursor, number: tx.cursor.number + 1, digest: Data.sha256(`${tx.cursor.number + 1}`) }
      return Effect.andThen(tx.save({ cursor, reports: [], notices: [], ...changes }), end)
    })
  )

export const all = { limit: 1_000 }
export const periodOf = (row: Report.DailyReport) => row.period
export const idOf = ({ notice }: Report.KeptNotice) => notice.id

/** What is said of a notice that was tried. */
export const settled = (id: string, change: Partial<Report.SettledNotice> = {}): Report.SettledNotice => ({
  id,
  status: "pending",
  attempts: 0,
  lastError: null,
  waitMillis: 0,
  ...change
})
