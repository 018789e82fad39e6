/**
 * The port that keeps the books: journal, accounts, prices, closed periods, and the context's stream of events.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type {
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction
} from "../stream/ContextStore.ts"
import type { Period, PeriodRange } from "../values/BusinessDay.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { OrderedPaging, Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { BillingHead } from "./BillingHead.ts"
import type { Account, AccountId, PeriodBalance } from "./books/Account.ts"
import type { Price } from "./books/Pricing.ts"
import type { Transfer, TransferKind } from "./books/Transfer.ts"
import type { ClosedPeriod, Holder, ShuffleCost } from "./rows.ts"

export { type BillingHead, initialBillingHead } from "./BillingHead.ts"
export type { ClosedPeriod, Holder, ShuffleCost } from "./rows.ts"

/** What a commit needs to know. */
export interface BillingQuery extends ContextQuery {
  /** Tasks whose prices are asked for. */
  readonly prices: ReadonlyArray<TaskId>
  /** Keys of causes (`Transfer.causeKey`) that may be booked already. */
  readonly causes: ReadonlyArray<string>
  /** Accounts, with their balances of the open period. */
  readonly accounts: ReadonlyArray<AccountId>
  /** All accounts that have moved in the open period. */
  readonly moved: boolean
  /** Transfers by number, with those that correct them, and those that correct these in turn. */
  readonly transfers: ReadonlyArray<number>
}

export interface BillingLoad extends ContextLoad {
  readonly prices: ReadonlyArray<Price>
  readonly booked: ReadonlyArray<Transfer>
  readonly accounts: ReadonlyArray<Account>
  /** The balances of the open period of those accounts that have moved in it. */
  readonly balances: ReadonlyArray<PeriodBalance>
  readonly transfers: ReadonlyArray<Transfer>
}

/**
 * What a commit writes, all or nothing; transfers, prices, closes and shuffles are new, other rows replace those of the
 * same key.
 */
export interface BillingChanges extends ContextChanges<BillingHead> {
  readonly transfers: ReadonlyArray<Transfer>
  readonly prices: ReadonlyArray<Price>
  readonly accounts: ReadonlyArray<Account>
  readonly balances: ReadonlyArray<PeriodBalance>
  readonly holders: ReadonlyArray<Holder>
  readonly closed: ReadonlyArray<ClosedPeriod>
  readonly shuffles: ReadonlyArray<ShuffleCost>
}

/** A commit that needs, finds or writes no rows. */
export const emptyQuery: BillingQuery = {
  prices: [],
  causes: [],
  accounts: [],
  moved: false,
  transfers: [],
  commands: []
}
export const emptyLoad: BillingLoad = {
  prices: [],
  booked: [],
  accounts: [],
  balances: [],
  transfers: [],
  commands: new Map()
}
export const emptyChanges: Omit<BillingChanges, "head"> = {
  events: [],
  transfers: [],
  prices: [],
  accounts: [],
  balances: [],
  holders: [],
  closed: [],
  shuffles: [],
  commands: []
}

/** How many days before the open period it is looked for closed ones. */
export const daysBack = 3

/** What the transfers between two accounts come to, of one period and kind. */
export interface Moved {
  readonly period: Period
  readonly kind: TransferKind
  readonly debit: AccountId
  readonly credit: AccountId
  /** Whether these are corrections that count with reversed sign (`Transfer.isReversed`). */
  readonly reversed: boolean
  readonly transfers: number
  readonly amount: bigint
}

/** What the journal holds above a number, summed by the store from the transfers themselves. */
export interface Moves {
  readonly sums: ReadonlyArray<Moved>
  /** The highest number in the journal, beyond the head too; 0 without transfers. */
  readonly last: number
}

/** How many rows there are of each kind, found by counting them. */
export interface RowCounts {
  readonly transfers: number
  readonly prices: number
  readonly accounts: number
  readonly balances: number
  readonly closed: number
  readonly shuffles: number
  readonly holders: number
}

/** What a store holds of the open period, and of the one before it: what a close is proved with. */
export interface Evidence {
  /** The closed periods from a few days before the open one on, by date. */
  readonly closed: ReadonlyArray<ClosedPeriod>
  /** The balances of the last of them before the open one, by account in byte order. */
  readonly sealed: ReadonlyArray<PeriodBalance>
  /** The company's accounts and all that have moved in the period, and their balances in it. */
  readonly accounts: ReadonlyArray<Account>
  readonly balances: ReadonlyArray<PeriodBalance>
  /** The balances of these accounts in the last period in which each moved, up to that closed one. */
  readonly before: ReadonlyArray<PeriodBalance>
  /** What the transfers after the last close come to. */
  readonly moves: Moves
  /** The sums of all accounts. */
  readonly sums: Omit<AccountSums, "inTheRed">
  /** The number of the last event in billing's log, beyond the head too. */
  readonly last: number
}

/** A transaction that holds the head. */
export interface BillingTransaction extends ContextTransaction<BillingHead, BillingQuery, BillingLoad, BillingChanges> {
  /**
   * Sums the transfers above a number: what a close is proved with. It looks at these transfers and at no others, and
   * does not rely on balances that were kept.
   */
  readonly moves: (after: number) => Effect.Effect<Moves, StoreError>
  /**
   * Only where it makes small closes faster: all that the open period is proved with, which is otherwise read part by
   * part. To be asked before anything is written.
   */
  readonly evidence?: Effect.Effect<Evidence, StoreError>
}

export interface TransferFilter extends PeriodRange<Period> {
  /** Only transfers that move this account, on either side. */
  readonly account?: AccountId
  /** Only transfers that are booked for this task, and those that correct them. */
  readonly task?: TaskId
  /** Only the transfers of these numbers, whichever of them there are. */
  readonly numbers?: ReadonlyArray<number>
}

export interface AccountFilter {
  /** Only these, whoever of them was opened. */
  readonly ids?: ReadonlyArray<AccountId>
  /** `true`: only popugs' accounts whose balance is below zero. `false` filters nothing, as if it were not given. */
  readonly inTheRed?: boolean
}

export interface PriceFilter {
  /** Only the prices of these tasks, whichever of them have one. */
  readonly tasks?: ReadonlyArray<TaskId>
}

/** The sums of all accounts of a kind. */
export interface AccountSums {
  readonly popugs: { readonly debits: bigint; readonly credits: bigint }
  readonly fees: { readonly debits: bigint; readonly credits: bigint }
  readonly awards: { readonly debits: bigint; readonly credits: bigint }
  readonly cash: { readonly debits: bigint; readonly credits: bigint }
  /** How many popugs are below zero now. */
  readonly inTheRed: number
}

/**
 * What all stores promise is said in `ContextStore`. Besides, a commit must follow the head as `Ledger.follows` says.
 * Also refused with `Conflict`, not to be retried, is what only the rows tell: a second transfer of one cause; a price
 * of a task that has one, or of an event that has priced another task; a second cost of one shuffle. Transfers, prices,
 * closed periods and shuffles are never changed. Amounts and sums are held exactly up to `Money.largestSum`, above zero
 * and below; the core asks for no more. No read scans history.
 */
export class BillingStore extends Context.Service<
  BillingStore,
  ContextStore<BillingTransaction> & {
    /** Accounts by id in byte order: the company's, then the popugs'. */
    readonly accounts: (filter: AccountFilter, paging: Paging<AccountId>) => Effect.Effect<Page<Account>, StoreError>
    readonly sums: Effect.Effect<AccountSums, StoreError>
    /**
     * What each account that moved in a period has in it, by account in byte order: the company's, then the popugs'.
     */
    readonly balances: (period: Period, paging: Paging<AccountId>) => Effect.Effect<Page<PeriodBalance>, StoreError>
    /**
     * What each of some accounts was left with at the end of a period: its balance of the last period in which it
     * moved, not later than that. In any order; accounts that had not moved by then are missing.
     */
    readonly balancesUpTo: (
      accounts: ReadonlyArray<AccountId>,
      period: Period
    ) => Effect.Effect<ReadonlyArray<PeriodBalance>, StoreError>
    /** What an account has in each period of a range in which it moved, by period. */
    readonly balancesOf: (
      account: AccountId,
      range: PeriodRange<Period>,
      paging: Paging<Period>
    ) => Effect.Effect<Page<PeriodBalance>, StoreError>
    /**
     * Transfers by journal number, or the other way round; `from` and `to` are about the period they are booked in.
     */
    readonly transfers: (
      filter: TransferFilter,
      paging: OrderedPaging<number>
    ) => Effect.Effect<Page<Transfer>, StoreError>
    /** The recorded prices by the number of their event. */
    readonly prices: (filter: PriceFilter, paging: Paging<number>) => Effect.Effect<Page<Price>, StoreError>
    /** Counts all rows, for a verification: the only read that goes through everything. */
    readonly rows: Effect.Effect<RowCounts, StoreError>
    /** Those of some users that billing has heard of, in any order. */
    readonly holders: (ids: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyArray<Holder>, StoreError>
    /** The closed periods by date. */
    readonly closed: (
      range: PeriodRange<Period>,
      paging: Paging<Period>
    ) => Effect.Effect<Page<ClosedPeriod>, StoreError>
    /** What the shuffles of a range of periods cost, by the numbers of their events. */
    readonly shuffles: (
      range: PeriodRange<Period>,
      paging: Paging<number>
    ) => Effect.Effect<Page<ShuffleCost>, StoreError>
  }
>()("@popug/core/BillingStore") {}
