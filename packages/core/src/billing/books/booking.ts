/**
 * How a cause is booked once, and who has earned an award.
 */
import * as Result from "effect/Result"
import type { TaskUpdated } from "../../tasks/events.ts"
import type { Period } from "../../values/BusinessDay.ts"
import * as Account from "./Account.ts"
import type { BookedTask } from "./BookedTask.ts"
import * as Ledger from "./Ledger.ts"
import type { Price } from "./Pricing.ts"
import { type Booked, CauseConflict, refuse } from "./refusals.ts"
import * as Transfer from "./Transfer.ts"

/**
 * Posts a transfer unless its cause is booked already, and tells whether it did: with the same content that is done,
 * with other a conflict. Where nobody has looked for the cause it is posted, and the store refuses it if it is booked.
 */
export const bookOnce = (ledger: Ledger.Ledger, period: Period, posting: Ledger.Posting): Booked<boolean> => {
  const { booked } = ledger
  if (booked === null) {
    const posted = bookNew(ledger, period, posting)
    return Result.isFailure(posted) ? Result.fail(posted.failure) : isNew
  }
  const key = Transfer.causeKey({ ...posting, period })
  const before = booked.get(key)
  if (before === undefined) {
    const posted = bookNew(ledger, period, posting)
    if (Result.isFailure(posted)) return Result.fail(posted.failure)
    booked.set(key, posted.success)
    return isNew
  }
  const same =
    before.debit === posting.debit &&
    before.credit === posting.credit &&
    before.amount === posting.amount &&
    before.cause._tag !== "Corrected" &&
    posting.cause._tag !== "Corrected" &&
    before.cause.event === posting.cause.event
  return same ? Result.succeed(false) : Result.fail(new CauseConflict({ cause: key, transfer: before.number }))
}

const isNew = Result.succeed(true)

const bookNew = (ledger: Ledger.Ledger, period: Period, posting: Ledger.Posting): Booked<Transfer.Transfer> => {
  const posted = Ledger.postIfFits(ledger, period, posting)
  if ("transfer" in posted) return Result.succeed(posted.transfer)
  const key = Transfer.causeKey({ ...posting, period })
  return refuse(`${key}: the sums of ${posted.full} would pass ${Ledger.largestTurnover}`)
}

/**
 * Why an award is not the assignee's: they were never charged for the assignment that the task is done under, or it has
 * moved on since. The rows of tasks are not billing's, and whoever edits one must not be paid for it. Of a task that
 * was there when an operator passed events over, the fee may be among what was passed over.
 */
export const unearnedBy = (
  ledger: Ledger.Ledger,
  { charged, chargedTo }: BookedTask,
  price: Price,
  { assign, assignment }: TaskUpdated
): string | undefined => {
  if (charged > assignment) return `which has moved on: its assignment ${charged} was charged`
  if (charged === assignment && chargedTo === Account.popug(assign!)) return undefined
  const mayBeMissing = charged !== assignment && price.event <= ledger.passed
  return mayBeMissing ? undefined : `who was not charged for its assignment ${assignment}`
}
