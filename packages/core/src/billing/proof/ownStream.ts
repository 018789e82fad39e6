/**
 * What billing's own stream says, for a verification: its closes, and what operators had it pass over.
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Period } from "../../values/BusinessDay.ts"
import { check } from "../../values/Difference.ts"
import type { EventSkipped } from "../../stream/Resume.ts"
import { type BillingClosed, decodeBillingEvent } from "../events.ts"
import * as Follow from "../../stream/Follow.ts"
import { type BillingHead, BillingStore } from "../BillingStore.ts"

export interface OwnStream {
  readonly skips: ReadonlyArray<EventSkipped>
  readonly closes: ReadonlyMap<
    Period,
    { readonly number: number; readonly time: DateTime.Utc; readonly data: BillingClosed }
  >
}

/** Reads it from its start, wherever the verification begins. */
export const ownStream = Effect.fnUntraced(function* (head: BillingHead) {
  const store = yield* BillingStore
  const skips: Array<EventSkipped> = []
  const closes = new Map<
    Period,
    { readonly number: number; readonly time: DateTime.Utc; readonly data: BillingClosed }
  >()
  const place = yield* Follow.follow({
    source: "billing",
    decode: decodeBillingEvent,
    to: head.number,
    each: (event, { number }, { time }) => {
      if (event?.type === "billing.event-skipped") skips.push(event.data)
      if (event?.type !== "billing.closed") return Effect.void
      const { data } = event
      const again = closes.has(data.period)
      closes.set(data.period, { number, time, data })
      return check(`the closes of ${data.period}`, false, again)
    }
  })
  yield* Follow.endsAt("billing", place, head, store.head)
  return { skips, closes } satisfies OwnStream
})
