/**
 * How a verification replays the tasks' events: into transfers, balances and seals, with the same pure code that made
 * them, beside what is stored of them.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Followed } from "../../stream/Follow.ts"
import type { EventSkipped } from "../../stream/Resume.ts"
import type { TaskEvent } from "../../tasks/events.ts"
import type * as BusinessDay from "../../values/BusinessDay.ts"
import { between, Difference } from "../../values/Difference.ts"
import type { TaskId } from "../../values/Ids.ts"
import type { BillingHead } from "../BillingStore.ts"
import * as Account from "../books/Account.ts"
import { type BookedTask, charge, forgetCharge, unknown } from "../books/BookedTask.ts"
import * as Closing from "../books/Closing.ts"
import * as Ledger from "../books/Ledger.ts"
import type { Price } from "../books/Pricing.ts"
import type { Rulebook } from "../books/Rulebook.ts"
import * as Shuffles from "../books/Shuffles.ts"
import * as Transfer from "../books/Transfer.ts"
import { reactToShuffle, reactToTask } from "../react.ts"
import { passedBy } from "../state.ts"
import { checkPeriod, closeOf } from "./closedPeriods.ts"
import type { OwnStream } from "./ownStream.ts"
import { finish } from "./rows.ts"
import type { Counts } from "./standing.ts"
import * as StoredJournal from "./StoredJournal.ts"
import type { readShuffles } from "./storedShuffles.ts"

/** What was made so far, and what it is held beside. */
export interface Replay {
  readonly counts: Counts
  readonly journal: StoredJournal.StoredJournal
  readonly shuffles: Effect.Success<ReturnType<typeof readShuffles>>
  readonly own: OwnStream
  /** The tasks that were done, of those that are not known from their first event on. */
  readonly done: Set<TaskId>
  /** What operators had billing pass over of the tasks' stream. */
  readonly skips: ReadonlyArray<EventSkipped>
  /** The rules of the company; prices are those that are recorded. */
  readonly rules: Rulebook
  /** The head that the replay has to come to. */
  readonly head: BillingHead
  /** A seal that was kept elsewhere, and whether a period has it. */
  readonly kept: string | undefined
  isKept: boolean
  /** The period closed last, and its seal. */
  closed: BusinessDay.Period | null
  seal: string
}

/** Replays events in their order. All that happens for each of them without a need is plain code. */
export const replayPage = Effect.fnUntraced(function* (replay: Replay, events: ReadonlyArray<Followed<TaskEvent>>) {
  const { counts, journal, shuffles } = replay
  const { ledger } = journal
  yield* StoredJournal.preload(journal, events)
  for (const followed of events) {
    const { envelope, event } = followed
    const { number } = envelope
    counts.events += 1
    if (event !== null) {
      if (StoredJournal.mayCorrect(journal)) yield* StoredJournal.corrections(journal)
      Shuffles.finish(ledger, number)
    }
    if (StoredJournal.pricesUpTo(journal, number) !== undefined)
      yield* finish(() => StoredJournal.pricesUpTo(journal, number))
    const differs = replayOne(replay, followed)
    if (differs !== undefined) return yield* differs
    if (event?.type === "task.registration-ended") yield* replayClose(replay, followed, event)
    if (StoredJournal.compare(journal) !== undefined) yield* finish(() => StoredJournal.compare(journal))
    if (event !== null) Shuffles.finish(ledger, number + 1)
    if (ledger.shuffles.length > 0) yield* finish(shuffles.compare)
    counts.transfers = ledger.journal
  }
})

/** How far an operator had billing pass events over before it applied one. */
export const passedBefore = ({ skips }: Replay, number: number): number =>
  skips.reduce((far, skip) => (skip.last < number ? passedBy(skip, far) : far), 0)

const replayOne = (replay: Replay, { envelope, event }: Followed<TaskEvent>): Difference | undefined => {
  const { number } = envelope
  const priced = StoredJournal.takePriceOf(replay.journal, number)
  if (priced !== undefined) {
    const named = (envelope.data as { readonly id?: unknown } | null)?.id
    // Of what was passed over nothing was loaded.
    const isIts = event === null || replay.journal.ledger.tasks.get(priced.task)?.price?.event === number
    const differs = between(`the task that event ${number} priced`, named, isIts ? priced.task : null)
    if (differs !== undefined) return differs
  }
  if (event?.type === "task.updated") return replayTask(replay, event)
  if (event?.type !== "task.shuffled") return undefined
  const applied = reactToShuffle(replay.journal.ledger, event)
  return Result.isSuccess(applied) ? undefined : refused(number, applied.failure)
}

const refused = (number: number, { message }: { readonly message: string }) =>
  new Difference({ place: `event ${number}`, expected: "applied", found: message })

const replayTask = (replay: Replay, event: TaskEvent<"task.updated">): Difference | undefined => {
  const { begin, ledger } = replay.journal
  const { number } = event.envelope
  const { assign, assignment, change, id } = event.data
  const task = Ledger.taskOf(ledger, id)
  const { price } = task
  // What is priced late was priced anew: the row that was there first is gone.
  if (price === null || price.event > number || (change === "created" && price.event !== number)) {
    return new Difference({
      place: `the price of task ${id}`,
      expected: `recorded by event ${number} or before`,
      found: price === null ? "nothing" : `recorded by event ${price.event}`
    })
  }
  // Only what an operator had billing pass over can have named the task before the event that priced it.
  ledger.passed = passedBefore(replay, number)
  if (change !== "created" && price.event === number && ledger.passed === 0) {
    return new Difference({ place: `event ${number}`, expected: `task ${id} created before`, found: change })
  }
  // Of tasks that were assigned before the seal nothing is known: it is trusted for them.
  if (change === "done" && assign !== null && begin !== undefined && price.event <= begin.lastEvent) {
    if (task.charged === unknown) charge(task, assignment, Account.popug(assign), false)
  }
  const before = bookedBefore(replay, task, price, event)
  if (before !== undefined) return refused(number, { message: `${before} was booked before` })
  const applied = reactToTask(ledger, replay.rules, event, task)
  if (Result.isFailure(applied)) return refused(number, applied.failure)
  // Done is final: whom the last fee was charged to is of no use to anybody any more.
  if (change === "done") forgetCharge(task)
  // Nobody earns the award of a task that was taken from its holder, until somebody is charged again.
  else if (change === "unassigned") {
    forgetCharge(task)
    charge(task, assignment, null, true)
  }
  return undefined
}

/**
 * The cause of an event that was booked before. Nothing is kept of each cause: the assignments of a task grow, none
 * comes after it is done, and whom the last one was charged to is forgotten with the award. Where an operator had
 * events passed over, or a seal is trusted, not all of a task need be known: then it is kept that it was done.
 */
const bookedBefore = (
  { done, journal, skips }: Replay,
  task: BookedTask,
  price: Price,
  { data: { assignment, change, id }, envelope: { number } }: TaskEvent<"task.updated">
): string | undefined => {
  if (change !== "assigned" && change !== "done") return undefined
  const isKnown = skips.length === 0 && price.event > (journal.begin?.lastEvent ?? 0)
  const isDone = isKnown ? task.charged === unknown && price.event < number : done.has(id)
  if (isDone) return Transfer.awardKey(id)
  if (change === "assigned" && task.charged >= assignment) return Transfer.feeKey(id, assignment)
  if (!isKnown && change === "done") done.add(id)
  return undefined
}

/** Closes a period anew, at the instant that it is told of, and compares all that there is of it. */
const replayClose = Effect.fnUntraced(function* (
  replay: Replay,
  { digest, envelope }: Followed<TaskEvent>,
  { data: { period } }: TaskEvent<"task.registration-ended">
) {
  const { counts, head, journal, own, rules } = replay
  const { ledger } = journal
  const { number, time } = envelope
  const found = yield* closeOf(own, period)
  // What a replay can't know, and what comes to the same seal only if it is right.
  ledger.now = found.told?.time ?? found.row?.closedAt ?? head.at
  const before: BillingHead = {
    ...head,
    number: (found.told?.number ?? 1) - 1,
    journal: { ...head.journal, digest: journal.digest },
    closed: { period: replay.closed, seal: replay.seal, inTheRed: ledger.inTheRed }
  }
  const day = Closing.closeDay(rules, before, ledger, { period, number, digest, time })
  yield* finish(() => StoredJournal.compare(journal))
  yield* checkPeriod(found, day, journal.digest)
  replay.seal = day.closed.seal
  replay.isKept ||= replay.kept === replay.seal
  replay.closed = period
  counts.periods += 1
  counts.balances += day.balances.length
})
