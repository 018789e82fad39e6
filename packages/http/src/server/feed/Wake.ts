/**
 * Tells the feed at once that this process has written events; what other processes write is found by looking.
 */
import { EventBus } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/** Nobody has registered yet. */
export const make = (): Wake["Service"] => {
  const acts = new Set<Effect.Effect<void>>()
  return {
    wake: Effect.suspend(() => Effect.forEach(acts, (act) => act, { discard: true })),
    register: (act) =>
      Effect.acquireRelease(
        Effect.sync(() => void acts.add(act)),
        () => Effect.sync(() => void acts.delete(act))
      )
  }
}

/** A bus that wakes with each commit. */
export const waking = (bus: EventBus["Service"], { wake }: Wake["Service"]): EventBus["Service"] =>
  EventBus.of({ ...bus, publish: (events) => Effect.ensuring(bus.publish(events), wake) })

export class Wake extends Context.Service<
  Wake,
  {
    /** Says that there are new events. */
    readonly wake: Effect.Effect<void>
    /** What is to be done then, for as long as the scope is open. */
    readonly register: (act: Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@popug/http/Wake") {
  static readonly layer: Layer.Layer<Wake> = Layer.sync(Wake, make)

  /** The same bus, which wakes the feed with each commit: put it between the ports and `Popug.layer`. */
  static readonly layerBus: Layer.Layer<EventBus, never, EventBus | Wake> = Layer.effect(
    EventBus,
    Effect.gen(function* () {
      return waking(yield* EventBus, yield* Wake)
    })
  )
}
