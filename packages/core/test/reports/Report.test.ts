import { describe, expect, it } from "vitest"
import { type BillingClosed, decodeBillingEvent } from "../../src/billing/events.ts"
import { noticesOf, reportsOf } from "../../src/reports/react.ts"
import * as Report from "../../src/reports/Report.ts"
import type { Currency } from "../../src/values/Money.ts"
import { event, period, stream, success, taskId, userId } from "../support/given.ts"

const closed: BillingClosed = {
  period: period("2026-11-22"),
  currency: "USD",
  totals: { tasksCreated: 1, assigned: 2, done: 1, transfers: 4, fees: 20n, awards: 30n, payouts: 10n },
  earnings: -10n,
  inTheRed: 1,
  topTask: { id: taskId("t1"), title: "Mend", total: 30n },
  seal: "a".repeat(64)
}
const payout: Report.Payout = {
  owner: userId("bob"),
  name: "Bob",
  opening: 0n,
  fees: 20n,
  awards: 30n,
  payout: 10n,
  currency: "USD" as Currency
}

const events = stream("billing", [
  event("billing.event-skipped", "user:ann", {
    consumer: "billing",
    source: "tasks",
    first: 1,
    last: 1,
    reason: "a test"
  }),
  event("billing.closed", "system", closed)
])
const reports = reportsOf(events.map((event) => success(decodeBillingEvent(event))))
const report = reports[0]!

it("a close is a report, and nothing else of billing's is", () => {
  expect(reports).toEqual([closed])
})

describe("the notices of a closed period", () => {
  const notices = noticesOf(report, [payout])

  it("are the report, the audit and a word to each who was paid", () => {
    expect(notices).toEqual([
      { _tag: "Report", id: "report.2026-11-22", period: "2026-11-22", report: closed },
      { _tag: "Audit", id: "audit.2026-11-22", period: "2026-11-22", report: closed },
      { _tag: "Payout", id: "payout.2026-11-22.bob", period: "2026-11-22", payout }
    ])
  })

  it("have ids that stay the same", () => {
    expect(noticesOf(report, [payout]).map(({ id }) => id)).toEqual(notices.map(({ id }) => id))
  })
})

describe("a notice that was tried", () => {
  const [notice] = noticesOf(report, [])
  const kept: Report.KeptNotice = { notice: notice!, status: "pending", attempts: 0, dueAt: 1_000, lastError: null }

  it("is sent when nothing went wrong", () => {
    expect(Report.attempted({ ...kept, attempts: 2, lastError: "busy" }, null)).toEqual({
      id: kept.notice.id,
      status: "sent",
      attempts: 3,
      lastError: null,
      waitMillis: 0
    })
  })

  it("is due again after a wait that doubles up to an hour", () => {
    const waits = Array.from(
      { length: 2_000 },
      (_, attempts) => Report.attempted({ ...kept, attempts }, "busy").waitMillis
    )
    expect(waits.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000])
    expect(waits.slice(12)).toEqual(waits.slice(12).map(() => 3_600_000))
    expect(Report.attempted({ ...kept, attempts: 1_999 }, "busy")).toMatchObject({
      status: "pending",
      attempts: 2_000,
      lastError: "busy"
    })
  })

  it("keeps what every store can keep of an error", () => {
    expect(Report.attempted(kept, "550 \0 no\uD83E such user 🦜").lastError).toBe("550 \u2400 no\uFFFD such user 🦜")
  })
})
