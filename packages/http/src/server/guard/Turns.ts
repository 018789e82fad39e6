/**
 * Turns at what reads much for one caller: pages of the log, of exports. A few are read at once, callers take turns,
 * and one who asks for a hundred pages waits for their own.
 */
import { Actor } from "@popug/core"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PartitionedSemaphore from "effect/PartitionedSemaphore"
import * as Semaphore from "effect/Semaphore"

/** How many pages are read at once. */
const atOnce = 4

/** What reads everything, from minutes to a part of a second. */
type Whole = "verification" | "distribution" | "shufflePreview"

export class Turns extends Context.Service<
  Turns,
  {
    /** Waits for the caller's turn; for a page, not for what is done with it. */
    readonly of: (actor: Actor.Actor) => <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    /** For what reads everything: one after another, whoever asks, and each kind by itself. */
    readonly alone: (what: Whole) => <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>()("@popug/http/Turns") {
  static readonly layer: Layer.Layer<Turns> = Layer.sync(Turns, () => {
    const pages = PartitionedSemaphore.makeUnsafe<string>({ permits: atOnce })
    const one: Record<Whole, Semaphore.Semaphore> = {
      verification: Semaphore.makeUnsafe(1),
      distribution: Semaphore.makeUnsafe(1),
      shufflePreview: Semaphore.makeUnsafe(1)
    }
    return {
      of: (actor) => pages.withPermit(Actor.key(actor)),
      alone: (what) => (read) => Semaphore.withPermit(one[what], read)
    }
  })
}
