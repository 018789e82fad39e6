/**
 * What goes on until it works: told once when the trouble begins and once when it is over, however often it is tried
 * in between.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { StoreError } from "../values/StoreError.ts"

/** A trouble that comes and goes. */
export interface Trouble {
  /** It is there: said in the log when it begins, or when it has become another one. */
  readonly met: (cause: Cause.Cause<unknown>) => Effect.Effect<void>
  /** It is not there: said in the log if it was. */
  readonly over: Effect.Effect<void>
}

/** How a trouble is told. */
export interface Options {
  /** How its beginning is logged; default: as a warning. */
  readonly log?: typeof Effect.logWarning
  /** How it is logged each time that it is met again; default: not at all. */
  readonly again?: typeof Effect.logWarning
  /** What is said of it besides as it begins; default: that it is tried again until it works. */
  readonly then?: string
}

/** `what` is said of it in the log ("the day could not be ended"). */
export const make = (
  what: string,
  { again, log = Effect.logWarning, then = "it is tried again until it works" }: Options = {}
): Trouble => {
  let times = 0
  let kind: string | undefined
  return {
    met: (cause) =>
      Effect.suspend(() => {
        times += 1
        const before = kind
        kind = kindOf(cause)
        const words = ofServices(cause)
        if (words !== undefined) {
          if (kind !== before) return log(`${what}: ${words}; ${then}`)
          return again === undefined ? Effect.void : again(`${what}: ${words}`)
        }
        if (kind !== before) return log(`${what}; ${then}`, cause)
        return again === undefined ? Effect.void : again(what, cause)
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

/**
 * What is said of other services that are away: which and why, in a line. Where this process came upon it would be
 * forty more, and nothing is wrong there.
 */
const ofServices = ({ reasons }: Cause.Cause<unknown>): string | undefined => {
  const words = reasons.flatMap((reason) => {
    const error = Cause.isFailReason(reason) ? reason.error : undefined
    return error instanceof StoreError && error.service !== undefined && error.retryable ? [error.message] : []
  })
  return words.length > 0 && words.length === reasons.length ? words.join(", ") : undefined
}

/** What tells one trouble from another: an error's name and reason, never its words, which may differ each time. */
const kindOf = ({ reasons }: Cause.Cause<unknown>): string =>
  reasons
    .map((reason) => {
      const error = (
        Cause.isFailReason(reason) ? reason.error : Cause.isDieReason(reason) ? reason.defect : undefined
      ) as
        | { readonly _tag?: unknown; readonly name?: unknown; readonly reason?: unknown; readonly service?: unknown }
        | null
        | undefined
      return [reason._tag, error?._tag ?? error?.name, error?.reason, error?.service].join("/")
    })
    .join(" ")

/**
 * The same trouble, over only once it was not met for so many milliseconds, by the monotonic clock: where many try,
 * some succeed while others still fail.
 */
export const calmed = (trouble: Trouble, quietMillis: number): Trouble => {
  let last: bigint | undefined
  return {
    met: (cause) =>
      Effect.flatMap(Clock.monotonicTimeNanos, (now) => {
        last = now
        return trouble.met(cause)
      }),
    over: Effect.suspend(() =>
      last === undefined
        ? Effect.void
        : Effect.flatMap(Clock.monotonicTimeNanos, (now) => {
            if (last === undefined || now - last < BigInt(quietMillis) * 1_000_000n) return Effect.void
            last = undefined
            return trouble.over
          })
    )
  }
}

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
