/**
 * Mutilated adapters: the memory adapter, broken in one way each, so that a suite that lets one pass is seen.
 */
import type { CursorStore, Ports } from "@popug/core"
import { Memory } from "@popug/memory"
import type { Needs, Promises, Suite } from "@popug/testkit/conformance"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Mutant<P extends Promises> {
  readonly name: string
  /** The promises that it breaks. */
  readonly breaks: ReadonlyArray<keyof P & string>
  readonly layer: Layer.Layer<Needs<P>>
}

/** A suite with its mutants. */
export interface Mutants {
  readonly suite: Suite<Promises>
  readonly mutants: ReadonlyArray<Mutant<Promises>>
  readonly real: Layer.Layer<Needs<Promises>>
}

export const mutants = <P extends Promises>(
  suite: Suite<P>,
  real: Layer.Layer<Needs<P>>,
  list: ReadonlyArray<Mutant<P>>
): Mutants => ({ suite, mutants: list, real }) as unknown as Mutants

/** The memory adapter with one service mutilated. */
export const over = <I, S>(
  tag: Context.Key<I, S> & Effect.Effect<S, never, I>,
  mutilate: (service: S) => Partial<S>
): Layer.Layer<Ports | CursorStore | I> =>
  Layer.effect(
    tag,
    Effect.map(tag, (service) => ({ ...service, ...mutilate(service) }))
  ).pipe(Layer.provideMerge(Memory.layer as Layer.Layer<Ports | CursorStore | I>))

/** A filter without one of its parts. */
export const without = <Filter extends object>(filter: Filter, key: keyof Filter): Filter =>
  Object.fromEntries(Object.entries(filter).filter(([name]) => name !== key)) as Filter
