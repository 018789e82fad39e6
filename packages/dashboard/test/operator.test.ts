import { expect, it } from "vitest"
import { newestFirst } from "../src/page/operator/newestFirst.ts"

const notice = (id: string, period: string, dueAt: string) => ({ id, period, dueAt: new Date(dueAt) })

it("lists what went out last first, and of one moment what tells of a later day", () => {
  const notices = [
    notice("audit.2026-03-09", "2026-03-09", "2026-03-10T00:00:05Z"),
    notice("audit.2026-03-10", "2026-03-10", "2026-03-11T00:00:05Z"),
    notice("payout.2026-03-10.olga", "2026-03-10", "2026-03-11T00:00:05Z"),
    notice("report.2026-03-09", "2026-03-09", "2026-03-11T00:00:05Z")
  ]
  expect(newestFirst(notices).map(({ id }) => id)).toEqual([
    "audit.2026-03-10",
    "payout.2026-03-10.olga",
    "report.2026-03-09",
    "audit.2026-03-09"
  ])
})
