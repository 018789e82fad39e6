/**
 * `CompanyHome` in memory: a shelf of disks.
 */
import {
  BusinessDay,
  type CompanyHome,
  type CompanyMismatch,
  Head,
  initialBillingHead,
  initialReportCursor,
  initialTaskHead,
  mismatch,
  type OpeningCompany
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Disk } from "./Disk.ts"
import { holdingAll, names, openedOf } from "./opening.ts"
import type { Attachment } from "./Shelf.ts"

/** Opens what is not open yet; returns how the rest was opened otherwise. */
const open = (disk: Disk, { calendar, identities }: OpeningCompany, now: DateTime.Utc): CompanyMismatch | undefined => {
  for (const name of names) {
    const opened = openedOf(disk, name)
    const other = opened === undefined ? undefined : mismatch(opened.identity, identities[name])
    if (other !== undefined) return other
  }
  const { billing, reports, tasks, users } = disk
  users.stream.opened ??= { identity: identities.users, head: Head.initial(now) }
  tasks.stream.opened ??= {
    identity: identities.tasks,
    head: initialTaskHead(now, BusinessDay.periodAt(calendar, now))
  }
  billing.stream.opened ??= { identity: identities.billing, head: initialBillingHead(now) }
  reports.opened ??= { identity: identities.reports, cursor: initialReportCursor }
  return undefined
}

/** Under the heads of all contexts, and so after the commits that are under way. */
const setResting = (attachment: Attachment, companies: ReadonlyArray<string>, resting: boolean) =>
  attachment.call(() =>
    Effect.forEach(
      companies.filter((id) => attachment.shelf.disks.has(id)),
      (id) => {
        const { connection, leave } = attachment.connect(id)
        const set = Effect.sync(() => void (connection.disk.resting = resting))
        return Effect.ensuring(holdingAll(connection, set), Effect.sync(leave))
      },
      { discard: true }
    )
  )

export const make = (attachment: Attachment): Pick<CompanyHome["Service"], "open" | "rest" | "wake"> => ({
  open: (companies) =>
    attachment.call(() =>
      Effect.map(DateTime.now, (now) => {
        const mismatches = new Map<string, CompanyMismatch>()
        for (const company of companies) {
          const other = open(attachment.shelf.disk(company.id), company, now)
          if (other !== undefined) mismatches.set(company.id, other)
        }
        return mismatches
      })
    ),
  rest: (companies) => setResting(attachment, companies, true),
  wake: (companies) => setResting(attachment, companies, false)
})
