/**
 * The world's clock, or one that development moves.
 */
import { join } from "node:path"
import * as MovedClock from "@popug-examples/server/MovedClock"
import { DevClock } from "@popug/http/server"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Settings } from "./settings.ts"

/** How many days the demonstration company has behind it. */
export const past = 3

/** The moved clock, kept in a file that all processes of a machine share. */
export const moved = (settings: Pick<Settings, "POPUG_DATA_DIR" | "POPUG_DEMO">) =>
  MovedClock.make(join(settings.POPUG_DATA_DIR, "clock.json"), settings.POPUG_DEMO ? -past : 0)

export const clocks = (settings: Settings) =>
  settings.POPUG_DEV_CLOCK
    ? Layer.unwrap(
        Effect.map(moved(settings), ({ advance, clock }) =>
          Layer.mergeAll(
            Layer.succeed(Clock.Clock, clock),
            Layer.succeed(DevClock, {
              movable: true,
              advance: (days) =>
                Effect.map(advance(days), () => ({ now: DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()) }))
            })
          )
        )
      )
    : DevClock.layerOff

/** What time it is in the world, whoever moves the clock. */
export const worldTime: Effect.Effect<Effect.Effect<DateTime.Utc>> = Effect.map(Clock.Clock, (world) =>
  Effect.sync(() => DateTime.makeUnsafe(world.currentTimeMillisUnsafe()))
)
