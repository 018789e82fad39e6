/**
 * What is asked of billing by people: corrections, closes by hand, and going on after a stop.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import { Period } from "../values/BusinessDay.ts"
import { type Decision, decision } from "../stream/fold.ts"
import type { Cursor } from "../stream/Cursor.ts"
import {
  type EventSkipped,
  type NotSkippable,
  type PreparedSkip,
  resume,
  type StreamNotStopped
} from "../stream/Resume.ts"
import * as Text from "../values/Text.ts"
import * as Ledger from "./books/Ledger.ts"
import * as Transfer from "./books/Transfer.ts"

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
    return `the sums of ${this.account} would pass ${Ledger.largestTurnover}`
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

/** What a command changes. */
export type Change =
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

type Decided<Tag extends BillingCommand["_tag"]> = Result.Result<
  Decision<Change, BillingOutcomes[Tag]["answer"]>,
  BillingOutcomes[Tag]["error"]
>

export const decide = (
  desk: Desk,
  command: BillingCommand,
  actor: Actor.ActiveActor
): Decided<BillingCommand["_tag"]> => {
  const refusal = withhold(command, actor)
  if (refusal !== undefined) return Result.fail(refusal)
  switch (command._tag) {
    case "Correct":
      return correct(desk, command, actor)
    case "Close":
      return approve(desk, command.period)
    case "Resume":
      return Result.map(resume(desk.cursors[command.consumer], command.skip), (resumed) =>
        decision(null, [{ _tag: "Resumed", by: actor.key, consumer: command.consumer, ...resumed }])
      )
  }
}

const actions = {
  Correct: "correct a transfer",
  Close: "close a period",
  Resume: "operate the streams"
} as const satisfies Record<BillingCommand["_tag"], Access.Action>

/** Whether a command, or its recorded answer, is for the actor. */
export const withhold = ({ _tag }: BillingCommand, actor: Actor.ActiveActor): Access.NotAllowed | undefined =>
  Access.refusal(actor, actions[_tag])

/** Takes a change into the desk. */
export const evolve = (desk: Desk, change: Change): void => {
  if (change._tag === "Corrected") Ledger.post(desk.ledger, change.period, change.posting)
  else if (change._tag === "Approved") desk.approved = change.period
  else {
    desk.cursors[change.consumer] = change.cursor
    if (change.skipped?.source === "tasks") desk.passed = passedBy(change.skipped, desk.passed)
  }
}

/** How far events were passed over, after a skip that may have accepted a digest only. */
export const passedBy = ({ first, last }: EventSkipped, before: number): number =>
  last < first ? before : Math.max(before, last)

/** A transfer of the open period that reverses the one named, or undoes a correction. */
const correct = (
  { ledger }: Desk,
  { reason, transfer: number }: Correction,
  actor: Actor.ActiveActor
): Decided<"Correct"> => {
  const corrected = ledger.named.get(number)
  if (corrected === undefined || ledger.period === null) return Result.fail(new TransferNotFound({ number }))
  const undoes = corrected.cause._tag === "Corrected"
  if (corrected.cause._tag === "Corrected" && corrected.cause.undoes) return Result.fail(new UndoIsFinal({ number }))
  const before = ledger.corrections.get(number) ?? []
  const standing = before.find((correction) => !isUndone(ledger, correction))
  if (standing !== undefined) return Result.fail(new AlreadyCorrected({ number, correction: standing.number }))
  const task = Transfer.taskOf(corrected.cause)
  const posting: Ledger.Posting = {
    kind: corrected.kind,
    debit: corrected.credit,
    credit: corrected.debit,
    amount: corrected.amount,
    cause: {
      _tag: "Corrected",
      corrects: number,
      round: before.length + 1,
      undoes,
      reason,
      actor: actor.key,
      task: task?.id ?? null,
      title: task?.title ?? null
    },
    occurredAt: ledger.now
  }
  const full = Ledger.overflows(ledger, posting)
  if (full !== null) return Result.fail(new SumTooLarge({ account: full }))
  return Result.succeed(
    decision({ transfer: ledger.journal + 1 }, [{ _tag: "Corrected", posting, period: ledger.period }])
  )
}

const isUndone = (ledger: Ledger.Ledger, correction: Transfer.Transfer): boolean =>
  (ledger.corrections.get(correction.number) ?? []).length > 0

const approve = ({ awaiting, ledger }: Desk, period: Period): Decided<"Close"> => {
  if (ledger.period !== null && period < ledger.period) return Result.fail(new PeriodAlreadyClosed({ period }))
  if (awaiting !== period) {
    return Result.fail(new PeriodNotComplete({ period, message: `billing does not have all of period ${period} yet` }))
  }
  return Result.succeed(decision({ period }, [{ _tag: "Approved", period }]))
}
