/**
 * What the books show: read models of accounts, statements, transfers, periods and shuffles.
 */
import type * as DateTime from "effect/DateTime"
import type { Status } from "../stream/Consumers.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import type { Looked } from "../values/Page.ts"
import type { AccountSums, ClosedPeriod, ShuffleCost } from "./BillingStore.ts"
import type * as Account from "./books/Account.ts"
import { earnings } from "./books/Closing.ts"
import type { Transfer } from "./books/Transfer.ts"
import type { TopTask, Totals } from "./events.ts"

/** A popug's account with the owner's name; all amounts in minor units. */
export interface AccountView {
  readonly owner: UserId
  /** Null until billing has heard of the user. */
  readonly name: string | null
  readonly balance: bigint
}

/** An account over some periods: its transfers lead from the opening to the closing balance. */
export interface Statement {
  readonly account: Account.AccountId
  readonly from: Period
  readonly to: Period
  readonly opening: bigint
  readonly closing: bigint
  /** What the transfers of each kind come to, corrections counted with reversed sign. */
  readonly totals: { readonly fees: bigint; readonly awards: bigint; readonly payouts: bigint }
  readonly transfers: Looked<StatementEntry, number>
}

/** What a correction corrects. */
export interface Corrected {
  /** Its journal number. */
  readonly transfer: number
  /** The period that it is booked in. */
  readonly period: Period
  /** Credits above zero, debits below, as the owner sees it. */
  readonly amount: bigint
  readonly recordedAt: DateTime.Utc
}

/** A transfer as it stands in the statement of an account. */
export interface StatementEntry extends Transfer {
  /** What the account came to after it. */
  readonly balance: bigint
  /** The task under the title it had then; null for payouts, and for corrections of these. */
  readonly task: { readonly id: TaskId; readonly title: string } | null
  /** Null for what is no correction. */
  readonly corrected: Corrected | null
}

/** What a task costs whoever gets it, each time, and earns whoever finishes it; null until billing has priced it. */
export interface TaskPrice {
  readonly task: TaskId
  readonly fee: bigint | null
  readonly award: bigint | null
}

/** How many popugs have a balance from one amount to another. */
export interface Distribution {
  /** How many have an account. */
  readonly popugs: number
  readonly lowest: bigint | null
  readonly highest: bigint | null
  /** Of one width and without gaps, 20 at most; zero is where one ends and the next begins. */
  readonly classes: ReadonlyArray<{ readonly from: bigint; readonly below: bigint; readonly popugs: number }>
}

/** A transfer with the popug whose account it moves: the other account is the company's. */
export interface TransferView extends Transfer {
  readonly owner: UserId | null
  /** The owner's name; null until billing has heard of them. */
  readonly name: string | null
}

/** A popug in a period: the balance by popug of the event storming. */
export interface BalanceLine extends Account.PeriodBalance {
  readonly owner: UserId
  readonly name: string | null
  readonly closing: bigint
}

/** A closed period with management's earnings. */
export interface ClosedPeriodView extends ClosedPeriod {
  readonly earnings: bigint
}

/** What a shuffle cost: sums, neither whom it charged nor what. */
export interface ShuffleView extends Omit<ShuffleCost, "actor"> {
  /** Who asked for it; null for the system. */
  readonly askedBy: UserId | null
  /** Their name; null until billing has heard of them. */
  readonly name: string | null
}

/** A look at the open period before its close. */
export interface Preview {
  readonly period: Period | null
  readonly totals: Totals
  readonly earnings: bigint
  readonly topTask: TopTask | null
  /** How many popugs are below zero now. */
  readonly inTheRed: number
  /** The period that waits to be closed by hand. */
  readonly awaiting: Period | null
  /** Every stream that billing follows: how far behind, and why stopped. */
  readonly streams: ReadonlyArray<Status>
  /** Whether nothing stands in the way of a close. */
  readonly clear: boolean
}

/** The sums of the accounts: `total` is zero in books that balance. */
export interface TrialBalance extends AccountSums {
  readonly total: bigint
}

/** A closed period as the books show it. */
export const closedPeriod = (closed: ClosedPeriod): ClosedPeriodView => ({
  ...closed,
  earnings: earnings(closed.totals)
})
