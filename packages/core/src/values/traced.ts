/**
 * Use cases under the names that traces know them by.
 */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** A use case: a function that returns an effect, or a generator of one. */
interface Traced {
  <Eff extends Effect.Effect<unknown, unknown, unknown>, A, Args extends ReadonlyArray<unknown>>(
    body: (...args: Args) => Generator<Eff, A, never>
  ): (...args: Args) => Effect.Effect<A, Effect.Error<Eff>, Effect.Services<Eff>>
  <A, E, R, Args extends ReadonlyArray<unknown>>(
    body: (...args: Args) => Effect.Effect<A, E, R>
  ): (...args: Args) => Effect.Effect<A, E, R>
}

/**
 * Makes a span of each call where the host has a tracer. `Effect.fn` with a name makes one, and looks up where it was
 * called, in any case: that is a tenth of what a command costs in a big batch.
 */
export const traced = (name: string): Traced =>
  ((body: Body) =>
    (...args: ReadonlyArray<unknown>) =>
      Effect.withFiber((fiber) => {
        const made = body(...args)
        const call = Effect.isEffect(made) ? made : Effect.gen(() => made as Steps)
        return fiber.getRef(Tracer.Tracer) === Tracer.nativeTracer ? call : Effect.withSpan(call, name)
      })) as Traced

type Steps = Generator<Effect.Effect<unknown, unknown, unknown>, unknown, never>
type Body = (...args: ReadonlyArray<unknown>) => Steps | Effect.Effect<unknown, unknown, unknown>
