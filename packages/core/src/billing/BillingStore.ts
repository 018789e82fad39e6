/**
 * The port that keeps the books: journal, accounts, prices, closed periods, and the context's stream of events.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { UserStatus } from "../company/Actor.ts"
import type {
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction
} from "../stream/ContextStore.ts"
import * as Cursor from "../stream/Cursor.ts"
import * as Head from "../stream/Head.ts"
import type { Period, PeriodRange } from "../values/BusinessDay.ts"
import { origin } from "../values/Digest.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { Account, AccountId, PeriodBalance } from "./books/Account.ts"
import type { Price } from "./books/Pricing.ts"
import type { Transfer, TransferKind } from "./books/Transfer.ts"
import type { TopTask, Totals } from "./events.ts"

/** The end of the journal. */
interface JournalEnd {
  /** The number of the last transfer; 0 before the first. */
  readonly number: number
  /** The digest of all transfers and prices so far; 64 zeros before the first. */
  readonly digest: string
  /** The period of the last transfer, and when it was recorded; null before the first. */
  readonly period: Period | null
  readonly recordedAt: DateTime.Utc | null
}

/** What the last close left to the periods after it. */
interface LastClose {
  /** The period closed last; null before the first. */
  readonly period: Period | null
  /** Its seal; 64 zeros before the first. */
  readonly seal: string
  /** How many popugs carried a balance below zero out of it. */
  readonly inTheRed: number
}

/**
 * The head of the billing context. It alone says what may follow (`Ledger.follows`): a store keeps it as it is, to the
 * last field, and needs to know nothing else of what was written before.
 */
export interface BillingHead extends Head.Head {
  /** The open period; null before the first event of the tasks context. */
  readonly period: Period | null
  /** Where the journal ends, and what the last close left. */
  readonly journal: JournalEnd
  readonly closed: LastClose
  /** The open period's totals and top task so far. */
  readonly totals: Totals
  readonly topTask: TopTask | null
  /** The shuffle whose fees are being charged; null when the last one's are. */
  readonly shuffle: ShuffleCost | null
  /** The last shuffle whose cost is recorded; null before the first. */
  readonly shuffled: Pick<ShuffleCost, "event" | "period"> | null
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
  journal: { number: 0, digest: origin, period: null, recordedAt: null },
  closed: { period: null, seal: origin, inTheRed: 0 },
  totals: { tasksCreated: 0, assigned: 0, done: 0, transfers: 0, fees: 0n, awards: 0n, payouts: 0n },
  topTask: null,
  shuffle: null,
  shuffled: null,
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

export interface TransferFilter extends PeriodRange<Period> {
  /** Only transfers that move this account, on either side. */
  readonly account?: AccountId
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
    /** Transfers by journal number; `from` and `to` are about the period they are booked in. */
    readonly transfers: (filter: TransferFilter, paging: Paging<number>) => Effect.Effect<Page<Transfer>, StoreError>
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
