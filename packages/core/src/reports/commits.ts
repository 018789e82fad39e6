/**
 * How the reports context commits: it follows billing's closes, and keeps what they come to with its cursor.
 */
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import { decodeBillingEvent } from "../billing/events.ts"
import { identified } from "../company/Company.ts"
import * as Consumer from "../stream/Consumer.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Envelope } from "../stream/Envelope.ts"
import { readable } from "../stream/Readable.ts"
import { byHalves, stopped } from "../stream/refusals.ts"
import type { Period } from "../values/BusinessDay.ts"
import { Digest, type Sha256 } from "../values/Digest.ts"
import type { UserId } from "../values/Ids.ts"
import type { Causes } from "./Causes.ts"
import { noticesOf, reportsOf } from "./react.ts"
import type { Payout } from "./Report.ts"
import { Payouts, ReportStore, type ReportTransaction } from "./ReportStore.ts"

/** The name of the consumer of billing's events. */
export const consumer = "reports"

const pageSize = 5_000

/**
 * Opens the store and starts the consumer, which opens `news` when a close has left notices to be sent, and tells
 * `causes` what caused them.
 */
export const start = Effect.fnUntraced(function* (news: Latch.Latch, causes: Causes) {
  const store = yield* ReportStore
  const payouts = yield* Payouts
  const { sha256 } = yield* Digest
  yield* store.open(yield* identified)
  return yield* Consumer.start({
    name: consumer,
    source: "billing",
    cursor: store.cursor,
    apply: (after, fetched, held) =>
      Effect.tap(
        byHalves(
          fetched,
          (events) =>
            // Billing may be another process: it is asked before the cursor is taken, and never while it is held.
            Effect.flatMap(paidBy(payouts, after, events), (payoutsOf) =>
              store.transact((tx) => applyCloses(sha256, tx, { after, events, held, payoutsOf }))
            ),
          (event, refusal) => store.transact((tx) => halted(tx, stopped(tx.cursor, event, refusal)))
        ),
        // It may have been another process that has applied them.
        (cursor) =>
          Effect.andThen(
            causes.kept(fetched),
            Effect.sync(() => cursor.number > after && news.openUnsafe())
          )
      )
  })
})

/** What is to be applied, and who was paid out by each close among it. */
interface Closes {
  readonly after: number
  readonly events: ReadonlyArray<Envelope>
  readonly held: Envelope | null | undefined
  readonly payoutsOf: ReadonlyMap<Period, ReadonlyArray<Payout>>
}

const halted = (tx: ReportTransaction, cursor: Cursor.Cursor) =>
  Effect.as(cursor === tx.cursor ? Effect.void : tx.save({ cursor, reports: [], notices: [] }), cursor)

const applyCloses = Effect.fnUntraced(function* (
  sha256: Sha256,
  tx: ReportTransaction,
  { after, events: fetched, held, payoutsOf }: Closes
) {
  const admitted = Cursor.admit(sha256, tx.cursor, after, fetched, held)
  const { events, stop } = readable(decodeBillingEvent, admitted)
  const cursor = Cursor.after(tx.cursor, admitted, events.length, stop)
  if (cursor !== tx.cursor) {
    const reports = reportsOf(events)
    const notices = reports.flatMap((report) => noticesOf(report, payoutsOf.get(report.period) ?? []))
    yield* tx.save({ cursor, reports, notices })
  }
  return cursor
})

/** Who was paid out by each close among some events, as far as these can be read. */
const paidBy = Effect.fnUntraced(function* (
  payouts: Payouts["Service"],
  after: number,
  envelopes: ReadonlyArray<Envelope>
) {
  const events = envelopes
    .filter(({ number }) => number > after)
    .flatMap((envelope) => Result.getOrElse(Result.map(decodeBillingEvent(envelope), Array.of), () => []))
  const payoutsOf = new Map<Period, ReadonlyArray<Payout>>()
  for (const report of reportsOf(events)) {
    if (!payoutsOf.has(report.period)) payoutsOf.set(report.period, yield* paid(payouts, report.period))
  }
  return payoutsOf
})

/** Everybody who was paid out in a closed period, which does not change any more. */
const paid = Effect.fnUntraced(function* (payouts: Payouts["Service"], period: Period) {
  const all: Array<Payout> = []
  let after: UserId | undefined
  for (let more = true; more;) {
    const page = yield* payouts.of(period, { after, limit: pageSize })
    for (const row of page.rows) if (row.payout !== 0n) all.push(row)
    after = page.rows.at(-1)?.owner
    more = page.more
  }
  return all
})
