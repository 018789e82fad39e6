/**
 * Use cases under the names that traces know them by.
 */
import * as Effect from "effect/Effect"
import { isTraced } from "./TraceContext.ts"

/** A use case: a function that returns an effect, or a generator of one. */
interface Traced {
  <Eff extends Effect.Effect<unknown, unknown, unknown>, A, Args extends ReadonlyArray<unknown>>(
    body: (...args: Args) => Generator<Eff, A, never>
  ): (...args: Args) => Effect.Effect<A, Effect.Error<Eff>, Effect.Services<Eff>>
  /** `pipe` is what becomes of each call. */
  <
    Eff extends Effect.Effect<unknown, unknown, unknown>,
    A,
    Args extends ReadonlyArray<unknown>,
    Piped extends Effect.Effect<unknown, unknown, unknown>
  >(
    body: (...args: Args) => Generator<Eff, A, never>,
    pipe: (call: Effect.Effect<A, Effect.Error<Eff>, Effect.Services<Eff>>) => Piped
  ): (...args: Args) => Piped
  <A, E, R, Args extends ReadonlyArray<unknown>>(
    body: (...args: Args) => Effect.Effect<A, E, R>
  ): (...args: Args) => Effect.Effect<A, E, R>
}

/**
 * Makes a span of each call where the host has a tracer. `Effect.fn` with a name makes one, and looks up where it was
 * called, in any case: that is a tenth of what a command costs in a big batch.
 */
export const traced = (name: string): Traced =>
  ((body: Body, pipe: Pipe = unchanged) =>
    (...args: ReadonlyArray<unknown>) =>
      Effect.withFiber((fiber) => {
        const made = body(...args)
        const call = pipe(Effect.isEffect(made) ? made : Effect.gen(() => made as Steps))
        return isTraced(fiber) ? Effect.withSpan(call, name) : call
      })) as Traced

type Call = Effect.Effect<unknown, unknown, unknown>
type Steps = Generator<Call, unknown, never>
type Body = (...args: ReadonlyArray<unknown>) => Steps | Call
type Pipe = (call: Call) => Call
const unchanged: Pipe = (call) => call
