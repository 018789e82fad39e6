/**
 * The part of the books that one commit works on. It belongs to its commit and is changed in place, so that a batch of
 * a million transfers copies nothing.
 */
import type * as DateTime from "effect/DateTime"
import type { Period } from "../../values/BusinessDay.ts"
import type { ShuffleCost } from "../BillingStore.ts"
import type { TopTask, Totals } from "../events.ts"
import type * as Account from "./Account.ts"
import type { BookedTasks } from "./BookedTask.ts"
import type * as Pricing from "./Pricing.ts"
import type * as Transfer from "./Transfer.ts"

export type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export interface Ledger {
  /** The instant of the commit. */
  now: DateTime.Utc
  /** The open period; null before the first task was seen. */
  period: Period | null
  /** The number of the last transfer. */
  journal: number
  /** The open period's totals so far, and its top task. */
  readonly totals: Mutable<Totals>
  topTask: TopTask | null
  /** How many popugs were below zero when the period opened. */
  inTheRed: number
  /** The shuffle whose fees are being charged. */
  shuffle: Mutable<ShuffleCost> | null
  readonly accounts: Map<Account.AccountId, Mutable<Account.Account>>
  /** The open period's balances of the accounts that have moved in it. */
  readonly balances: Map<Account.AccountId, Mutable<Account.PeriodBalance>>
  /** What is known of tasks: their prices, and whom their last fees were charged to. */
  readonly tasks: BookedTasks
  /** Whether prices were recorded before their tasks are created, as in a verification: otherwise nobody here did. */
  readonly isReplay: boolean
  /**
   * The transfers that exist already for causes this commit could book again; null where nobody has looked, because the
   * store refuses a second transfer of a cause.
   */
  readonly booked: Map<string, Transfer.Transfer> | null
  /** The highest number of the tasks' stream that was passed over: fees up to there may be missing. */
  passed: number
  /** The transfers that commands name, and the corrections of each by the number corrected. */
  readonly named: Map<number, Transfer.Transfer>
  readonly corrections: Map<number, Array<Transfer.Transfer>>
  /**
   * The accounts that were moved in the open period since the ledger was made, in the order in which they were first.
   */
  readonly moved: Map<Account.AccountId, Moving>
  /** What this commit has made, and what of it is not yet on its way to the store. */
  readonly transfers: Array<Transfer.Transfer>
  readonly newPrices: Array<Pricing.Price>
  readonly shuffles: Array<ShuffleCost>
}

/** An account that is being moved, with its balance of the open period: so that a transfer looks up each side once. */
export interface Moving {
  readonly account: Mutable<Account.Account>
  readonly balance: Mutable<Account.PeriodBalance>
}

/** What is known for a commit before anything is loaded for it: the ledger takes it over, and goes on with it. */
export type Known = Pick<Ledger, "accounts" | "balances" | "tasks">
