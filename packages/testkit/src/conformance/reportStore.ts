/**
 * The promises of `ReportStore`.
 */
import { CompanyMismatch, ReportStore } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { mismatched, otherRules } from "./adopting.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { all, days, idOf, notice, opened, payout, periodOf, report, save, settled } from "./reportKit.ts"
import { notices } from "./reportNotices.ts"
import * as Suite from "./Suite.ts"

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

  ...notices
})
