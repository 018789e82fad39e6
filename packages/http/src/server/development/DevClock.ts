/**
 * The port that lets days pass, for development and demonstrations.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Problem from "../../api/Problem.ts"

/** Whether the clock of the server can be moved: never in production. */
export const MovableClock = Context.Reference<boolean>("@popug/http/MovableClock", { defaultValue: () => false })

export class DevClock extends Context.Service<
  DevClock,
  {
    /** Whether it can be moved, as pages ask before they offer it. */
    readonly movable: boolean
    /** Moves the clock of the server and of its store forward by whole days of 24 hours; returns what it shows then. */
    readonly advance: (days: number) => Effect.Effect<{ readonly now: DateTime.Utc }, Problem.ClockOff>
  }
>()("@popug/http/DevClock") {
  /** The world's clock, which nobody moves. */
  static readonly layerOff: Layer.Layer<DevClock> = Layer.succeed(DevClock, {
    movable: false,
    advance: () => Effect.fail(new Problem.ClockOff({ detail: "the server was started without a clock of its own" }))
  })
}
