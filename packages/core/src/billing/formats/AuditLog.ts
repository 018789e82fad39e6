/**
 * The audit log: every transfer as people read it, with its task under the title it had then, and as a table for
 * spreadsheets. How a table is written (CSV, as a rule) is the adapter's matter.
 */
import * as DateTime from "effect/DateTime"
import type { Period } from "../../values/BusinessDay.ts"
import type { TaskId, UserId } from "../../values/Ids.ts"
import * as Money from "../../values/Money.ts"
import * as Text from "../../values/Text.ts"
import { signed, taskOf, type TransferKind } from "../books/Transfer.ts"
import type { Corrected, TransferView } from "../View.ts"

/** A line of the audit log: what was booked, for which task under which title. */
export interface Entry {
  readonly transfer: number
  readonly period: Period
  readonly kind: TransferKind
  readonly owner: UserId | null
  /** The owner's name; null until billing has heard of them. */
  readonly name: string | null
  readonly task: { readonly id: TaskId; readonly title: string } | null
  /** Credits above zero, debits below, as the owner sees it. */
  readonly amount: bigint
  readonly corrects: number | null
  readonly reason: string | null
  readonly recordedAt: DateTime.Utc
}

/** The same with what it corrects; null for what is no correction. */
export interface FullEntry extends Entry {
  readonly corrected: Corrected | null
}

/** A transfer as the audit log shows it. */
export const entry = (view: TransferView): Entry => {
  const { cause, kind, name, number, owner, period, recordedAt } = view
  return {
    transfer: number,
    period,
    kind,
    owner,
    name,
    task: taskOf(cause),
    amount: signed(view),
    corrects: cause._tag === "Corrected" ? cause.corrects : null,
    reason: cause._tag === "Corrected" ? cause.reason : null,
    recordedAt
  }
}

/** The columns of the table. */
export const columns = [
  "transfer",
  "period",
  "kind",
  "owner",
  "name",
  "task",
  "title",
  "amount",
  "currency",
  "corrects",
  "reason",
  "recordedAt"
] as const
/** A line of the table, by column. */
export type Line = Readonly<Record<(typeof columns)[number], string>>

/** An entry as a line of the table: amounts as plain decimals, text that no spreadsheet takes for a formula. */
export const line = (entry: Entry, currency: Money.Currency): Line => ({
  transfer: String(entry.transfer),
  period: entry.period,
  kind: entry.kind,
  owner: Text.inCell(entry.owner ?? ""),
  name: Text.inCell(entry.name ?? ""),
  task: Text.inCell(entry.task?.id ?? ""),
  title: Text.inCell(entry.task?.title ?? ""),
  amount: Money.toDecimal(Money.make(entry.amount, currency)),
  currency,
  corrects: entry.corrects === null ? "" : String(entry.corrects),
  reason: Text.inCell(entry.reason ?? ""),
  recordedAt: DateTime.formatIso(entry.recordedAt)
})
