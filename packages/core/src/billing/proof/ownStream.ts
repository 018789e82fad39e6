/**
 * What billing's own stream says, for a verification: its closes, and what operators had it pass over.
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Follow from "../../stream/Follow.ts"
import type { EventSkipped } from "../../stream/Resume.ts"
import type { Period } from "../../values/BusinessDay.ts"
import { check } from "../../values/Difference.ts"
import { type BillingHead, BillingStore } from "../BillingStore.ts"
import { type BillingClosed, decodeBillingEvent } from "../events.ts"

/** A close as billing has told of it. */
export interface OwnClose {
  readonly number: number
  readonly time: DateTime.Utc
  readonly data: BillingClosed
}

export interface OwnStream {
  readonly skips: ReadonlyArray<EventSkipped>
  readonly closes: ReadonlyMap<Period, OwnClose>
}

/** Reads it from its start, wherever the verification begins. */
export const ownStream = Effect.fnUntraced(function* (head: BillingHead) {
  const store = yield* BillingStore
  const skips: Array<EventSkipped> = []
  const closes = new Map<Period, OwnClose>()
  const place = yield* Follow.follow({
    source: "billing",
    decode: decodeBillingEvent,
    to: head.number,
    page: Effect.fnUntraced(function* (events) {
      for (const { event, envelope } of events) {
        if (event?.type === "billing.event-skipped") skips.push(event.data)
        if (event?.type !== "billing.closed") continue
        const { data } = event
        yield* check(`the closes of ${data.period}`, false, closes.has(data.period))
        closes.set(data.period, { number: envelope.number, time: envelope.time, data })
      }
    })
  })
  yield* Follow.endsAt("billing", place, head, store.head)
  return { skips, closes } satisfies OwnStream
})
