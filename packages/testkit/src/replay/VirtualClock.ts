/**
 * A clock that stands where it is put, so that a company lives through years in seconds.
 *
 * Waiting is real: an adapter that waits for its network before it tries again must not wait for ever.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export interface VirtualClock extends Clock.Clock {
  readonly set: (millis: number) => void
}

/** Each time that it is set, so many nanoseconds go by on the monotonic clock, whatever the time of day. */
export const make = (real: Clock.Clock, lapse = 0n): VirtualClock => {
  let now = 0
  let lapsed = 0n
  const nanos = () => BigInt(now) * 1_000_000n
  return {
    set: (millis) => {
      now = millis
      lapsed += lapse
    },
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe() + lapsed,
    monotonicTimeNanos: Effect.map(real.monotonicTimeNanos, (nanos) => nanos + lapsed),
    sleep: (duration) => real.sleep(duration)
  }
}
