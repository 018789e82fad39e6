/**
 * For how long recorded commands are kept. A command that was forgotten is a new one when it comes again.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"

/**
 * How old a recorded command is, by the store's clock, before `Schedule.layer` has it forgotten; `null` for never. A
 * caller that retries for longer than this does its command twice.
 */
export const CommandRetention = Context.Reference<Duration.Duration | null>("@popug/core/CommandRetention", {
  defaultValue: () => Duration.days(30)
})

/**
 * Forgets the recorded commands of commits that are at least so old, the oldest first, and returns how many they were.
 * The age is reckoned by the store's clock, which gave the commits their instants: a process whose clock is wrong
 * forgets nothing too early.
 */
export type ForgetCommands = (age: Duration.Duration, limit: number) => Effect.Effect<number, StoreError>

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
