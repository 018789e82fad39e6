/**
 * What a conformance suite is: the promises of a port, each a sentence and an effect that fails when it is broken.
 *
 * They are data, so that vitest runs them on an adapter (`conforms`) and a program runs one of them (`check`).
 */
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

/** The services that a suite's adapter must give. */
export type Needs<P extends Promises> = Effect.Services<P[keyof P]>

export const make = <const P extends Promises>(port: string, promises: P): Suite<P> => ({ port, promises })

/** Why an adapter truly cannot keep some promises, by their sentences. */
export type OptOut<P extends Promises> = { readonly [Sentence in keyof P]?: string }

export interface Options<P extends Promises> {
  readonly optOut?: OptOut<P>
  /** How long one promise may take; ten seconds unless told. */
  readonly timeout?: Duration.Input
}

/** Runs one promise on an adapter built for it alone; fails or dies when it is broken. */
export const check = <R, E>(
  promise: Effect.Effect<void, unknown, R>,
  layer: Layer.Layer<R, E>,
  timeout: Duration.Input = "10 seconds"
): Effect.Effect<void, unknown> => promise.pipe(Effect.timeout(timeout), Effect.provide(layer, { local: true }))

/**
 * Declares a vitest test for each promise of the suite. The layer is built anew for each, so it gives an empty store:
 * a layer over a database makes itself a schema.
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
        ({ signal }) =>
          Effect.runPromise(check(promise as Effect.Effect<void, unknown, Needs<P>>, layer, timeout), { signal }),
        Duration.toMillis(timeout) + 5_000
      )
    }
  })
}
