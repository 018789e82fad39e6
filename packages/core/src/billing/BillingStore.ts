/**
 * The port that keeps the books: journal, accounts, prices, closed periods, and the context's stream of events.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { UserStatus } from "../company/Actor.ts"
import type { Period } from "../values/BusinessDay.ts"
import type {
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction
} from "../stream/ContextStore.ts"
import { origin } from "../values/Digest.ts"
import type { TopTask, Totals } from "./events.ts"
import * as Cursor from "../stream/Cursor.ts"
import * as Head from "../stream/Head.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { Account, AccountId, PeriodBalance } from "./books/Account.ts"
import type { Price } from "./books/Pricing.ts"
import type { Transfer, TransferKind } from "./books/Transfer.ts"

/** The head of the billing context. */
export interface BillingHead extends Head.Head {
  /** The open period; null before the first event of the tasks context. */
  readonly period: Period | null
  /** The number of the last transfer, and the digest of the journal up to it. */
  readonly journal: number
  readonly journalDigest: string
  /** The seal of the period closed last; 64 zeros before the first. */
  readonly seal: string
  /** The open period's totals and top task so far. */
  readonly totals: Totals
  readonly topTask: TopTask | null
  /** How many popugs were below zero when the period opened. */
  readonly inTheRed: number
  /** The shuffle whose fees are being charged; null when the last one's are. */
  readonly shuffle: ShuffleCost | null
  /** When closing by hand: the period that has ended and waits, and the one that may be closed. */
  readonly awaiting: Period | null
  readonly approved: Period | null
  /** The highest number of the tasks' stream that an operator had billing pass over; 0 when there is none. */
  readonly passed: number
  /** How far the streams of tasks and users were applied. */
  readonly tasks: Cursor.Cursor
  readonly users: Cursor.Cursor
}

/** The head of a company's books when they are opened. */
export const initialBillingHead = (at: DateTime.Utc): BillingHead => ({
  ...Head.initial(at),
  period: null,
  journal: 0,
  journalDigest: origin,
  seal: origin,
  totals: { tasksCreated: 0, assigned: 0, done: 0, transfers: 0, fees: 0n, awards: 0n, payouts: 0n },
  topTask: null,
  inTheRed: 0,
  shuffle: null,
  awaiting: null,
  approved: null,
  passed: 0,
  tasks: Cursor.start("billing", "tasks"),
  users: Cursor.start("billing.users", "users")
})

/** A user as billing knows them: names for its read models. */
export interface Holder {
  readonly id: UserId
  readonly name: string
  readonly status: UserStatus
}

/** A closed period, which is never rewritten. */
export interface ClosedPeriod {
  readonly period: Period
  readonly totals: Totals
  readonly inTheRed: number
  readonly topTask: TopTask | null
  readonly previousSeal: string
  readonly seal: string
  /** The number of the marker that ended its registration, and of its own `billing.closed`. */
  readonly lastEvent: number
  readonly closedAs: number
  /** The digest of the stream up to that marker. */
  readonly eventsDigest: string
  /** The number of its last transfer (its transfers follow those of the period before), and the journal's digest. */
  readonly lastTransfer: number
  readonly journalDigest: string
  readonly closedAt: DateTime.Utc
}

/** What a shuffle cost: written once, when the last of its fees is charged. */
export interface ShuffleCost {
  /** The number of its `task.shuffled`; the events of what it reassigned follow right after. */
  readonly event: number
  /** 1 for the company's first shuffle, 2 for the second, ... */
  readonly shuffle: number
  readonly period: Period
  /** Who asked for it, as `Actor.key` writes it. */
  readonly actor: string
  readonly at: DateTime.Utc
  /** How many tasks it took from one and gave to another, or to nobody. */
  readonly reassigned: number
  /** The fees that it charged, in minor units; what is corrected later does not change it. */
  readonly fees: bigint
}

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

/** What a commit writes, all or nothing; transfers, prices, closes and shuffles are new, other rows replace those of the same key. */
export interface BillingChanges extends ContextChanges<BillingHead> {
  readonly transfers: ReadonlyArray<Transfer>
  readonly prices: ReadonlyArray<Price>
  readonly accounts: ReadonlyArray<Account>
  readonly balances: ReadonlyArray<PeriodBalance>
  readonly holders: ReadonlyArray<Holder>
  readonly closed: ReadonlyArray<ClosedPeriod>
  readonly shuffles: ReadonlyArray<ShuffleCost>
}

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

/** A transaction that holds the head. */
export interface BillingTransaction extends ContextTransaction<BillingHead, BillingQuery, BillingLoad, BillingChanges> {
  /**
   * Sums the transfers above a number: what a close is proved with. It looks at these transfers and at no others, and
   * does not rely on balances that were kept.
   */
  readonly moves: (after: number) => Effect.Effect<Moves, StoreError>
}

export interface TransferFilter {
  readonly account?: AccountId
  /** The first and the last period. */
  readonly from?: Period
  readonly to?: Period
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
 * What all stores promise is said in `ContextStore`. Besides, transfers must follow the head's journal as events follow the stream. Also refused with
 * `Conflict`, not to be retried: a second transfer of one cause, an amount that is not above zero, equal accounts; a
 * price that is recorded already, not above zero, or the second of its event; transfers, balances, shuffles or a close of
 * a closed period, a close before one that is closed; a shuffle whose event is not above the last one's, of a period before
 * the last one's, or with fees below zero; transfers of a period before the last one's, or recorded before the last one; a journal's digest
 * that changed with nothing new in the journal. `Follows.follows` is what of this needs no look at the rows. Transfers,
 * prices, closed periods and shuffles are never changed. Amounts and sums are held exactly up to `Money.largestSum`, above zero
 * and below; the core asks for no more. No read scans history.
 */
export class BillingStore extends Context.Service<
  BillingStore,
  ContextStore<BillingTransaction> & {
    /** Those of the accounts that were opened, in any order. */
    readonly accounts: (ids: ReadonlyArray<AccountId>) => Effect.Effect<ReadonlyArray<Account>, StoreError>
    /** The popugs' accounts by id in byte order; `inTheRed` for only those below zero. */
    readonly listAccounts: (
      filter: { readonly inTheRed?: boolean },
      paging: Paging<AccountId>
    ) => Effect.Effect<Page<Account>, StoreError>
    readonly sums: Effect.Effect<AccountSums, StoreError>
    /** The balances of a period by account in byte order: of all that moved in it. */
    readonly balances: (period: Period, paging: Paging<AccountId>) => Effect.Effect<Page<PeriodBalance>, StoreError>
    /** The balances of one account by period: of the periods it moved in. */
    readonly balancesOf: (account: AccountId, paging: Paging<Period>) => Effect.Effect<Page<PeriodBalance>, StoreError>
    /** For each account that has one: the balance of the last period, up to and with the one named, in which it moved. */
    readonly balancesUpTo: (
      accounts: ReadonlyArray<AccountId>,
      period: Period
    ) => Effect.Effect<ReadonlyArray<PeriodBalance>, StoreError>
    /** Transfers by journal number. */
    readonly transfers: (filter: TransferFilter, paging: Paging<number>) => Effect.Effect<Page<Transfer>, StoreError>
    readonly prices: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<Price>, StoreError>
    /** The recorded prices by the number of their event. */
    readonly listPrices: (paging: Paging<number>) => Effect.Effect<Page<Price>, StoreError>
    /** Counts all rows, for a verification: the only read that goes through everything. */
    readonly rows: Effect.Effect<RowCounts, StoreError>
    readonly holders: (ids: ReadonlyArray<UserId>) => Effect.Effect<ReadonlyArray<Holder>, StoreError>
    /** The closed periods by date. */
    readonly closed: (
      filter: { readonly from?: Period; readonly to?: Period },
      paging: Paging<Period>
    ) => Effect.Effect<Page<ClosedPeriod>, StoreError>
    /** What shuffles cost, by the numbers of their events; of the shuffles in a range of periods. */
    readonly shuffles: (
      filter: { readonly from?: Period; readonly to?: Period },
      paging: Paging<number>
    ) => Effect.Effect<Page<ShuffleCost>, StoreError>
    /** The top task of the closed periods in a range: the highest award, ties to the earliest. */
    readonly topTask: (from: Period, to: Period) => Effect.Effect<TopTask | null, StoreError>
  }
>()("@popug/core/BillingStore") {}
