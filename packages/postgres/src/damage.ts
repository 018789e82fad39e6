/**
 * What is asked of many companies at once fails for all of them where the rows of one can't be read. Who that is is
 * found by asking for halves, so that the others go on without it.
 */
import type { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"

/** The database answers, and what it holds of some company is not what it should be. */
export const isOfOne = ({ committed, reason }: StoreError): boolean => reason !== "Unavailable" && committed === "no"

/** Those for whom a question that may be asked again fails even when it is asked for them alone, and why. */
export const findDamaged = <A>(
  all: ReadonlyArray<A>,
  ask: (some: ReadonlyArray<A>) => Effect.Effect<unknown, StoreError>
): Effect.Effect<ReadonlyArray<readonly [A, StoreError]>, StoreError> =>
  all.length === 0
    ? Effect.succeed([])
    : Effect.matchEffect(ask(all), {
        onSuccess: () => Effect.succeed([]),
        onFailure: (error) => {
          if (!isOfOne(error)) return Effect.fail(error)
          if (all.length === 1) return Effect.succeed([[all[0]!, error] as const])
          const half = all.length >> 1
          return Effect.zipWith(
            findDamaged(all.slice(0, half), ask),
            findDamaged(all.slice(half), ask),
            (first, second) => [...first, ...second]
          )
        }
      })
