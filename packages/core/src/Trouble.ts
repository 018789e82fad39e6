/**
 * What goes on until it works: told once when the trouble begins and once when it is over, however often it is tried
 * in between.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** A trouble that comes and goes. */
export interface Trouble {
  /** It is there: said in the log when it begins, or when it has become another one. */
  readonly met: (cause: Cause.Cause<unknown>) => Effect.Effect<void>
  /** It is not there: said in the log if it was. */
  readonly over: Effect.Effect<void>
}

/** `what` is said of it in the log ("the day could not be ended"), as a warning by default. */
export const make = (what: string, log: typeof Effect.logWarning = Effect.logWarning): Trouble => {
  let times = 0
  let kind: string | undefined
  return {
    met: (cause) =>
      Effect.suspend(() => {
        times += 1
        const before = kind
        kind = kindOf(cause)
        return kind === before ? Effect.void : log(`${what}; it is tried again until it works`, cause)
      }),
    over: Effect.suspend(() => {
      if (times === 0) return Effect.void
      const tried = times
      times = 0
      kind = undefined
      return Effect.logInfo(`it works again after ${tried} ${tried === 1 ? "failure" : "failures"}: ${what}`)
    })
  }
}

/** What tells one trouble from another: an error's tag and reason, never its words, which may differ each time. */
const kindOf = ({ reasons }: Cause.Cause<unknown>): string =>
  reasons
    .map((reason) => {
      const error = (reason._tag === "Fail" ? reason.error : undefined) as
        | { _tag?: unknown; reason?: unknown }
        | undefined
      return [reason._tag, error?._tag, error?.reason].join("/")
    })
    .join(" ")

/** How long to wait after so many failures in a row: 0.1 s, then twice as long each time, up to five seconds. */
export const waitMillis = (failures: number): number => Math.min(100 * 2 ** Math.min(failures - 1, 10), 5_000)

/** Tries until it works, whatever goes wrong, with waits of up to five seconds. */
export const untilItWorks = <A, E, R>(effect: Effect.Effect<A, E, R>, trouble: Trouble): Effect.Effect<A, never, R> =>
  Effect.gen(function* () {
    for (let failures = 1; ; failures += 1) {
      const exit = yield* Effect.exit(effect)
      if (Exit.isSuccess(exit)) {
        yield* trouble.over
        return exit.value
      }
      yield* trouble.met(exit.cause)
      yield* Effect.sleep(waitMillis(failures))
    }
  })
