/**
 * What is asked of billing by people: corrections, closes by hand, and going on after a stop.
 */
import * as Schema from "effect/Schema"
import type * as Access from "../company/Access.ts"
import type { NotSkippable, PreparedSkip, StreamNotStopped } from "../stream/Resume.ts"
import { Period } from "../values/BusinessDay.ts"
import * as Text from "../values/Text.ts"
import { largestTurnover } from "./books/Ledger.ts"

/** No transfer has this journal number. */
export class TransferNotFound extends Schema.TaggedError<TransferNotFound>()("TransferNotFound", {
  number: Schema.Int
}) {
  override get message(): string {
    return `no transfer has the number ${this.number}`
  }
}

/** The transfer is corrected already; undo that correction to correct it in another way. */
export class AlreadyCorrected extends Schema.TaggedError<AlreadyCorrected>()("AlreadyCorrected", {
  number: Schema.Int,
  correction: Schema.Int
}) {
  override get message(): string {
    return `transfer ${this.number} is corrected already, by transfer ${this.correction}`
  }
}

/** What undoes a correction is final. */
export class UndoIsFinal extends Schema.TaggedError<UndoIsFinal>()("UndoIsFinal", { number: Schema.Int }) {
  override get message(): string {
    return `transfer ${this.number} undoes a correction, which is final: correct the first transfer again`
  }
}

/** The sums of an account would pass what books can hold. */
export class SumTooLarge extends Schema.TaggedError<SumTooLarge>()("SumTooLarge", { account: Schema.String }) {
  override get message(): string {
    return `the sums of ${this.account} would pass ${largestTurnover}`
  }
}

/** The period is closed, and a closed period is never rewritten. */
export class PeriodAlreadyClosed extends Schema.TaggedError<PeriodAlreadyClosed>()("PeriodAlreadyClosed", {
  period: Period
}) {
  override get message(): string {
    return `period ${this.period} is closed`
  }
}

/** The period can't be closed: its registration has not ended, or billing has not applied all of its events. */
export class PeriodNotComplete extends Schema.TaggedError<PeriodNotComplete>()("PeriodNotComplete", {
  period: Period,
  message: Schema.String
}) {}

/** What `Billing.correct` takes. */
export const Correction = Schema.Struct({
  /** The journal number of the transfer to reverse, or of a correction to undo. */
  transfer: Schema.Int.check(Schema.isGreaterThan(0)),
  reason: Text.Reason
})
export type Correction = typeof Correction.Type

export type BillingCommand =
  | ({ readonly _tag: "Correct" } & Correction)
  | { readonly _tag: "Close"; readonly period: Period }
  | { readonly _tag: "Resume"; readonly consumer: "tasks" | "users"; readonly skip: PreparedSkip | null }

/** What each command is recorded as, in the words of the event storming. */
export const names = {
  Correct: "billing.correct",
  Close: "billing.close",
  Resume: "billing.resume"
} as const satisfies Record<BillingCommand["_tag"], string>

/** What each command answers and can fail with. */
export interface BillingOutcomes {
  readonly Correct: {
    readonly answer: { readonly transfer: number }
    readonly error: TransferNotFound | AlreadyCorrected | UndoIsFinal | SumTooLarge | Access.NotAllowed
  }
  readonly Close: {
    readonly answer: { readonly period: Period }
    readonly error: PeriodAlreadyClosed | PeriodNotComplete | Access.NotAllowed
  }
  readonly Resume: { readonly answer: null; readonly error: StreamNotStopped | NotSkippable | Access.NotAllowed }
}
