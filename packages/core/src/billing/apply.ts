/**
 * How billing reacts to the tasks context: `task.updated -> [billing.task.assign, billing.task.done]`, and the marker
 * that lets it close.
 *
 * Each new assignment costs its fee, a done task earns its award, each once, at the price that was recorded first.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Period } from "../values/BusinessDay.ts"
import * as Digest from "../values/Digest.ts"
import type { TaskEvent, TaskUpdated } from "../tasks/events.ts"
import { type Currency, largestAmount } from "../values/Money.ts"
import * as Text from "../values/Text.ts"
import * as Account from "./books/Account.ts"
import { higher } from "./books/Closing.ts"
import * as Ledger from "./books/Ledger.ts"
import * as Pricing from "./books/Pricing.ts"
import * as Shuffles from "./books/shuffles.ts"
import * as Transfer from "./books/Transfer.ts"

/** How tasks are priced: the host's policy, and what keys its draws. */
export interface PriceList {
  readonly sha256: Digest.Sha256
  /** What keys the draws (`Digest.drawKey`). */
  readonly drawKey: string
  readonly currency: Currency
  readonly price: (request: Pricing.PriceRequest) => { readonly fee: bigint; readonly award: bigint }
}

/** An event contradicts what billing holds: it is not applied, and the stream stops. */
export class EventRefused extends Schema.TaggedError<EventRefused>()("EventRefused", { message: Schema.String }) {}

/** The same cause was booked before with other content. */
export class CauseConflict extends Schema.TaggedError<CauseConflict>()("CauseConflict", {
  cause: Schema.String,
  transfer: Schema.Int
}) {
  override get message(): string {
    return `${this.cause} was booked before with other content, as transfer ${this.transfer}`
  }
}

/** Applies one `task.updated` to the ledger, or refuses it and leaves the ledger as it was. */
export const applyTask = (
  ledger: Ledger.Ledger,
  prices: PriceList,
  { data, envelope }: TaskEvent<"task.updated">
): Result.Result<void, EventRefused | CauseConflict> => {
  const period = ledger.period ?? data.period
  if (data.period !== period) {
    return refuse(`event ${envelope.number} is of period ${data.period}, while ${period} is open`)
  }
  if ((data.change === "assigned" || data.change === "done") && data.assign === null) {
    return refuse(`event ${envelope.number} says ${data.change}, but nobody holds the task`)
  }
  const price = priceOf(ledger, prices, data, envelope.number)
  if (Result.isFailure(price)) return Result.fail(price.failure)
  const booked = book(ledger, period, price.success, data, envelope)
  if (Result.isFailure(booked)) return booked
  record(ledger, price.success)
  ledger.period = period
  if (data.change === "created") ledger.totals.tasksCreated += 1
  return Result.void
}

/** Applies one `task.shuffled`: the fees of the events right after it are what it cost. */
export const applyShuffle = (
  ledger: Ledger.Ledger,
  event: TaskEvent<"task.shuffled">
): Result.Result<void, EventRefused> => {
  const { data, envelope } = event
  const period = ledger.period ?? data.period
  if (data.period !== period) {
    return refuse(`event ${envelope.number} is of period ${data.period}, while ${period} is open`)
  }
  ledger.period = period
  Shuffles.begin(ledger, event)
  return Result.void
}

/** What an event is charged or credited: nothing for most. */
const book = (
  ledger: Ledger.Ledger,
  period: Period,
  price: Pricing.Price,
  data: TaskUpdated,
  envelope: Envelope
): Result.Result<void, EventRefused | CauseConflict> => {
  if (data.change === "assigned") return taskAssign(ledger, period, price, data, envelope)
  if (data.change === "done") return taskDone(ledger, period, price, data, envelope)
  return Result.void
}

const refuse = (message: string) => Result.fail(new EventRefused({ message }))

type Envelope = TaskEvent<"task.updated">["envelope"]

/** The seed's `billing.task.assign`: charges the fee of one assignment to the assignee. */
const taskAssign = (
  ledger: Ledger.Ledger,
  period: Period,
  price: Pricing.Price,
  data: TaskUpdated,
  { number, time }: Envelope
): Result.Result<void, EventRefused | CauseConflict> => {
  const posting: Ledger.Posting = {
    kind: "fee",
    debit: Account.popug(data.assign!),
    credit: Account.fees,
    amount: price.fee,
    cause: { _tag: "Assigned", event: number, task: data.id, title: data.title, assignment: data.assignment },
    occurredAt: time
  }
  return Result.map(once(ledger, period, posting), (isNew) => {
    ledger.charged.set(Transfer.feeKey(data.id, data.assignment), posting.debit)
    if (isNew) ledger.totals.assigned += 1
    Shuffles.charge(ledger, number, price.fee)
  })
}

/** The seed's `billing.task.done`: credits the award to the one who finished the task. */
const taskDone = (
  ledger: Ledger.Ledger,
  period: Period,
  price: Pricing.Price,
  data: TaskUpdated,
  { number, time }: Envelope
): Result.Result<void, EventRefused | CauseConflict> => {
  const posting: Ledger.Posting = {
    kind: "award",
    debit: Account.awards,
    credit: Account.popug(data.assign!),
    amount: price.award,
    cause: { _tag: "Done", event: number, task: data.id, title: data.title },
    occurredAt: time
  }
  const unearned = ledger.booked.has(Transfer.awardKey(data.id)) ? undefined : unearnedBy(ledger, price, data)
  if (unearned !== undefined)
    return refuse(`event ${number} says that ${data.assign} has done task ${data.id}, ${unearned}`)
  return Result.map(once(ledger, period, posting), (isNew) => {
    if (!isNew) return
    ledger.totals.done += 1
    ledger.topTask = higher(ledger.topTask, { id: data.id, title: data.title, total: price.award })
  })
}

/**
 * Why an award is not the assignee's: they were never charged for the assignment that the task is done under, or it has
 * moved on since. The rows of tasks are not billing's, and whoever edits one must not be paid for it. Of a task that
 * was there when an operator passed events over, the fee may be among what was passed over.
 */
const unearnedBy = (
  ledger: Ledger.Ledger,
  price: Pricing.Price,
  { assign, assignment, id }: TaskUpdated
): string | undefined => {
  const charged = ledger.charged.get(Transfer.feeKey(id, assignment))
  const mayBeMissing = charged === undefined && price.event <= ledger.passed
  if (charged !== Account.popug(assign!) && !mayBeMissing) {
    return `who was not charged for its assignment ${assignment}`
  }
  return ledger.charged.has(Transfer.feeKey(id, assignment + 1))
    ? `which has moved on: its assignment ${assignment + 1} was charged`
    : undefined
}

/**
 * Posts a transfer unless its cause is booked already, and tells whether it did: with the same content that is done,
 * with other a conflict.
 */
const once = (
  ledger: Ledger.Ledger,
  period: Period,
  posting: Ledger.Posting
): Result.Result<boolean, EventRefused | CauseConflict> => {
  const key = Transfer.causeKey({ ...posting, period })
  const booked = ledger.booked.get(key)
  if (booked === undefined) {
    const full = Ledger.overflows(ledger, posting)
    if (full !== null) return refuse(`${key}: the sums of ${full} would pass ${Ledger.largestTurnover}`)
    ledger.booked.set(key, Ledger.post(ledger, period, posting))
    return Result.succeed(true)
  }
  const same =
    booked.debit === posting.debit &&
    booked.credit === posting.credit &&
    booked.amount === posting.amount &&
    booked.cause._tag !== "Corrected" &&
    posting.cause._tag !== "Corrected" &&
    booked.cause.event === posting.cause.event
  return same ? Result.succeed(false) : Result.fail(new CauseConflict({ cause: key, transfer: booked.number }))
}

/** The recorded price, or one that is made now; a recorded one only as it was recorded. */
const priceOf = (
  ledger: Ledger.Ledger,
  prices: PriceList,
  { change, id, title }: TaskUpdated,
  event: number
): Result.Result<Pricing.Price, EventRefused> => {
  const known = ledger.prices.get(id)
  if (known !== undefined) {
    // What is priced before it is there was priced by nobody here.
    if (change === "created" && !ledger.genuine.has(known)) {
      return refuse(`event ${event} creates task ${id}, which has a price already, of event ${known.event}`)
    }
    return ledger.genuine.has(known) || Pricing.digest(prices.sha256, known) === known.digest
      ? Result.succeed(known)
      : refuse(`the price of task ${id} is not the one that was recorded`)
  }
  const request: Pricing.PriceRequest = {
    task: { id, title },
    currency: prices.currency,
    draw: (purpose) => Digest.draw(prices.sha256, prices.drawKey, "price", [id, purpose])
  }
  let made: { readonly fee: unknown; readonly award: unknown }
  try {
    const { award, fee } = prices.price(request)
    made = { award, fee }
  } catch (defect) {
    return refuse(`the pricing policy failed on task ${id}: ${Text.ofDefect(defect)}`)
  }
  const { award, fee } = made
  if (!isAmount(fee) || !isAmount(award)) {
    return refuse(
      `the pricing policy gives task ${id} a fee of ${Text.ofDefect(fee)} and an award of ${Text.ofDefect(award)}: ` +
        `each must be a bigint from 1 to ${largestAmount}`
    )
  }
  const price = { task: id, fee, award, event, journal: ledger.journal }
  return Result.succeed({ ...price, digest: Pricing.digest(prices.sha256, price) })
}

/** Whether a policy's amount is one: policies are the host's, and may come from untyped code. */
const isAmount = (amount: unknown): amount is bigint =>
  typeof amount === "bigint" && amount > 0n && amount <= largestAmount

/** Records a price unless it is. */
const record = (ledger: Ledger.Ledger, price: Pricing.Price): void => {
  ledger.genuine.add(price)
  if (ledger.prices.has(price.task)) return
  ledger.prices.set(price.task, price)
  ledger.newPrices.push(price)
}
