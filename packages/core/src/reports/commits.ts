/**
 * How the reports context commits: it follows billing's closes, and keeps what they come to with its cursor.
 */
import * as Effect from "effect/Effect"
import type * as Latch from "effect/Latch"
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
import { noticesOf, reportsOf } from "./react.ts"
import type { Payout } from "./Report.ts"
import { Payouts, ReportStore, type ReportTransaction } from "./ReportStore.ts"

/** The name of the consumer of billing's events. */
export const consumer = "reports"

const pageSize = 5_000

/** Opens the store and starts the consumer, which opens `news` when a close has left notices to be sent. */
export const start = Effect.fnUntraced(function* (news: Latch.Latch) {
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
          (events) => store.transact((tx) => applyCloses(sha256, payouts, tx, after, events, held)),
          (event, refusal) => store.transact((tx) => halted(tx, stopped(tx.cursor, event, refusal)))
        ),
        // It may have been another process that has applied them.
        (cursor) => Effect.sync(() => cursor.number > after && news.openUnsafe())
      )
  })
})

const halted = (tx: ReportTransaction, cursor: Cursor.Cursor) =>
  Effect.as(cursor === tx.cursor ? Effect.void : tx.save({ cursor, reports: [], notices: [] }), cursor)

const applyCloses = Effect.fnUntraced(function* (
  sha256: Sha256,
  payouts: Payouts["Service"],
  tx: ReportTransaction,
  after: number,
  fetched: ReadonlyArray<Envelope>,
  held: Envelope | null | undefined
) {
  const admitted = Cursor.admit(sha256, tx.cursor, after, fetched, held)
  const { events, stop } = readable(decodeBillingEvent, admitted)
  const reports = reportsOf(events)
  const notices = yield* Effect.forEach(reports, (report) =>
    Effect.map(paid(payouts, report.period), (rows) => noticesOf(report, rows))
  )
  const cursor = Cursor.after(tx.cursor, admitted, events.length, stop)
  if (cursor !== tx.cursor) yield* tx.save({ cursor, reports, notices: notices.flat() })
  return cursor
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
