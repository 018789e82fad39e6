/**
 * Proves the books: replays events, recorded prices, corrections and skips into transfers, balances and seals, with
 * the same pure code that made them, and names the first difference.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as BusinessDay from "../../values/BusinessDay.ts"
import { Company } from "../../company/Company.ts"
import { check, Difference } from "../../values/Difference.ts"
import { Digest, origin } from "../../values/Digest.ts"
import { decodeTaskEvent, type TaskEvent } from "../../tasks/events.ts"
import * as Follow from "../../stream/Follow.ts"
import * as Account from "../books/Account.ts"
import { applyShuffle, applyTask } from "../apply.ts"
import { type BillingHead, BillingStore, type ClosedPeriod } from "../BillingStore.ts"
import * as Closing from "../books/Closing.ts"
import { passedBy } from "../Command.ts"
import * as Ledger from "../books/Ledger.ts"
import { type OwnStream, ownStream } from "./ownStream.ts"
import { preload, readJournal } from "./StoredJournal.ts"
import * as Shuffles from "../books/shuffles.ts"
import { checkStanding, type Counts } from "./standing.ts"
import { readShuffles } from "./storedShuffles.ts"
import * as Transfer from "../books/Transfer.ts"

/** What a verification went through, and the first difference if there is one. */
export interface Verification {
  readonly periods: number
  readonly events: number
  readonly transfers: number
  readonly difference: Difference | null
}

export interface VerifyOptions {
  /** Replays from after this closed period, whose seal and balances are then taken on trust. */
  readonly after?: BusinessDay.Period
  /** A seal that was kept elsewhere: one of the periods that are replayed, or `after`, must have it. */
  readonly seal?: string
}

const pageSize = 5_000

/** Replays from the start, or from after a closed period. Never fails on what it finds. */
export const verify = Effect.fnUntraced(function* (options: VerifyOptions) {
  const counts: Counts = { periods: 0, events: 0, transfers: 0, balances: 0, shuffles: 0 }
  const difference = yield* Follow.concluded(
    replay(options, counts),
    () => `the books after transfer ${counts.transfers}`
  )
  const { events, periods, transfers } = counts
  return { periods, events, transfers, difference } satisfies Verification
})

const replay = Effect.fnUntraced(function* ({ after, seal: kept }: VerifyOptions, counts: Counts) {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const { calendar, settings } = yield* Company
  const head = yield* store.head
  const begin =
    after === undefined ? undefined : (yield* store.closed({ from: after, to: after }, { limit: 1 })).rows[0]
  if (after !== undefined && begin === undefined) {
    return yield* new Difference({ place: `period ${after}`, expected: "closed", found: "not closed" })
  }
  const own = yield* ownStream(head)
  const { currency } = settings
  const prices = { sha256, drawKey: "", currency, price: () => ({ fee: 0n, award: 0n }) }
  const ledger = Ledger.make(startOf(head, begin, calendar), head.at, nothing)
  const journal = yield* readJournal(ledger, begin, head)
  const shuffles = yield* readShuffles(ledger, begin, head)
  const skips = own.skips.filter(({ consumer }) => consumer === head.tasks.consumer)
  /** How far an operator had billing pass events over before it applied one. */
  const passed = (number: number) => skips.reduce((far, skip) => (skip.last < number ? passedBy(skip, far) : far), 0)
  let seal = begin?.seal ?? origin
  let lastClosed = begin?.period ?? null
  let isKept = kept === undefined || kept === seal

  const task = Effect.fnUntraced(function* (event: TaskEvent<"task.updated">) {
    const { number } = event.envelope
    const { assign, assignment, change, id } = event.data
    const price = ledger.prices.get(id)
    // What is priced late was priced anew: the row that was there first is gone.
    if (price === undefined || price.event > number || (change === "created" && price.event !== number)) {
      return yield* new Difference({
        place: `the price of task ${id}`,
        expected: `recorded by event ${number} or before`,
        found: price === undefined ? "nothing" : `recorded by event ${price.event}`
      })
    }
    // Only what an operator had billing pass over can have named the task before the event that priced it.
    ledger.passed = passed(number)
    if (change !== "created" && price.event === number && ledger.passed === 0) {
      return yield* new Difference({ place: `event ${number}`, expected: `task ${id} created before`, found: change })
    }
    const fee = Transfer.feeKey(id, assignment)
    // Of tasks that were assigned before the seal nothing is known: it is trusted for them.
    if (change === "done" && assign !== null && begin !== undefined && price.event <= begin.lastEvent) {
      if (!ledger.charged.has(fee)) ledger.charged.set(fee, Account.popug(assign))
    }
    const applied = applyTask(ledger, prices, event)
    if (Result.isFailure(applied)) {
      return yield* new Difference({ place: `event ${number}`, expected: "applied", found: applied.failure.message })
    }
    // A task has one holder, or none: what came before is of no use to anybody any more.
    if (change === "assigned") ledger.charged.delete(Transfer.feeKey(id, assignment - 1))
    else if (change === "done" || change === "unassigned") ledger.charged.delete(fee)
    yield* journal.compare
  })

  const shuffle = Effect.fnUntraced(function* (event: TaskEvent<"task.shuffled">) {
    const applied = applyShuffle(ledger, event)
    if (Result.isSuccess(applied)) return
    const { message } = applied.failure
    return yield* new Difference({ place: `event ${event.envelope.number}`, expected: "applied", found: message })
  })

  const place = yield* Follow.follow({
    source: "tasks",
    decode: decodeTaskEvent,
    from: begin === undefined ? Follow.start : { number: begin.lastEvent, digest: begin.eventsDigest },
    to: head.tasks.number,
    skips,
    page: (events) => preload(ledger, events, after),
    each: Effect.fnUntraced(function* (event, at, envelope) {
      counts.events += 1
      // Accountants' transfers stand in the journal as they are; they only have to reverse what they name.
      if (event !== null) {
        yield* journal.corrections
        Shuffles.finish(ledger, at.number)
      }
      const priced = yield* journal.priceAt(at.number)
      if (priced !== undefined) {
        const named = (envelope.data as { readonly id?: unknown } | null)?.id
        yield* check(`the task that event ${at.number} priced`, named, priced.task)
      }
      if (event?.type === "task.updated") yield* task(event)
      else if (event?.type === "task.shuffled") yield* shuffle(event)
      else if (event?.type === "task.registration-ended") {
        const closed = Closing.close(ledger, event.data.period, at.number, envelope.time)
        yield* journal.compare
        const previous = seal
        seal = Closing.seal(sha256, { previous, events: at.digest, journal: journal.digest(), closed })
        isKept ||= kept === seal
        yield* checkPeriod(own, closed, {
          period: closed.period,
          totals: closed.totals,
          inTheRed: closed.inTheRed,
          topTask: closed.topTask,
          previousSeal: previous,
          seal,
          lastEvent: at.number,
          eventsDigest: at.digest,
          lastTransfer: ledger.journal,
          journalDigest: journal.digest()
        })
        Closing.open(ledger, calendar, closed)
        lastClosed = closed.period
        counts.periods += 1
        counts.balances += closed.balances.length
      }
      if (event !== null) Shuffles.finish(ledger, at.number + 1)
      yield* shuffles.compare
      counts.transfers = ledger.journal
    })
  })
  counts.shuffles = yield* shuffles.end
  yield* journal.corrections
  counts.transfers = ledger.journal
  if (!isKept) {
    return yield* new Difference({
      place: "the seal kept elsewhere",
      expected: kept!,
      found: "no period with this seal"
    })
  }
  yield* check("the last event applied", place, { number: head.tasks.number, digest: head.tasks.digest })
  yield* check("the journal's last number", ledger.journal, head.journal.number)
  yield* check("the journal's digest", journal.digest(), head.journal.digest)
  yield* check("the period closed last", lastClosed, head.closed.period)
  yield* check("the last seal", seal, head.closed.seal)
  // From a seal on, the last transfer and the last shuffle may be older than it.
  const before = head.journal.number - 1
  const [last] = before < 0 ? [] : (yield* store.transfers({}, { after: before, limit: 1 })).rows
  yield* check("the period of the last transfer", last?.period ?? null, head.journal.period)
  yield* check("when the last transfer was recorded", iso(last?.recordedAt), iso(head.journal.recordedAt ?? undefined))
  const shuffled = shuffles.last()
  if (begin === undefined || shuffled !== undefined) {
    yield* check("the last shuffle whose cost is recorded", shuffled ?? null, head.shuffled)
  }
  yield* check("the last event passed over", passed(Infinity), head.passed)
  yield* checkStanding({ begin, counts, head, ledger, own, priced: journal.priced() })
})

const nothing = { prices: [], booked: [], accounts: [], balances: [], transfers: [], commands: new Map() }

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

/** Compares a closed period with what is stored of it, what was told of it, and its balances. */
const checkPeriod = Effect.fnUntraced(function* (
  { closes }: OwnStream,
  { balances, ...closed }: Closing.Closed,
  expected: Omit<ClosedPeriod, "closedAs" | "closedAt">
) {
  const store = yield* BillingStore
  const { settings } = yield* Company
  const { period } = closed
  const row = (yield* store.closed({ from: period, to: period }, { limit: 1 })).rows[0]
  const told = closes.get(period)
  let index = 0
  let after: Account.AccountId | undefined
  for (let more = true; more;) {
    const page = yield* store.balances(period, { after, limit: pageSize })
    for (const balance of page.rows) {
      yield* check(`the balance of ${balance.account} on ${period}`, balances[index++], balance)
    }
    after = page.rows.at(-1)?.account
    more = page.more
  }
  if (index < balances.length) {
    yield* check(`the balance of ${balances[index]!.account} on ${period}`, balances[index], undefined)
  }
  const found: Partial<ClosedPeriod> = row ?? {}
  for (const [name, place] of Object.entries(columns)) {
    const key = name as keyof typeof columns
    yield* check(`${place} ${period}`, expected[key], found[key])
  }
  yield* check(`the number of the event that closed ${period}`, told?.number, found.closedAs)
  yield* check(`the instant of the close of ${period}`, iso(told?.time), iso(found.closedAt))
  yield* check(`what billing told of ${period}`, told?.data, {
    ...closed,
    currency: settings.currency,
    earnings: Closing.earnings(closed.totals),
    seal: expected.seal
  })
  const [first] = (yield* store.transfers({ from: period, to: period }, { limit: 1 })).rows
  const begins = expected.lastTransfer - closed.totals.transfers
  yield* check(`the first transfer of ${period}`, closed.totals.transfers === 0 ? undefined : begins + 1, first?.number)
})

/** What a closed period holds, as a difference names it. */
const columns = {
  lastEvent: "the last event of",
  eventsDigest: "the digest of the events of",
  lastTransfer: "the last transfer of",
  journalDigest: "the digest of the journal on",
  totals: "the totals of",
  inTheRed: "the number in the red on",
  topTask: "the top task of",
  previousSeal: "the seal before",
  seal: "the seal of"
} as const

const iso = (instant: DateTime.Utc | undefined) => instant && DateTime.formatIso(instant)
