/**
 * What a batch of billing's commands works on: loaded for it, changed by it, thrown away after it.
 */
import type { Cursor } from "../stream/Cursor.ts"
import type { EventSkipped } from "../stream/Resume.ts"
import type { Period } from "../values/BusinessDay.ts"
import * as Ledger from "./books/Ledger.ts"

/** What a command comes to. */
export type BillingFact =
  | { readonly _tag: "Corrected"; readonly posting: Ledger.Posting; readonly period: Period }
  | { readonly _tag: "Approved"; readonly period: Period }
  | {
      readonly _tag: "Resumed"
      /** Who let it go on, as `Actor.key` writes it. */
      readonly by: string
      readonly consumer: "tasks" | "users"
      readonly cursor: Cursor
      readonly skipped: EventSkipped | null
    }

/** What a batch of commands works on. */
export interface Desk {
  readonly ledger: Ledger.Ledger
  readonly awaiting: Period | null
  approved: Period | null
  passed: number
  readonly cursors: { tasks: Cursor; users: Cursor }
}

/** Takes a fact into the desk. */
export const evolve = (desk: Desk, fact: BillingFact): void => {
  if (fact._tag === "Corrected") Ledger.post(desk.ledger, fact.period, fact.posting)
  else if (fact._tag === "Approved") desk.approved = fact.period
  else {
    desk.cursors[fact.consumer] = fact.cursor
    if (fact.skipped?.source === "tasks") desk.passed = passedBy(fact.skipped, desk.passed)
  }
}

/** How far events were passed over, after a skip that may have accepted a digest only. */
export const passedBy = ({ first, last }: EventSkipped, before: number): number =>
  last < first ? before : Math.max(before, last)
