/**
 * The world's clock, or one that development moves: the company and its store go by it as well.
 */
import { join } from "node:path"
import { DevClock } from "@popug/http/server"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MovedClock from "./MovedClock.ts"
import type { Settings } from "./settings.ts"

/** How many days the company has behind it: as many as the clock can still be moved forward to today. */
export const Past = Context.Reference<number>("@popug-examples/server/Past", { defaultValue: () => 0 })

/** How many days the demonstration company has behind it. */
export const past = 3

/** The moved clock, kept in a file that all processes with this data folder share. */
export const moved = (settings: Pick<Settings, "POPUG_DATA_DIR" | "POPUG_DEMO">) =>
  MovedClock.make(join(settings.POPUG_DATA_DIR, "clock.json"), settings.POPUG_DEMO ? -past : 0)

export const clocks = (settings: Pick<Settings, "POPUG_DATA_DIR" | "POPUG_DEMO" | "POPUG_DEV_CLOCK">) =>
  settings.POPUG_DEV_CLOCK
    ? Layer.unwrap(
        Effect.map(moved(settings), ({ advance, behind, clock }) =>
          Layer.mergeAll(
            Layer.succeed(Clock.Clock, clock),
            Layer.succeed(Past, behind),
            Layer.succeed(DevClock, {
              movable: true,
              advance: (days) =>
                Effect.map(advance(days), () => ({ now: DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()) }))
            })
          )
        )
      )
    : DevClock.layerOff
