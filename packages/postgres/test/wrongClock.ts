import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Runs an effect in a process whose clock is wrong by some milliseconds; the database keeps its own. */
export const wrongBy = <A, E, R>(millis: number, effect: Effect.Effect<A, E, R>) =>
  Clock.clockWith((clock) => {
    const wrong = () => clock.currentTimeMillisUnsafe() + millis
    const currentTimeMillis = Effect.sync(wrong)
    const shifted: Clock.Clock = Object.assign(Object.create(clock), {
      currentTimeMillisUnsafe: wrong,
      currentTimeMillis
    })
    return Effect.provideService(effect, Clock.Clock, shifted)
  })
