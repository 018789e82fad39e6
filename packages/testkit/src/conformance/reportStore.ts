/**
 * The promises of `ReportStore`.
 */
import { CompanyMismatch, Money, type Period, Report, type ReportChanges, ReportStore } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { mismatched, otherRules } from "./adopting.ts"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
import * as Suite from "./Suite.ts"

const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"].map(Data.period)

const report = (period: Period, change: Partial<Report.DailyReport> = {}): Report.DailyReport => ({
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
const payout = (id: string): Report.Notice => ({
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

const opened = Effect.gen(function* () {
  const store = yield* ReportStore
  yield* store.open(Data.identity)
  return store
})

/** Saves reports and notices, and moves the cursor by one. */
const save = (changes: Partial<ReportChanges>, end: Effect.Effect<void, string> = Effect.void) =>
  Effect.flatMap(ReportStore, (store) =>
    store.transact((tx) => {
      const cursor = { ...tx.cursor, number: tx.cursor.number + 1, digest: Data.sha256(`${tx.cursor.number + 1}`) }
      return Effect.andThen(tx.save({ cursor, reports: [], notices: [], ...changes }), end)
    })
  )

const all = { limit: 1_000 }
const periodOf = (row: Report.DailyReport) => row.period
const idOf = ({ notice }: Report.KeptNotice) => notice.id

const leavesNothing = (end: (started: Deferred.Deferred<void>) => Effect.Effect<void, string>, interrupt: boolean) =>
  Effect.gen(function* () {
    const store = yield* opened
    yield* save({ reports: [report(days[0]!)], notices: [notice("a")] })
    const started = yield* Deferred.make<void>()
    const fiber = yield* Effect.forkChild(save({ reports: [report(days[1]!)], notices: [notice("b")] }, end(started)))
    if (interrupt) {
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
    }
    if (Exit.isSuccess(yield* Fiber.await(fiber))) throw new Error("the transaction succeeded")
    same((yield* store.cursor).number, 1, "the cursor")
    same((yield* store.reports({}, all)).rows.map(periodOf), [days[0]], "reports")
    same((yield* store.notices({}, all)).rows.map(idOf), ["a"], "notices")
    yield* save({})
    same((yield* store.cursor).number, 2, "the cursor after the next commit")
  })

const settled = (id: string, change: Partial<Report.SettledNotice> = {}): Report.SettledNotice => ({
  id,
  status: "pending",
  attempts: 0,
  lastError: null,
  waitMillis: 0,
  ...change
})

/** Five notices: two sent, one of them after a failure; three pending, one of them after a failure. */
const fiveNotices = Effect.gen(function* () {
  const store = yield* opened
  yield* save({ notices: ["e", "d", "c", "b", "a"].map((id) => notice(id)) })
  yield* store.due(10)
  yield* store.settle([
    settled("a", { status: "sent", attempts: 1 }),
    settled("b", { status: "sent", attempts: 2 }),
    settled("c", { attempts: 3, lastError: "no answer", waitMillis: 5_000 }),
    settled("d", { waitMillis: 2_000 }),
    settled("e", { waitMillis: 9_000 })
  ])
  return store
})

const noon = Date.UTC(2031, 4, 5, 12)
const atNoon = <A, E, R>(body: (set: (millis: number) => void) => Effect.Effect<A, E, R>) =>
  Data.withClock((set) => {
    set(noon)
    return body(set)
  })

export const reportStore = Suite.make("ReportStore", {
  "opens a second time as if it were the first, and refuses another time zone": Effect.gen(function* () {
    const store = yield* opened
    yield* save({})
    yield* store.open(Data.identity)
    same((yield* store.cursor).number, 1, "the cursor's number after a second opening")
    const error = yield* Effect.flip(store.open({ ...Data.identity, timeZone: "UTC" }))
    same(
      [error instanceof CompanyMismatch, (error as CompanyMismatch).setting],
      [true, "timeZone"],
      "the refusal of another time zone"
    )
  }),

  "adopts other rules at any time": Effect.gen(function* () {
    const store = yield* opened
    yield* save({})
    yield* store.adopt(otherRules)
    same((yield* store.cursor).number, 1, "the cursor's number after that")
    yield* mismatched("secret", store.open(Data.identity))
    yield* mismatched("id", store.adopt({ ...Data.identity, id: "another" }))
    yield* store.open(otherRules)
    yield* save({})
    same((yield* store.cursor).number, 2, "the cursor's number after the next commit")
  }),

  "before it is opened, transactions are refused and there is no cursor": Effect.gen(function* () {
    const store = yield* ReportStore
    yield* refused(save({ notices: [notice("a")] }), "a transaction before `open`", { reason: "Corrupt" })
    yield* refused(store.cursor, "the cursor before `open`", { reason: "Corrupt" })
    same((yield* store.notices({}, all)).rows, [], "the notices")
  }),

  "starts at the origin of billing's events": Effect.gen(function* () {
    const { digest, number, source, stopped } = yield* (yield* opened).cursor
    same(
      { digest, number, source, stopped },
      { digest: "0".repeat(64), number: 0, source: "billing", stopped: null },
      "the first cursor"
    )
  }),

  "what one transaction saved, the next one sees": Effect.gen(function* () {
    const store = yield* opened
    const stopped = { reason: "Poisoned", number: 2, message: "event 2 can't be read" } as const
    const cursor = { ...(yield* store.cursor), number: 1, digest: Data.sha256("1"), stopped }
    yield* save({ cursor, reports: [report(days[0]!)], notices: [payout("p"), notice("r")] })
    same(yield* store.transact((tx) => Effect.succeed(tx.cursor)), cursor, "the cursor of the next transaction")
    same(yield* store.cursor, cursor, "the cursor outside a transaction")
    same((yield* store.reports({}, all)).rows, [report(days[0]!)], "the reports")
    same(
      (yield* store.notices({}, all)).rows.map(({ notice }) => notice),
      [payout("p"), notice("r")],
      "the notices"
    )
  }),

  "a transaction that fails leaves nothing behind": leavesNothing(() => Effect.fail("no"), false),
  "a transaction that dies leaves nothing behind": leavesNothing(() => Effect.die(new Error("a defect")), false),
  "a transaction that is interrupted leaves nothing behind": leavesNothing(
    (started) => Effect.andThen(Deferred.succeed(started, undefined), Effect.never),
    true
  ),

  "twenty transactions at once run one after another": Effect.gen(function* () {
    const store = yield* opened
    let running = 0
    let most = 0
    const step = store.transact((tx) =>
      Effect.gen(function* () {
        running += 1
        most = Math.max(most, running)
        yield* Effect.yieldNow
        yield* tx.save({ cursor: { ...tx.cursor, number: tx.cursor.number + 1 }, reports: [], notices: [] })
        yield* Effect.yieldNow
        running -= 1
      })
    )
    yield* Effect.forEach(Array.from({ length: 20 }), () => step, { concurrency: "unbounded", discard: true })
    same([most, (yield* store.cursor).number], [1, 20], "transactions at once, and the number in the end")
  }),

  "a transaction saves once": Effect.gen(function* () {
    const store = yield* opened
    yield* refused(
      store.transact((tx) => {
        const changes = { cursor: { ...tx.cursor, number: 1 }, reports: [], notices: [] }
        return Effect.andThen(tx.save(changes), tx.save(changes))
      }),
      "a second save"
    )
    same((yield* store.cursor).number, 0, "the cursor of the lost transaction")
  }),

  "refuses a cursor of another consumer or source, whatever its body makes of it": Effect.gen(function* () {
    const store = yield* opened
    for (const change of [{ consumer: "others" }, { source: "tasks" as const }]) {
      const saving = store.transact((tx) =>
        Effect.ignore(tx.save({ cursor: { ...tx.cursor, number: 1, ...change }, reports: [], notices: [notice("a")] }))
      )
      yield* refused(saving, `a cursor with ${JSON.stringify(change)}`)
    }
    same([(yield* store.cursor).number, (yield* store.notices({}, all)).rows], [0, []], "the cursor and the notices")
  }),

  "reports and notices that are there already stay as they are": Effect.gen(function* () {
    const store = yield* opened
    yield* save({ reports: [report(days[0]!)], notices: [notice("a")] })
    yield* store.due(1)
    yield* store.settle([settled("a", { status: "sent", attempts: 1 })])
    yield* save({ reports: [report(days[0]!, { inTheRed: 0 })], notices: [notice("a", days[1])] })
    same((yield* store.reports({}, all)).rows, [report(days[0]!)], "the reports")
    const [row] = (yield* store.notices({}, all)).rows
    same([row?.notice, row?.status], [notice("a"), "sent"], "the notice and its status")
  }),

  "lists reports by date, in a range and in pages": Effect.gen(function* () {
    const store = yield* opened
    yield* save({ reports: days.slice(2).map((day) => report(day)) })
    yield* save({ reports: days.slice(0, 2).map((day) => report(day)) })
    for (const limit of [1, 3, 10]) {
      for (const [from, to] of [
        [undefined, undefined],
        [days[1], undefined],
        [undefined, days[1]],
        [days[1], days[2]]
      ]) {
        same(
          yield* Data.allPages(periodOf, limit, (paging) =>
            store.reports({ ...(from && { from }), ...(to && { to }) }, paging)
          ),
          days.filter((day) => (from ?? day) <= day && day <= (to ?? day)).map((day) => report(day)),
          `reports from ${from} to ${to} by ${limit}`
        )
      }
    }
  }),

  "a new notice is pending and due at once": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      const [kept] = (yield* store.notices({}, all)).rows
      same(
        kept,
        { notice: notice("a"), status: "pending", attempts: 0, dueAt: noon, lastError: null },
        "the new notice"
      )
      same((yield* store.due(10)).map(idOf), ["a"], "what is due")
    })
  ),

  "leases what is due for a minute": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a"), notice("b")] })
      same(
        (yield* store.due(10)).map(({ dueAt }) => dueAt - noon),
        [60_000, 60_000],
        "for how long the notices are leased"
      )
      same(yield* store.due(10), [], "leased notices")
      set(noon + 59_999)
      same(yield* store.due(10), [], "leased notices")
      set(noon + 60_000)
      same((yield* store.due(10)).length, 2, "notices whose lease is over")
    })
  ),

  "returns what is longest due first, and no more than asked for": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      same(yield* store.due(10), [], "notices before they are due")
      set(noon + 5_000)
      same((yield* store.due(1)).map(idOf), ["d"], "the notice that is due first")
      set(noon + 10_000)
      same((yield* store.due(10)).map(idOf), ["c", "e"], "the notices that are due next")
    })
  ),

  "a notice is due after its wait, counted by the store's clock from when it was settled": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      yield* store.due(10)
      // It took half a minute to find out that it could not be sent.
      set(noon + 30_000)
      yield* store.settle([settled("a", { attempts: 1, lastError: "no answer", waitMillis: 1_000 })])
      set(noon + 30_999)
      same(yield* store.due(10), [], "notices that wait")
      set(noon + 31_000)
      same((yield* store.due(10)).map(idOf), ["a"], "notices whose wait is over")
    })
  ),

  "what a clock that was put back since has put off is due too, and nothing waits for that clock": atNoon((set) =>
    Effect.gen(function* () {
      const store = yield* opened
      const ahead = noon + 40 * 86_400_000
      set(ahead)
      yield* save({ notices: ["a", "b", "c"].map((id) => notice(id)) })
      yield* store.due(2)
      yield* store.settle([settled("a", { attempts: 1, lastError: "no answer", waitMillis: 3_600_000 })])
      set(noon)
      yield* save({ notices: [notice("d")] })
      same((yield* store.due(1)).map(idOf), ["d"], "the notice that comes first")
      const given = yield* store.due(10)
      same(given.map(idOf), ["c", "b", "a"], "the notices that the other clock had put off")
      same(
        given.map(({ dueAt }) => dueAt - noon),
        [60_000, 60_000, 60_000],
        "for how long they are leased"
      )
      same(yield* store.due(10), [], "leased notices")
      yield* store.settle([settled("a", { attempts: 2, waitMillis: Report.farthestDueMillis })])
      same(yield* store.due(10), [], "a notice that is due as late as any can be")
    })
  ),

  "stores what became of notices": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      const rows = (yield* store.notices({}, all)).rows
      same(
        rows.map(({ attempts, dueAt, lastError, notice, status }) => [
          notice.id,
          status,
          attempts,
          dueAt - noon,
          lastError
        ]),
        [
          ["a", "sent", 1, 0, null],
          ["b", "sent", 2, 0, null],
          ["c", "pending", 3, 5_000, "no answer"],
          ["d", "pending", 0, 2_000, null],
          ["e", "pending", 0, 9_000, null]
        ],
        "the notices, their status, attempts, due times and errors"
      )
    })
  ),

  "settling passes over notices that are not kept, and changes nothing of what the others say": Effect.gen(
    function* () {
      const store = yield* opened
      yield* save({ notices: [notice("a")] })
      yield* store.due(1)
      yield* store.settle([settled("unknown"), settled("a", { status: "sent", attempts: 1 })])
      same(
        (yield* store.notices({}, all)).rows.map(({ notice, status }) => [notice, status]),
        [[notice("a"), "sent"]],
        "the notices"
      )
    }
  ),

  "lists notices by id, by status and those that failed, in pages": atNoon(() =>
    Effect.gen(function* () {
      const store = yield* fiveNotices
      const list = (filter: Parameters<typeof store.notices>[0], limit: number) =>
        Effect.map(
          Data.allPages(idOf, limit, (paging) => store.notices(filter, paging)),
          (rows) => rows.map(idOf)
        )
      for (const limit of [1, 2, 10]) {
        same(yield* list({}, limit), ["a", "b", "c", "d", "e"], "all notices")
        same(yield* list({ status: "pending" }, limit), ["c", "d", "e"], "the pending notices")
        same(yield* list({ status: "sent" }, limit), ["a", "b"], "the sent notices")
        same(yield* list({ failed: true }, limit), ["b", "c"], "the notices that failed once")
        same(yield* list({ failed: true, status: "sent" }, limit), ["b"], "the sent notices that failed once")
        same(yield* list({ failed: false }, limit), ["a", "b", "c", "d", "e"], "all notices, failed or not")
      }
    })
  ),

  "two who ask at once do not get the same notice": Effect.gen(function* () {
    const store = yield* opened
    const ids = Array.from({ length: 40 }, (_, index) => `n${index}`)
    yield* save({ notices: ids.map((id) => notice(id)) })
    const given = yield* Effect.forEach(Array.from({ length: 10 }), () => store.due(4), { concurrency: "unbounded" })
    sameSet(given.flat().map(idOf), ids, "the notices given out")
  })
})
