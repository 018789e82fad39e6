/**
 * The decisions of billing: pure functions from a desk and a command to facts or a refusal.
 */
import * as Result from "effect/Result"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import { type Decision, decision } from "../stream/fold.ts"
import { resume } from "../stream/Resume.ts"
import type { Period } from "../values/BusinessDay.ts"
import { reversalOf } from "./books/correcting.ts"
import * as Ledger from "./books/Ledger.ts"
import {
  AlreadyCorrected,
  type BillingCommand,
  type BillingOutcomes,
  type Correction,
  PeriodAlreadyClosed,
  PeriodNotComplete,
  SumTooLarge,
  TransferNotFound,
  UndoIsFinal
} from "./commands.ts"
import type { BillingFact, Desk } from "./state.ts"

type Decided<Tag extends BillingCommand["_tag"]> = Result.Result<
  Decision<BillingFact, BillingOutcomes[Tag]["answer"]>,
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

/** A transfer of the open period that reverses the one named, or undoes a correction. */
const correct = (
  { ledger }: Desk,
  { reason, transfer: number }: Correction,
  actor: Actor.ActiveActor
): Decided<"Correct"> => {
  const corrected = ledger.named.get(number)
  if (corrected === undefined || ledger.period === null) return Result.fail(new TransferNotFound({ number }))
  const reversal = reversalOf(ledger.corrections, corrected)
  if (reversal === "final") return Result.fail(new UndoIsFinal({ number }))
  if ("standing" in reversal) return Result.fail(new AlreadyCorrected({ number, correction: reversal.standing }))
  const cause = { ...reversal.cause, reason, actor: actor.key }
  const posting: Ledger.Posting = { ...reversal, cause, occurredAt: ledger.now }
  const full = Ledger.overflows(ledger, posting)
  if (full !== null) return Result.fail(new SumTooLarge({ account: full }))
  return Result.succeed(
    decision({ transfer: ledger.journal + 1 }, [{ _tag: "Corrected", posting, period: ledger.period }])
  )
}

const approve = ({ awaiting, ledger }: Desk, period: Period): Decided<"Close"> => {
  if (ledger.period !== null && period < ledger.period) return Result.fail(new PeriodAlreadyClosed({ period }))
  if (awaiting !== period) {
    return Result.fail(new PeriodNotComplete({ period, message: `billing does not have all of period ${period} yet` }))
  }
  return Result.succeed(decision({ period }, [{ _tag: "Approved", period }]))
}
