/**
 * Proves the books: replays events, recorded prices, corrections and skips into transfers, balances and seals, with
 * the same pure code that made them, and names the first difference.
 */
import * as Effect from "effect/Effect"
import { Company } from "../../company/Company.ts"
import * as Follow from "../../stream/Follow.ts"
import { decodeTaskEvent } from "../../tasks/events.ts"
import * as BusinessDay from "../../values/BusinessDay.ts"
import { check, Difference } from "../../values/Difference.ts"
import { Digest, origin } from "../../values/Digest.ts"
import { type BillingHead, BillingStore, type ClosedPeriod, emptyLoad } from "../BillingStore.ts"
import * as Ledger from "../books/Ledger.ts"
import { checkTrusted, iso } from "./closedPeriods.ts"
import { ownStream } from "./ownStream.ts"
import { passedBefore, type Replay, replayPage } from "./replay.ts"
import { checkStanding, type Counts } from "./standing.ts"
import { corrections, openJournal } from "./StoredJournal.ts"
import { readShuffles } from "./storedShuffles.ts"

/** What a verification went through, and the first difference if there is one. */
export interface Verification {
  readonly periods: number
  readonly events: number
  readonly transfers: number
  readonly difference: Difference | null
}

export interface VerifyOptions {
  /**
   * Replays from after this closed period. Its seal is taken on trust, and must cover its balances; what older periods
   * left of accounts that have not moved since, and the prices of tasks from before, are taken as they stand.
   */
  readonly after?: BusinessDay.Period
  /** A seal that was kept elsewhere: one of the periods that are replayed, or `after`, must have it. */
  readonly seal?: string
}

/**
 * Replays from the start, or from after a closed period. Never fails on what it finds. Keeps some hundred bytes for
 * each open task, account, correction and closed day meanwhile, and at most 200,000 prices; for each done task, too,
 * where an operator had events passed over, and from a seal on for those from before it.
 */
export const verify = Effect.fnUntraced(function* (options: VerifyOptions) {
  const counts: Counts = { periods: 0, events: 0, transfers: 0, balances: 0, shuffles: 0 }
  const difference = yield* Follow.concluded(
    Effect.scoped(replayAll(options, counts)),
    () => `the books after transfer ${counts.transfers}`
  )
  const { events, periods, transfers } = counts
  return { periods, events, transfers, difference } satisfies Verification
})

const replayAll = Effect.fnUntraced(function* ({ after, seal: kept }: VerifyOptions, counts: Counts) {
  const store = yield* BillingStore
  const head = yield* store.head
  const begin =
    after === undefined ? undefined : (yield* store.closed({ from: after, to: after }, { limit: 1 })).rows[0]
  if (after !== undefined && begin === undefined) {
    return yield* new Difference({ place: `period ${after}`, expected: "closed", found: "not closed" })
  }
  if (begin !== undefined) yield* checkTrusted(begin)
  const replay = yield* start(head, begin, kept, counts)
  const { journal, own, shuffles } = replay
  const { ledger } = journal
  const place = yield* Follow.follow({
    source: "tasks",
    decode: decodeTaskEvent,
    from: begin === undefined ? Follow.start : { number: begin.lastEvent, digest: begin.eventsDigest },
    to: head.tasks.number,
    skips: replay.skips,
    page: (events) => replayPage(replay, events)
  })
  counts.shuffles = yield* shuffles.end
  yield* corrections(journal)
  counts.transfers = ledger.journal
  if (!replay.isKept) {
    return yield* new Difference({
      place: "the seal kept elsewhere",
      expected: kept!,
      found: "no period with this seal"
    })
  }
  yield* check("the last event applied", place, { number: head.tasks.number, digest: head.tasks.digest })
  yield* checkEnd(replay, head)
  yield* checkStanding({ begin, counts, head, ledger, own, priced: journal.priced })
})

/** All that a replay begins with. */
const start = Effect.fnUntraced(function* (
  head: BillingHead,
  begin: ClosedPeriod | undefined,
  kept: string | undefined,
  counts: Counts
) {
  const { sha256 } = yield* Digest
  const { calendar, settings } = yield* Company
  const own = yield* ownStream(head)
  const ledger = Ledger.make(startOf(head, begin, calendar), head.at, emptyLoad, { isReplay: true, lookedUp: false })
  const seal = begin?.seal ?? origin
  const replay: Replay = {
    counts,
    journal: yield* openJournal(ledger, begin, head),
    shuffles: yield* readShuffles(ledger, begin, head),
    own,
    done: new Set(),
    skips: own.skips.filter(({ consumer }) => consumer === head.tasks.consumer),
    rules: { sha256, calendar, drawKey: "", currency: settings.currency, price: () => ({ fee: 0n, award: 0n }) },
    head,
    kept,
    isKept: kept === undefined || kept === seal,
    closed: begin?.period ?? null,
    seal
  }
  return replay
})

/** The replay has ended where the head stands. */
const checkEnd = Effect.fnUntraced(function* (replay: Replay, head: BillingHead) {
  const store = yield* BillingStore
  const { journal, shuffles } = replay
  yield* check("the journal's last number", journal.ledger.journal, head.journal.number)
  yield* check("the journal's digest", journal.digest, head.journal.digest)
  yield* check("the period closed last", replay.closed, head.closed.period)
  yield* check("the last seal", replay.seal, head.closed.seal)
  // From a seal on, the last transfer and the last shuffle may be older than it.
  const before = head.journal.number - 1
  const [last] = before < 0 ? [] : (yield* store.transfers({}, { after: before, limit: 1 })).rows
  yield* check("the period of the last transfer", last?.period ?? null, head.journal.period)
  yield* check("when the last transfer was recorded", iso(last?.recordedAt), iso(head.journal.recordedAt ?? undefined))
  const shuffled = shuffles.last()
  if (journal.begin === undefined || shuffled !== undefined) {
    yield* check("the last shuffle whose cost is recorded", shuffled ?? null, head.shuffled)
  }
  yield* check("the last event passed over", passedBefore(replay, Infinity), head.passed)
})

const startOf = (
  head: BillingHead,
  begin: ClosedPeriod | undefined,
  calendar: Company["Service"]["calendar"]
): BillingHead => ({
  ...head,
  period: begin === undefined ? null : BusinessDay.next(calendar, begin.period),
  journal: { ...head.journal, number: begin?.lastTransfer ?? 0 },
  closed: { ...head.closed, inTheRed: begin?.inTheRed ?? 0 },
  totals: Ledger.zeroTotals(),
  topTask: null,
  // A shuffle's events are one commit's, and so are of one period.
  shuffle: null
})
