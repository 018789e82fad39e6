/**
 * What billing keeps beside journal, accounts and prices: users, closed periods, and what shuffles cost.
 */
import type * as DateTime from "effect/DateTime"
import type { UserStatus } from "../company/Actor.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { UserId } from "../values/Ids.ts"
import type { TopTask, Totals } from "./events.ts"

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
