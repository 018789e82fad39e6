/**
 * How a process ends: with what it has begun, or at once when it is asked again.
 */
import { constants } from "node:os"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type * as Runtime from "effect/Runtime"

/** 0 after a signal, since everything was finished; 1 when it could not start or go on. */
export const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause) ? 1 : 0)

/**
 * npm passes on a Ctrl-C that its child has had from the terminal: within this time, in milliseconds, it is the same.
 */
const sameSignal = 1_000

/** Whoever asks again does not want to wait: nothing that was acknowledged is lost by that. */
export const endAtOnceWhenAskedAgain = () => {
  const signals = ["SIGINT", "SIGTERM"] as const
  const again = (signal: (typeof signals)[number]) => {
    console.error("popug ends at once: requests under way are cut")
    process.exit(128 + constants.signals[signal])
  }
  const listen = () => setTimeout(() => signals.forEach((signal) => process.on(signal, again)), sameSignal).unref()
  for (const signal of signals) process.once(signal, listen)
}
