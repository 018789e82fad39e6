/**
 * A transfer: a positive amount from one account to another, never updated or deleted. Its debit and its credit are two
 * entries of the same row, so the books balance by construction.
 */
import * as Schema from "effect/Schema"
import { Period } from "../../values/BusinessDay.ts"
import type { Sha256 } from "../../values/Digest.ts"
import { TaskId } from "../../values/Ids.ts"
import { Amount } from "../../values/Money.ts"
import { AccountId, ownerOf } from "./Account.ts"

export const TransferKind = Schema.Literals(["fee", "award", "payout"])
export type TransferKind = typeof TransferKind.Type

/** What is looked for: transfers of a kind with what corrects them, or all corrections. */
export const Sought = Schema.Literals(["fee", "award", "payout", "correction"])
export type Sought = typeof Sought.Type

const Positive = Schema.Int.check(Schema.isGreaterThan(0))

/** Why a transfer was made. */
export const Cause = Schema.Union([
  /** A task was assigned: the fee of one assignment. The title is the task's as it was. */
  Schema.TaggedStruct("Assigned", { event: Positive, task: TaskId, title: Schema.String, assignment: Positive }),
  /** A task was done: its award. */
  Schema.TaggedStruct("Done", { event: Positive, task: TaskId, title: Schema.String }),
  /** A period was closed: the payout of a positive balance. `event` is the marker that ended its registration. */
  Schema.TaggedStruct("Closed", { event: Positive }),
  /** An accountant corrected a transfer, or undid a correction. */
  Schema.TaggedStruct("Corrected", {
    /** The journal number of the transfer that this one reverses. */
    corrects: Positive,
    /** 1 for the first correction of it, 2 for the one after an undone one, ... */
    round: Positive,
    /** Whether what it reverses is a correction itself; an undo is final. */
    undoes: Schema.Boolean,
    reason: Schema.String,
    actor: Schema.String,
    /** The task that the corrected transfer was about, under the title it had then; null for a payout. */
    task: Schema.NullOr(TaskId),
    title: Schema.NullOr(Schema.String)
  })
])
export type Cause = typeof Cause.Type

export const Transfer = Schema.Struct({
  /** The journal number: 1, 2, 3, ... per company. */
  number: Positive,
  /** A correction is of the kind that it corrects, with debit and credit swapped. */
  kind: TransferKind,
  debit: AccountId,
  credit: AccountId,
  /** Minor units, above zero. */
  amount: Amount,
  /** The period it is booked in: the open one when it was recorded. */
  period: Period,
  cause: Cause,
  /** When the cause happened. */
  occurredAt: Schema.DateTimeUtc,
  /** When the transfer was recorded; never earlier than the one before. */
  recordedAt: Schema.DateTimeUtc
})
export type Transfer = typeof Transfer.Type

/** What makes a transfer the only one of its cause. */
export const causeKey = ({ cause, credit, debit, period }: Pick<Transfer, "cause" | "credit" | "debit" | "period">) => {
  switch (cause._tag) {
    case "Assigned":
      return feeKey(cause.task, cause.assignment)
    case "Done":
      return awardKey(cause.task)
    case "Closed":
      return `payout/${period}/${debit}/${credit}`
    case "Corrected":
      return `correction/${cause.corrects}/${cause.round}`
  }
}
export const feeKey = (task: TaskId, assignment: number): string => `fee/${task}/${assignment}`
export const awardKey = (task: TaskId): string => `award/${task}`

/** The task that a cause is about, under the title it had then; null for payouts. */
export const taskOf = (cause: Cause): { readonly id: TaskId; readonly title: string } | null => {
  if (cause._tag === "Closed") return null
  return cause.task === null || cause.title === null ? null : { id: cause.task, title: cause.title }
}

/** What a transfer comes to for the popug whose account it moves: above zero what it credits, below what it debits. */
export const signed = ({ amount, credit }: Pick<Transfer, "amount" | "credit">): bigint =>
  ownerOf(credit) === null ? -amount : amount

/** Whether a transfer is of those that are looked for. */
export const isSought = ({ cause, kind }: Pick<Transfer, "cause" | "kind">, sought: Sought): boolean =>
  sought === "correction" ? cause._tag === "Corrected" : kind === sought

/** Whether a transfer undoes what its kind does, so that it counts with reversed sign. */
export const isReversed = ({ cause }: Transfer): boolean => cause._tag === "Corrected" && !cause.undoes

/** The digest of the journal up to a transfer, over the one before it. */
export const chain = (sha256: Sha256, previous: string, transfer: Transfer): string => {
  const { amount, credit, debit, kind, number, occurredAt, period, recordedAt } = transfer
  // The JSON of an array, put together by hand, which is faster: other texts hold nothing that needs escaping.
  return sha256(
    `["${previous}",${number},"${kind}",${JSON.stringify(debit)},${JSON.stringify(credit)},"${amount}","${period}",` +
      `${causeContent(transfer.cause)},${occurredAt.epochMilliseconds},${recordedAt.epochMilliseconds}]`
  )
}

/** A cause as JSON. */
const causeContent = (cause: Cause): string => {
  switch (cause._tag) {
    case "Assigned":
      return `["Assigned",${cause.event},${JSON.stringify(cause.task)},${JSON.stringify(cause.title)},${cause.assignment}]`
    case "Done":
      return `["Done",${cause.event},${JSON.stringify(cause.task)},${JSON.stringify(cause.title)}]`
    case "Closed":
      return `["Closed",${cause.event}]`
    case "Corrected":
      return JSON.stringify([
        "Corrected",
        cause.corrects,
        cause.round,
        cause.undoes,
        cause.reason,
        cause.actor,
        cause.task,
        cause.title
      ])
  }
}
