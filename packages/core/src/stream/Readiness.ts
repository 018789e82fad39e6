/**
 * Whether the store takes writes now: for whoever sends requests to this process or to another.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"

/**
 * Fails while the store can be read and not written, as a standby, and with reason `Mismatch` once the company has
 * adopted other settings than this process has. An adapter whose store can come to that provides it with its ports; the
 * others have nothing to tell.
 */
export const Readiness = Context.Reference<Effect.Effect<void, StoreError>>("@popug/core/Readiness", {
  defaultValue: () => Effect.void
})
