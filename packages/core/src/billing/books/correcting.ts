/**
 * What may be corrected, and how: a transfer once, unless that correction is undone; an undo is final.
 */
import type { Ledger, Posting } from "./Ledger.ts"
import * as Transfer from "./Transfer.ts"

/** Why a transfer can't be corrected now: by what it stands corrected, or because it is an undo. */
export type Uncorrectable = { readonly standing: number } | "final"

/** All of a correction that does not come from whoever asks for it. */
export type Reversal = Pick<Posting, "kind" | "debit" | "credit" | "amount"> & {
  readonly cause: Omit<Extract<Transfer.Cause, { readonly _tag: "Corrected" }>, "reason" | "actor">
}

/** The correction of a transfer, from the corrections that there are. */
export const reversalOf = (
  corrections: Ledger["corrections"],
  { amount, cause, credit, debit, kind, number }: Transfer.Transfer
): Reversal | Uncorrectable => {
  const undoes = cause._tag === "Corrected"
  if (undoes && cause.undoes) return "final"
  const before = corrections.get(number) ?? []
  const standing = before.find((correction) => (corrections.get(correction.number) ?? []).length === 0)
  if (standing !== undefined) return { standing: standing.number }
  const task = Transfer.taskOf(cause)
  return {
    kind,
    debit: credit,
    credit: debit,
    amount,
    cause: {
      _tag: "Corrected",
      corrects: number,
      round: before.length + 1,
      undoes,
      task: task?.id ?? null,
      title: task?.title ?? null
    }
  }
}
