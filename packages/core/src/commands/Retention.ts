/**
 * For how long recorded commands are kept. A command that was forgotten is a new one when it comes again.
 */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { StoreError } from "../StoreError.ts"

/**
 * How old a recorded command is before `Schedule.layer` has it forgotten; `null` for never. A caller that retries for
 * longer than this does its command twice.
 */
export const CommandRetention = Context.Reference<Duration.Duration | null>("@popug/core/CommandRetention", {
  defaultValue: () => Duration.days(30)
})

/** Forgets the recorded commands of commits before an instant, the oldest first, and gives how many they were. */
export type ForgetCommands = (before: DateTime.Utc, limit: number) => Effect.Effect<number, StoreError>

/** How many are forgotten at once: each portion is a moment's work of the store. */
const portion = 10_000

/** Forgets what is too old, portion by portion. */
export const forget = Effect.fnUntraced(function* (
  retention: Duration.Duration,
  stores: ReadonlyArray<ForgetCommands>
) {
  const before = DateTime.subtractDuration(yield* DateTime.now, retention)
  for (const forgetCommands of stores) {
    while ((yield* forgetCommands(before, portion)) === portion) continue
  }
})
