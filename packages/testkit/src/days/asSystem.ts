/**
 * The system may do everything: what it asks can fail with the store alone.
 */
import { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"

export const asSystem = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, StoreError, R> =>
  Effect.catch(effect, (error) => (error instanceof StoreError ? Effect.fail(error) : Effect.die(error)))
