/**
 * Entries of an account as people read them: what they are for, what they move, and what they correct. Pure functions
 * of what the server sends.
 */
import type { Promises } from "@popug/http/promises"
import type { Amount } from "../i18n/format.ts"

export type AuditEntry = Awaited<ReturnType<Promises["billing"]["auditLog"]>>["data"][number]
/** What each kind came to, as the server counts it: what was charged, awarded and paid. */
export type Totals = Readonly<Record<"fees" | "awards" | "payouts", Amount>>
type StatementRow = Awaited<ReturnType<Promises["billing"]["statement"]>>["data"][number]
export type Transfer = Awaited<ReturnType<Promises["billing"]["transfers"]>>["data"][number]
type Kind = AuditEntry["kind"]

/** What is looked for: entries of a kind with what corrects them, or all corrections. */
export type Sought = Kind | "correction"
export const sought: ReadonlyArray<Sought> = ["fee", "award", "payout", "correction"]

/** What an address asks for. */
export const soughtIn = (query: URLSearchParams): Sought | "" => sought.find((one) => one === query.get("kind")) ?? ""

export interface Entry {
  readonly number: number
  readonly kind: Kind
  readonly period: string
  readonly at: Date
  readonly owner: string | null
  readonly name: string | null
  readonly task: { readonly id: string; readonly title: string } | null
  /** As the owner sees it: above zero what they get. */
  readonly amount: Amount
  readonly corrects: number | null
  /** The entry that it corrects, as far as it is known. */
  readonly corrected: { readonly transfer: number; readonly period: string; readonly amount: Amount } | null
  /** Whether it undoes a correction, which is final. */
  readonly undoes: boolean
  readonly reason: string | null
}

/** An entry with what the account held after it. */
export interface Booked extends Entry {
  readonly balance: Amount
}

/** Which way an entry of a kind moves its owner's account, unless it corrects one. */
const directions: Readonly<Record<Kind, 1 | -1>> = { fee: -1, award: 1, payout: -1 }

export const ofAuditLog = (entry: AuditEntry): Entry => {
  const { amount, corrected, corrects, kind, name, owner, period, reason, recordedAt, task, transfer } = entry
  const usual = amount.amount < 0n === directions[kind] < 0
  return {
    number: transfer,
    kind,
    period,
    at: recordedAt,
    owner,
    name,
    task,
    amount,
    corrects,
    corrected,
    undoes: corrects !== null && usual,
    reason
  }
}

/** Whose account it is: null for the company's own. */
export const ownerOf = (account: string): string | null =>
  account.startsWith("popug:") ? account.slice("popug:".length) : null

/** A row of an account's statement, whose owner is named above it. */
export const ofStatement = (row: StatementRow, account: string): Booked => {
  const { amount, balance, cause, corrected, credit, kind, number, period, recordedAt, task } = row
  const correction = cause._tag === "Corrected" ? cause : null
  return {
    number,
    kind,
    period,
    at: recordedAt,
    owner: ownerOf(account),
    name: null,
    task,
    amount: credit === account ? amount : reversed(amount),
    balance,
    corrects: correction?.corrects ?? null,
    corrected,
    undoes: correction?.undoes ?? false,
    reason: correction?.reason ?? null
  }
}

/** Whether an entry is of those that are looked for; of all, where nothing is. */
export const isSought = ({ corrects, kind }: Pick<Entry, "corrects" | "kind">, asked: Sought | ""): boolean =>
  asked === "" || (asked === "correction" ? corrects !== null : kind === asked)

export interface KindSum {
  readonly kind: Kind
  /** As the owner sees it, corrections with it. */
  readonly amount: Amount
}

/** What each kind came to, from the opening to the closing balance; kinds that came to nothing are left out. */
export const sumsOf = ({ awards, fees, payouts }: Totals): ReadonlyArray<KindSum> =>
  [
    { kind: "fee", amount: reversed(fees) } as const,
    { kind: "award", amount: awards } as const,
    { kind: "payout", amount: reversed(payouts) } as const
  ].filter(({ amount }) => amount.amount !== 0n)

/** What an entry is called: texts that say whether it corrects something. */
export const nameOf = ({ corrects, kind, undoes }: Pick<Entry, "corrects" | "kind" | "undoes">) =>
  corrects === null
    ? (`entry.${kind}` as const)
    : undoes
      ? (`entry.undo.${kind}` as const)
      : (`entry.correction.${kind}` as const)

/** What an entry is, for its looks. */
export const markOf = ({ corrects, kind }: Pick<Entry, "corrects" | "kind">): string =>
  corrects === null ? kind : "correction"

/** What its correction books: the same amount the other way. */
export const reversed = ({ amount, currency }: Amount): Amount => ({ amount: -amount, currency })

/** The correction of an entry that stands, among all that was booked for its task: one that is not undone itself. */
export const standing = <E extends Pick<Entry, "number" | "corrects">>(
  number: number,
  entries: ReadonlyArray<E>
): E | undefined =>
  entries.find(
    (correction) => correction.corrects === number && !entries.some((other) => other.corrects === correction.number)
  )

/** What it changes management's earnings by: a fee is earned, an award spent, a payout neither. */
export const earningsOf = ({ amount, kind }: Pick<Entry, "amount" | "kind">): Amount =>
  kind === "payout" ? { ...amount, amount: 0n } : reversed(amount)
