/**
 * Reports by period, notices by id and by when they are due.
 */
import { type NoticeFilter, type Page, type Paging, type Period, Report, type ReportChanges } from "@popug/core"
import { pageOf } from "./pages.ts"
import { SortedIds } from "./SortedIds.ts"

type Kept = Report.KeptNotice

const leaseMillis = 60_000

/** Orders instants as text. */
const instantKey = (millis: number): string => String(millis).padStart(16, "0")

/** Orders pending notices by when they are due. */
const dueKey = ({ dueAt, notice }: Kept): string => `${instantKey(dueAt)}/${notice.id}`

/** Every attempt at a pending notice has failed, and all but the last at a sent one. */
const hasFailed = ({ attempts, status }: Kept): boolean => attempts > (status === "sent" ? 1 : 0)

export class ReportTable {
  readonly #reports = new Map<Period, Report.DailyReport>()
  readonly #periods = new SortedIds<Period>()
  readonly #notices = new Map<string, Kept>()
  readonly #ids = { pending: new SortedIds<string>(), sent: new SortedIds<string>() }
  readonly #all = new SortedIds<string>()
  readonly #failed = new SortedIds<string>()
  readonly #due = new SortedIds<string>()

  /** Adds what is not there yet. */
  add({ notices, reports }: ReportChanges, now: number): void {
    for (const report of reports) {
      if (this.#reports.has(report.period)) continue
      this.#reports.set(report.period, report)
      this.#periods.add(report.period)
    }
    for (const notice of notices) {
      if (this.#notices.has(notice.id)) continue
      const kept: Kept = { notice, status: "pending", attempts: 0, dueAt: now, lastError: null }
      this.#notices.set(notice.id, kept)
      this.#all.add(notice.id)
      this.#ids.pending.add(notice.id)
      this.#due.add(dueKey(kept))
    }
  }

  /** What became of a notice that is there; one that is not is passed over. */
  settle({ id, waitMillis, ...outcome }: Report.SettledNotice, now: number): void {
    const before = this.#notices.get(id)
    if (before !== undefined) this.#replace(before, { notice: before.notice, ...outcome, dueAt: now + waitMillis })
  }

  #replace(before: Kept, kept: Kept): void {
    const { id } = kept.notice
    this.#notices.set(id, kept)
    if (before.status === "pending") this.#due.delete(dueKey(before))
    if (kept.status === "pending") this.#due.add(dueKey(kept))
    if (before.status !== kept.status) {
      this.#ids[before.status].delete(id)
      this.#ids[kept.status].add(id)
    }
    if (hasFailed(before) !== hasFailed(kept)) {
      if (hasFailed(kept)) this.#failed.add(id)
      else this.#failed.delete(id)
    }
  }

  /** Whether any notice is due. */
  hasDue(now: number): boolean {
    const putOff = instantKey(now + Report.farthestDueMillis + 1)
    return this.#dueWithin(undefined, now, 1).length > 0 || this.#dueWithin(putOff, Infinity, 1).length > 0
  }

  /** Leases notices that are due. */
  due(limit: number, now: number): ReadonlyArray<Kept> {
    const due = this.#dueWithin(undefined, now, limit)
    const putOff = this.#dueWithin(instantKey(now + Report.farthestDueMillis + 1), Infinity, limit - due.length)
    return [...due, ...putOff].map((kept) => {
      const leased = { ...kept, dueAt: now + leaseMillis }
      this.#replace(kept, leased)
      return leased
    })
  }

  /** Pending notices from a key on that are due by an instant, the longest due first. */
  #dueWithin(after: string | undefined, by: number, limit: number): ReadonlyArray<Kept> {
    const due: Array<Kept> = []
    for (const key of this.#due.from(after)) {
      const kept = this.#notices.get(key.slice(17))!
      if (due.length === limit || kept.dueAt > by) break
      due.push(kept)
    }
    return due
  }

  reports(
    { from, to }: { readonly from?: Period; readonly to?: Period },
    { after, limit }: Paging<Period>
  ): Page<Report.DailyReport> {
    return pageOf(within(this.#periods.from(after), from, to), limit, (period) => this.#reports.get(period)!)
  }

  notices({ failed, status }: NoticeFilter, { after, limit }: Paging<string>): Page<Kept> {
    const ids = failed === true ? this.#failed : status === undefined ? this.#all : this.#ids[status]
    return pageOf(
      ids.from(after),
      limit,
      (id) => this.#notices.get(id)!,
      (kept) => status === undefined || kept.status === status
    )
  }
}

function* within(periods: Iterable<Period>, from: Period | undefined, to: Period | undefined): Generator<Period, void> {
  for (const period of periods) {
    if (to !== undefined && period > to) return
    if (from === undefined || period >= from) yield period
  }
}
