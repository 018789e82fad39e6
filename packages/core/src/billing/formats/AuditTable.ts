/**
 * The audit log as a table for spreadsheets: its columns, and an entry as a line of it. How a table is written (CSV, as
 * a rule) is the adapter's matter.
 */
import * as DateTime from "effect/DateTime"
import * as Money from "../../values/Money.ts"
import * as Text from "../../values/Text.ts"
import type { AuditEntry } from "../Views.ts"

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
export type Line = Readonly<Record<(typeof columns)[number], string>>

/** An entry: amounts as plain decimals, text that no spreadsheet takes for a formula. */
export const line = (entry: AuditEntry, currency: Money.Currency): Line => ({
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
