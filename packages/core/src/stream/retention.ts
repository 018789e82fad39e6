/**
 * For how long recorded commands are kept. A command that was forgotten is a new one when it comes again.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ForgetCommands } from "./ContextStore.ts"

/**
 * How old a recorded command is, by the store's clock, before `Schedule.layer` has it forgotten; `null` for never. A
 * caller that retries for longer than this does its command twice.
 */
export const CommandRetention = Context.Reference<Duration.Duration | null>("@popug/core/CommandRetention", {
  defaultValue: () => Duration.days(30)
})

/** How many are forgotten at once: each portion is a moment's work of the store. */
const portion = 10_000

/** Forgets what is too old, portion by portion. */
export const forget = Effect.fnUntraced(function* (
  retention: Duration.Duration,
  stores: ReadonlyArray<ForgetCommands>
) {
  for (const forgetCommands of stores) {
    while ((yield* forgetCommands(retention, portion)) === portion) continue
  }
})
