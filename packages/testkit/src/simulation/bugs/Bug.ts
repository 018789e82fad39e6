/**
 * A mistake built in on purpose, to prove that the checkers see it: a mutated piece around the ports, or another
 * consumer in the place of one of ours. The core itself is never changed.
 */
import type { Company, Directory, Popug, Ports } from "@popug/core"
import type * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import type * as Contexts from "../../apart/Contexts.ts"

/** What a context has where it runs alone. */
interface Apart {
  readonly ports: Context.Context<Ports>
  readonly told: Contexts.Told
  readonly directory: Layer.Layer<Directory>
}

export interface Bug {
  readonly name: string
  /** What the mistake is. */
  readonly description: string
  /** The ports with the mistake in them. */
  readonly ports?: (ports: Context.Context<Ports>, company: Company["Service"]) => Context.Context<Ports>
  /** A context that runs alone, with the mistake in it: of what it has, and what it asks who acts. */
  readonly apart?: (has: Apart) => Partial<Omit<Apart, "told">>
  /** The company with the mistake in it. */
  readonly popug?: typeof Popug.layer
}
