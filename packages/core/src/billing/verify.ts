/**
 * Proves the books: replays events, recorded prices, corrections and skips into transfers, balances and seals, with
 * the same pure code that made them, and names the first difference (design: section 4).
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as BusinessDay from "../BusinessDay.ts"
import { Company } from "../Company.ts"
import { Digest, origin, type Sha256 } from "../Digest.ts"
import * as Catalog from "../events/Catalog.ts"
import * as Envelope from "../events/Envelope.ts"
import { EventLog } from "../events/EventLog.ts"
import * as Account from "./Account.ts"
import { applyTask } from "./apply.ts"
import { type BillingHead, BillingStore, type ClosedPeriod } from "./BillingStore.ts"
import * as Closing from "./Closing.ts"
import * as Ledger from "./Ledger.ts"
import { check, Difference, preload, readJournal } from "./StoredJournal.ts"

/** What a verification went through, and the first difference if there is one. */
export interface Verification {
  readonly periods: number
  readonly events: number
  readonly transfers: number
  readonly difference: Difference | null
}

const pageSize = 5_000

/** Replays from the start, or from after a closed period, whose seal is then taken on trust. */
export const verify = Effect.fnUntraced(function* (options: { readonly after?: BusinessDay.Period }) {
  const store = yield* BillingStore
  const head = yield* store.head
  const counts = { periods: 0, events: 0, transfers: 0 }
  return yield* replay(head, options.after, counts).pipe(
    Effect.as({ ...counts, difference: null }),
    Effect.catchTag("Difference", (difference) => Effect.succeed({ ...counts, difference })),
    Effect.map((verification): Verification => ({ ...verification, ...counts }))
  )
})

const replay = Effect.fnUntraced(function* (
  head: BillingHead,
  after: BusinessDay.Period | undefined,
  counts: { periods: number; events: number; transfers: number }
) {
  const store = yield* BillingStore
  const log = yield* EventLog
  const { sha256 } = yield* Digest
  const { calendar, settings } = yield* Company
  const begin =
    after === undefined ? undefined : (yield* store.closed({ from: after, to: after }, { limit: 1 })).rows[0]
  if (after !== undefined && begin === undefined) {
    return yield* new Difference({ place: `period ${after}`, expected: "closed", found: "not closed" })
  }
  const skips = yield* readSkips(sha256, head.number)
  const { currency } = settings
  const prices = { sha256, drawKey: "", currency, price: () => ({ fee: 0n, award: 0n }) }
  const ledger = Ledger.make(startOf(head, begin, calendar), head.at, nothing)
  const journal = yield* readJournal(ledger, begin, head.journal)
  let { digest, number } = { digest: begin?.eventsDigest ?? origin, number: begin?.lastEvent ?? 0 }
  let seal = begin?.seal ?? origin

  while (number < head.tasks.number) {
    const page = yield* log.read("tasks", number, pageSize)
    const events = page.filter((event) => event.number <= head.tasks.number)
    if (events.length === 0) {
      return yield* new Difference({ place: `event ${number + 1}`, expected: "in the log", found: "missing" })
    }
    yield* preload(ledger, events, after)
    for (const envelope of events) {
      const expected = number + 1
      const passed = skips.find((skip) => skip.first <= envelope.number && envelope.number <= skip.last)
      const accepted = passed !== undefined || skips.some((skip) => skip.last + 1 === envelope.number)
      if (!accepted) {
        yield* check(`event ${expected}`, expected, envelope.number)
        yield* check(`digest before event ${expected}`, digest, envelope.previous)
      }
      number = envelope.number
      digest = Envelope.digest(sha256, envelope)
      counts.events += 1
      if (passed !== undefined) continue
      const event = yield* Effect.mapError(
        Effect.fromResult(Catalog.decode(envelope)),
        (error) => new Difference({ place: `event ${number}`, expected: "readable", found: error.message })
      )
      // Accountants' transfers stand in the journal as they are; they only have to reverse what they name.
      yield* journal.corrections
      if (event.type === "task.updated") {
        const applied = applyTask(ledger, prices, event)
        if (Result.isFailure(applied)) {
          return yield* new Difference({
            place: `event ${number}`,
            expected: "applied",
            found: applied.failure.message
          })
        }
        yield* journal.compare
      } else if (event.type === "task.registration-ended") {
        const closed = Closing.close(ledger, event.data.period, number, envelope.time)
        yield* journal.compare
        seal = yield* checkPeriod(sha256, closed, { seal, events: digest, journal: journal.digest(), marker: number })
        Closing.open(ledger, calendar, closed)
        counts.periods += 1
      }
      counts.transfers = ledger.journal
    }
    ledger.booked.clear()
    ledger.prices.clear()
  }
  yield* journal.corrections
  counts.transfers = ledger.journal
  yield* check("the journal's last number", ledger.journal, head.journal)
  yield* check("the journal's digest", journal.digest(), head.journalDigest)
  yield* check("the last seal", seal, head.seal)
  yield* check("the open period's totals", ledger.totals, head.totals)
  const accounts = yield* store.accounts([...ledger.accounts.keys()])
  // What is booked while this runs would show as a difference: the accounts are compared when nothing was.
  if ((yield* store.head).journal !== head.journal) return
  const found = new Map(accounts.map((account) => [account.id, Account.balance(account)]))
  for (const [id, account] of ledger.accounts) {
    yield* check(`the balance of ${id}`, Account.balance(account), found.get(id))
  }
})

const nothing = { prices: [], booked: [], accounts: [], balances: [], transfers: [], commands: new Map() }

const startOf = (
  head: BillingHead,
  begin: ClosedPeriod | undefined,
  calendar: Company["Service"]["calendar"]
): BillingHead => ({
  ...head,
  period: begin === undefined ? null : BusinessDay.next(calendar, begin.period),
  journal: begin?.lastTransfer ?? 0,
  totals: Ledger.zeroTotals(),
  topTask: null,
  inTheRed: begin?.inTheRed ?? 0
})

/** The skips that operators recorded, from billing's own stream, whose digests are checked on the way. */
const readSkips = Effect.fnUntraced(function* (sha256: Sha256, last: number) {
  const log = yield* EventLog
  const skips: Array<Catalog.EventSkipped> = []
  let digest = origin
  for (let number = 0; number < last;) {
    const events = yield* log.read("billing", number, pageSize)
    if (events.length === 0) yield* check("billing's stream", last, number)
    for (const envelope of events) {
      yield* check(`digest before billing's event ${envelope.number}`, digest, envelope.previous)
      digest = Envelope.digest(sha256, envelope)
      number = envelope.number
      const event = Catalog.decode(envelope)
      if (Result.isSuccess(event) && event.success.type === "billing.event-skipped") skips.push(event.success.data)
    }
  }
  return skips.filter((skip) => skip.source === "tasks")
})

/** Compares a closed period with what is stored of it, and gives its seal. */
const checkPeriod = Effect.fnUntraced(function* (
  sha256: Sha256,
  closed: Closing.Closed,
  at: { readonly seal: string; readonly events: string; readonly journal: string; readonly marker: number }
) {
  const store = yield* BillingStore
  const { period } = closed
  const row = (yield* store.closed({ from: period, to: period }, { limit: 1 })).rows[0]
  const seal = Closing.seal(sha256, { previous: at.seal, events: at.events, journal: at.journal, closed })
  yield* check(`the last event of ${period}`, at.marker, row?.lastEvent)
  yield* check(`the totals of ${period}`, closed.totals, row?.totals)
  yield* check(`the number in the red on ${period}`, closed.inTheRed, row?.inTheRed)
  let after: Account.AccountId | undefined
  let index = 0
  for (let more = true; more;) {
    const page = yield* store.balances(period, { after, limit: pageSize })
    for (const balance of page.rows)
      yield* check(`balance of ${balance.account} on ${period}`, closed.balances[index++], balance)
    after = page.rows.at(-1)?.account
    more = page.more
  }
  yield* check(`the number of balances of ${period}`, closed.balances.length, index)
  yield* check(`the seal of ${period}`, seal, row?.seal)
  return seal
})
