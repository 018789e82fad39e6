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

export const make = (real: Clock.Clock): VirtualClock => {
  let now = 0
  const nanos = () => BigInt(now) * 1_000_000n
  return {
    set: (millis) => void (now = millis),
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: real.monotonicTimeNanos,
    sleep: (duration) => real.sleep(duration)
  }
}
