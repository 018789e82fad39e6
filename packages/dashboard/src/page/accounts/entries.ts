/**
 * Entries of an account as people read them: what they are for, what they move, and what they correct. Pure functions
 * of what the server sends.
 */
import type { Promises } from "@popug/http/promises"
import type { Amount } from "../i18n/format.ts"

export type AuditEntry = Awaited<ReturnType<Promises["billing"]["auditLog"]>>["data"][number]
export type Transfer = Awaited<ReturnType<Promises["billing"]["transfers"]>>["data"][number]
export type Kind = AuditEntry["kind"]

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
  /** Whether it undoes a correction, which is final. */
  readonly undoes: boolean
  readonly reason: string | null
}

/** Which way an entry of a kind moves its owner's account, unless it corrects one. */
const directions: Readonly<Record<Kind, 1 | -1>> = { fee: -1, award: 1, payout: -1 }

export const ofAuditLog = (entry: AuditEntry): Entry => {
  const { amount, corrects, kind, name, owner, period, reason, recordedAt, task, transfer } = entry
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
    undoes: corrects !== null && usual,
    reason
  }
}

/** Whose account it is: null for the company's own. */
export const ownerOf = (account: string): string | null =>
  account.startsWith("popug:") ? account.slice("popug:".length) : null

/** A transfer as the owner of an account sees it. */
export const ofTransfer = (transfer: Transfer, account: string, name: string | null): Entry => {
  const { amount, cause, credit, kind, number, period, recordedAt } = transfer
  const corrected = cause._tag === "Corrected" ? cause : null
  const title = cause._tag === "Closed" ? null : cause.title
  const task = cause._tag === "Closed" ? null : cause.task
  return {
    number,
    kind,
    period,
    at: recordedAt,
    owner: ownerOf(account),
    name,
    task: task === null || title === null ? null : { id: task, title },
    amount: credit === account ? amount : reversed(amount),
    corrects: corrected?.corrects ?? null,
    undoes: corrected?.undoes ?? false,
    reason: corrected?.reason ?? null
  }
}

/** An entry with what the account held after it. */
export interface Booked extends Entry {
  readonly balance: Amount
}

/** Entries of one account in order, with the balance after each: exact, from where the server says that it began. */
export const booked = (opening: Amount, entries: ReadonlyArray<Entry>): ReadonlyArray<Booked> => {
  let held = opening.amount
  return entries.map((entry) => {
    held += entry.amount.amount
    return { ...entry, balance: { amount: held, currency: opening.currency } }
  })
}

export interface KindSum {
  readonly kind: Kind
  /** How many there are that correct nothing. */
  readonly count: number
  readonly corrections: number
  readonly amount: Amount
}

/** What the entries of each kind come to, corrections with them; kinds that there are none of are left out. */
export const sumsOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<KindSum> =>
  (["fee", "award", "payout"] as const).flatMap((kind) => {
    const those = entries.filter((entry) => entry.kind === kind)
    const [first] = those
    if (first === undefined) return []
    const corrections = those.filter(({ corrects }) => corrects !== null).length
    const sum = those.reduce((held, { amount }) => held + amount.amount, 0n)
    const { currency } = first.amount
    return [{ kind, count: those.length - corrections, corrections, amount: { amount: sum, currency } }]
  })

/** What an entry is called: texts that say whether it corrects something. */
export const nameOf = ({ corrects, kind, undoes }: Pick<Entry, "corrects" | "kind" | "undoes">) =>
  corrects === null
    ? (`entry.${kind}` as const)
    : undoes
      ? (`entry.undo.${kind}` as const)
      : (`entry.correction.${kind}` as const)

/** What its correction books: the same amount the other way. */
export const reversed = ({ amount, currency }: Amount): Amount => ({ amount: -amount, currency })

/** Whether an accountant can correct it: an undo is final, and what is corrected already is told by the server. */
export const canBeCorrected = ({ undoes }: Pick<Entry, "undoes">): boolean => !undoes

/** What it changes management's earnings by: a fee is earned, an award spent, a payout neither. */
export const earningsOf = ({ amount, kind }: Pick<Entry, "amount" | "kind">): Amount =>
  kind === "payout" ? { ...amount, amount: 0n } : reversed(amount)
