/**
 * A mistake built in on purpose, to prove that the checkers see it: a mutated piece around the ports, or another
 * consumer in the place of one of ours. The core itself is never changed.
 */
import type { Company, Popug, Ports } from "@popug/core"
import type * as Context from "effect/Context"

export interface Bug {
  readonly name: string
  /** What the mistake is. */
  readonly description: string
  /** The ports with the mistake in them. */
  readonly ports?: (ports: Context.Context<Ports>, company: Company["Service"]) => Context.Context<Ports>
  /** The company with the mistake in it. */
  readonly popug?: typeof Popug.layer
}
