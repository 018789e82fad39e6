/**
 * Memory whose log of tasks' events can lose one: a stream that follows it stops there.
 */
import { type Envelope, EventBus, EventLog } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The number of the event that is lost; null once it is found. */
export interface Loss {
  number: number | null
}

export const losing = (loss: Loss): typeof Memory.layer =>
  Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => ({
      ...log,
      read: (source: Envelope.Source, after: number, limit: number) =>
        Effect.map(log.read(source, after, limit), (events) =>
          source === "tasks" ? events.filter(({ number }) => number !== loss.number) : events
        )
    }))
  ).pipe(Layer.merge(EventBus.layerNone), Layer.provideMerge(Memory.layer))
