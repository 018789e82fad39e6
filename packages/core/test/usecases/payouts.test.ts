import { assert, it } from "@effect/vitest"
import { Actor, Billing, Books, Reports, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { accountant, admin, createRoof, endDay, predictable, settle, staff, toDay } from "./support.ts"

// Found by the simulation: the notice took the day's payouts less what was corrected of earlier ones.
it.effect("a popug is told of what a close paid out, though an earlier payout was corrected that day", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const billing = yield* Billing
    const books = yield* Books
    const reports = yield* Reports
    yield* createRoof
    yield* tasks.complete(Actor.user("olga"), "roof")
    yield* toDay(1)
    yield* endDay
    const { rows } = yield* books.transfers(accountant, {}, { limit: 10 })
    const payout = rows.find((transfer) => transfer.kind === "payout")!
    yield* billing.correct(accountant, { transfer: payout.number, reason: "the bank sent it back" })
    yield* settle
    assert.strictEqual((yield* books.account(accountant, "olga")).balance, 2000n)
    yield* toDay(2)
    yield* endDay
    const notices = (yield* reports.notices(admin, {}, { limit: 100 })).rows.map(({ notice }) => notice)
    assert.deepStrictEqual(
      notices.flatMap((notice) => (notice._tag === "Payout" ? [[notice.period, notice.payout.payout]] : [])),
      [
        ["2026-11-23", 2000n],
        ["2026-11-24", 2000n]
      ] as never
    )
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
  }).pipe(Effect.provide(predictable()))
)
