/**
 * What time it is in the world, whoever moves the clock.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

export const worldTime: Effect.Effect<Effect.Effect<DateTime.Utc>> = Effect.map(Clock.Clock, (world) =>
  Effect.sync(() => DateTime.makeUnsafe(world.currentTimeMillisUnsafe()))
)
