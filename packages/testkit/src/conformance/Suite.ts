/**
 * What a conformance suite is: the promises of a port, each a sentence and an effect that fails when it is broken.
 *
 * They are data, so that vitest runs them on an adapter (`conforms`) and a program runs one of them (`check`).
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe, it } from "vitest"

/** Promises by their sentence. */
export type Promises = Readonly<Record<string, Effect.Effect<void, unknown, unknown>>>

export interface Suite<P extends Promises> {
  /** The port that makes the promises. */
  readonly port: string
  readonly promises: P
}

/** The services that a suite's adapter must provide. */
export type Needs<P extends Promises> = Effect.Services<P[keyof P]>

export const make = <const P extends Promises>(port: string, promises: P): Suite<P> => ({ port, promises })

/** Why an adapter truly cannot keep some promises, by their sentences. */
export type OptOut<P extends Promises> = { readonly [Sentence in keyof P]?: string }

export interface Options<P extends Promises> {
  readonly optOut?: OptOut<P>
  /** How long one promise may take; default: 10 seconds. */
  readonly timeout?: Duration.Input
}

/** The adapter does not offer what the promise is about, and need not: there is nothing to keep. */
class NotOffered {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Ends a promise about something optional that the adapter does not have. It is shown as skipped, with the reason. */
export const notOffered = (reason: string): Effect.Effect<never, unknown> => Effect.fail(new NotOffered(reason))

/** What a promise waits for at the moment, for when it waits in vain. */
class Waiting extends Context.Reference<{ describe: (() => string) | undefined }>("@popug/testkit/Waiting", {
  defaultValue: () => ({ describe: undefined })
}) {}

/** Says what an effect waits for, should the time of the promise run out meanwhile. */
export const waitingFor = <A, E, R>(describe: () => string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Waiting, (waiting) =>
    Effect.suspend(() => {
      waiting.describe = describe
      return Effect.tap(effect, () => Effect.sync(() => void (waiting.describe = undefined)))
    })
  )

/** What came of a promise that was not broken. */
export interface Verdict {
  /** Why there was nothing to keep; null when it was kept. */
  readonly skipped: string | null
}

/** Runs one promise on an adapter built for it alone; fails or dies when it is broken, and says what was missing. */
export const check = <R, E>(
  promise: Effect.Effect<void, unknown, R>,
  layer: Layer.Layer<R, E>,
  timeout: Duration.Input = "10 seconds"
): Effect.Effect<Verdict, unknown> =>
  Effect.suspend(() => {
    const waiting: typeof Waiting.Service = { describe: undefined }
    return promise.pipe(
      Effect.as<Verdict>({ skipped: null }),
      Effect.catchIf(
        (error): error is NotOffered => error instanceof NotOffered,
        ({ reason }) => Effect.succeed<Verdict>({ skipped: reason })
      ),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => {
          const missing = waiting.describe?.()
          const time = Duration.format(Duration.fromInputUnsafe(timeout))
          return Effect.fail(new Error(`not kept within ${time}${missing === undefined ? "" : `: ${missing}`}`))
        }
      }),
      Effect.provideService(Waiting, waiting),
      Effect.provide(layer, { local: true })
    )
  })

/**
 * Declares a vitest test for each promise of the suite. The layer is built anew for each, and each time its store must
 * be empty: a layer over a database makes itself a schema. Promises that the adapter opts out of, and those about what
 * it does not offer, are shown as skipped, with the reason.
 */
export const conforms = <P extends Promises, E>(
  suite: Suite<P>,
  adapter: string,
  layer: Layer.Layer<Needs<P>, E>,
  { optOut, timeout = "10 seconds" }: Options<P> = {}
): void => {
  describe(`${suite.port} of ${adapter}`, () => {
    for (const [sentence, promise] of Object.entries(suite.promises)) {
      const reason = optOut?.[sentence]
      if (reason !== undefined) {
        it(sentence, (context) => context.skip(reason))
        continue
      }
      it(
        sentence,
        async (context) => {
          const { skipped } = await Effect.runPromise(
            check(promise as Effect.Effect<void, unknown, Needs<P>>, layer, timeout),
            { signal: context.signal }
          )
          if (skipped !== null) context.skip(skipped)
        },
        Duration.toMillis(timeout) + 5_000
      )
    }
  })
}
