/**
 * How a verification replays the tasks' events: into transfers, balances and seals, with the same pure code that made
 * them, beside what is stored of them.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as BusinessDay from "../../values/BusinessDay.ts"
import { Company } from "../../company/Company.ts"
import { between, Difference } from "../../values/Difference.ts"
import type { TaskEvent } from "../../tasks/events.ts"
import type { Followed } from "../../stream/Follow.ts"
import type { EventSkipped } from "../../stream/Resume.ts"
import * as Account from "../books/Account.ts"
import { applyShuffle, applyTask, type PriceList } from "../apply.ts"
import * as Closing from "../books/Closing.ts"
import { passedBy } from "../Command.ts"
import * as Shuffles from "../books/shuffles.ts"
import * as Transfer from "../books/Transfer.ts"
import { checkPeriod } from "./closedPeriods.ts"
import type { OwnStream } from "./ownStream.ts"
import { finish } from "./rows.ts"
import type { Counts } from "./standing.ts"
import * as Journal from "./StoredJournal.ts"
import type { readShuffles } from "./storedShuffles.ts"

/** What was made so far, and what it is held beside. */
export interface Replay {
  readonly counts: Counts
  readonly journal: Journal.StoredJournal
  readonly shuffles: Effect.Success<ReturnType<typeof readShuffles>>
  readonly own: OwnStream
  /** What operators had billing pass over of the tasks' stream. */
  readonly skips: ReadonlyArray<EventSkipped>
  readonly prices: PriceList
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
  yield* Journal.preload(journal, events)
  for (const followed of events) {
    const { envelope, event } = followed
    const { number } = envelope
    counts.events += 1
    if (event !== null) {
      if (Journal.mayCorrect(journal)) yield* Journal.corrections(journal)
      Shuffles.finish(ledger, number)
    }
    if (Journal.pricesUpTo(journal, number) !== undefined) yield* finish(() => Journal.pricesUpTo(journal, number))
    const differs = replayOne(replay, followed)
    if (differs !== undefined) return yield* differs
    if (event?.type === "task.registration-ended") yield* replayClose(replay, followed, event)
    if (Journal.compare(journal) !== undefined) yield* finish(() => Journal.compare(journal))
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
  const priced = Journal.takePriceOf(replay.journal, number)
  if (priced !== undefined) {
    const named = (envelope.data as { readonly id?: unknown } | null)?.id
    const differs = between(`the task that event ${number} priced`, named, priced.task)
    if (differs !== undefined) return differs
  }
  if (event?.type === "task.updated") return replayTask(replay, event)
  if (event?.type !== "task.shuffled") return undefined
  const applied = applyShuffle(replay.journal.ledger, event)
  return Result.isSuccess(applied) ? undefined : refused(number, applied.failure)
}

const refused = (number: number, { message }: { readonly message: string }) =>
  new Difference({ place: `event ${number}`, expected: "applied", found: message })

const replayTask = (replay: Replay, event: TaskEvent<"task.updated">): Difference | undefined => {
  const { begin, ledger } = replay.journal
  const { number } = event.envelope
  const { assign, assignment, change, id } = event.data
  const price = ledger.prices.get(id)
  // What is priced late was priced anew: the row that was there first is gone.
  if (price === undefined || price.event > number || (change === "created" && price.event !== number)) {
    return new Difference({
      place: `the price of task ${id}`,
      expected: `recorded by event ${number} or before`,
      found: price === undefined ? "nothing" : `recorded by event ${price.event}`
    })
  }
  // Only what an operator had billing pass over can have named the task before the event that priced it.
  ledger.passed = passedBefore(replay, number)
  if (change !== "created" && price.event === number && ledger.passed === 0) {
    return new Difference({ place: `event ${number}`, expected: `task ${id} created before`, found: change })
  }
  // Of tasks that were assigned before the seal nothing is known: it is trusted for them.
  if (change === "done" && assign !== null && begin !== undefined && price.event <= begin.lastEvent) {
    const fee = Transfer.feeKey(id, assignment)
    if (!ledger.charged.has(fee)) ledger.charged.set(fee, Account.popug(assign))
  }
  const applied = applyTask(ledger, replay.prices, event)
  if (Result.isFailure(applied)) return refused(number, applied.failure)
  // A task has one holder, or none: what came before is of no use to anybody any more.
  if (change === "assigned") ledger.charged.delete(Transfer.feeKey(id, assignment - 1))
  else if (change === "done" || change === "unassigned") ledger.charged.delete(Transfer.feeKey(id, assignment))
  return undefined
}

/** Closes a period anew, and compares all that there is of its close. */
const replayClose = Effect.fnUntraced(function* (
  replay: Replay,
  { digest, envelope }: Followed<TaskEvent>,
  event: TaskEvent<"task.registration-ended">
) {
  const { counts, journal, own, seal: previous } = replay
  const { ledger, sha256 } = journal
  const { number, time } = envelope
  const closed = Closing.close(ledger, event.data.period, number, time)
  yield* finish(() => Journal.compare(journal))
  const seal = Closing.seal(sha256, { previous, events: digest, journal: journal.digest, closed })
  replay.seal = seal
  replay.isKept ||= replay.kept === seal
  yield* checkPeriod(own, closed, {
    period: closed.period,
    totals: closed.totals,
    inTheRed: closed.inTheRed,
    topTask: closed.topTask,
    previousSeal: previous,
    seal,
    lastEvent: number,
    eventsDigest: digest,
    lastTransfer: ledger.journal,
    journalDigest: journal.digest
  })
  const { calendar } = yield* Company
  Closing.open(ledger, calendar, closed)
  replay.closed = closed.period
  counts.periods += 1
  counts.balances += closed.balances.length
})
