/**
 * The ports of the reports context: where reports and notices are kept, who sends them, and where the lines of a
 * closed period are read.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CompanyStore } from "../stream/ContextStore.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { DailyReport, KeptNotice, Notice, Payout, SettledNotice } from "./Report.ts"

/** The cursor of a company's reports when they are opened. */
export const initialReportCursor: Cursor.Cursor = Cursor.start("reports", "billing")

/** What a commit writes, all or nothing; reports and notices that are there already stay as they are. */
export interface ReportChanges {
  readonly cursor: Cursor.Cursor
  readonly reports: ReadonlyArray<DailyReport>
  readonly notices: ReadonlyArray<Notice>
}

/** A transaction that holds the cursor of billing's events. */
export interface ReportTransaction {
  readonly cursor: Cursor.Cursor
  readonly save: (changes: ReportChanges) => Effect.Effect<void, StoreError>
}

export interface NoticeFilter {
  readonly status?: "pending" | "sent"
  /**
   * True for those with a failed attempt alone: tried and still pending, or sent at a later try. False asks for all.
   */
  readonly failed?: boolean
}

/**
 * What it promises of `open`, `adopt` and `transact` is said in `CompanyStore`: what a transaction takes here is the
 * cursor of billing's events, which starts as `initialReportCursor`. A cursor of another consumer or source is refused
 * with `Conflict`, not to be retried.
 *
 * A new notice is pending and due at once. `due` leases what it returns for a minute, and returns it as leased: another
 * node does not get it meanwhile. A pending notice that is due later than `Report.farthestDueMillis` from now counts as
 * due: a clock that has been put back since put it off, and nobody waits for that clock's time. `settle` passes over
 * ids that are not kept. What is due, leases and waits go by the store's clock: no caller names an instant.
 */
export class ReportStore extends Context.Service<
  ReportStore,
  CompanyStore<ReportTransaction> & {
    /** The cursor as it is committed. Before `open` it fails with `Corrupt`, not to be retried. */
    readonly cursor: Effect.Effect<Cursor.Cursor, StoreError>
    /** The reports of a range of periods, by date. */
    readonly reports: (
      range: { readonly from?: Period; readonly to?: Period },
      paging: Paging<Period>
    ) => Effect.Effect<Page<DailyReport>, StoreError>
    /** Takes pending notices that are due, the longest due first; then those put off by a clock that was put back. */
    readonly due: (limit: number) => Effect.Effect<ReadonlyArray<KeptNotice>, StoreError>
    /** Stores what became of notices. Each is due after its wait, counted from now. */
    readonly settle: (notices: ReadonlyArray<SettledNotice>) => Effect.Effect<void, StoreError>
    /** Notices by id. */
    readonly notices: (filter: NoticeFilter, paging: Paging<string>) => Effect.Effect<Page<KeptNotice>, StoreError>
  }
>()("@popug/core/ReportStore") {}

/**
 * The port that sends. Contract: it returns for each notice, by its place, null once it is on its way, or what went
 * wrong. A notice may come again under the same id.
 */
export class Notifier extends Context.Service<
  Notifier,
  {
    readonly send: (notices: ReadonlyArray<Notice>) => Effect.Effect<ReadonlyArray<string | null>>
  }
>()("@popug/core/Notifier") {
  /** Sends nothing and says so in the log. */
  static readonly layerLog: Layer.Layer<Notifier> = Layer.succeed(Notifier, {
    send: (notices) =>
      Effect.as(
        Effect.forEach(notices, (notice) => Effect.logDebug(`notice ${notice.id}`), { discard: true }),
        notices.map(() => null)
      )
  })
}

/**
 * The port that reads who was paid out in a closed period, in pages by popug. Contract: where the period is not closed,
 * as in a billing that was restored to an earlier moment, it fails with `Unavailable`, to be retried: nobody's payout
 * is taken for none.
 */
export class Payouts extends Context.Service<
  Payouts,
  {
    readonly of: (period: Period, paging: Paging<UserId>) => Effect.Effect<Page<Payout>, StoreError>
  }
>()("@popug/core/Payouts") {}
