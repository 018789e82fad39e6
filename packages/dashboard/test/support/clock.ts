/**
 * The clock of a company that is looked at: the world's, some time in front; or one that stands still until it is
 * moved.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

const dayInMillis = 86_400_000

export const movedClock = (from?: Date) => {
  const world = Clock.Clock.defaultValue()
  let ahead = 0
  const millis = () => (from?.getTime() ?? world.currentTimeMillisUnsafe()) + ahead
  const nanos = () => BigInt(millis()) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => world.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: world.monotonicTimeNanos,
    sleep: (duration) => world.sleep(duration)
  }
  const pass = (by: number) =>
    Effect.sync(() => {
      ahead += by
      return { now: DateTime.makeUnsafe(millis()) }
    })
  return {
    clock,
    pass,
    passUntil: (then: Date) => Effect.suspend(() => pass(then.getTime() - millis())),
    advance: (days: number) => pass(days * dayInMillis)
  }
}
