/**
 * The port that carries events between contexts.
 *
 * Delivery is at least once for each named subscription, in any order; the consumer makes order of it, and reads from
 * the producer's log what the bus has lost.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { StoreError } from "../values/StoreError.ts"
import type * as Envelope from "./Envelope.ts"
import * as Trouble from "./Trouble.ts"

/** The bus could not take the events; they are in the log all the same. */
export class BusError extends Schema.TaggedError<BusError>()("BusError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** One arrival of an event at a subscription. */
export interface Delivery {
  readonly event: Envelope.Envelope
  /** Says that the event's effects are committed; without it the event comes again. */
  readonly acknowledge: Effect.Effect<void>
}

export interface Subscription {
  /**
   * Waits for deliveries, and takes those that are there: at least one, but for a bus that reads a log which was
   * restored to an earlier moment, and has nothing to deliver of it. Then whoever takes is to look for themselves.
   */
  readonly take: Effect.Effect<ReadonlyArray<Delivery>>
}

/**
 * Contract: `publish` returns when the events are as durable as the adapter can make them. Delivery is at least once
 * for each named subscription, in any order, with duplicates; what is not acknowledged is delivered again, at the
 * latest to the next subscriber of that name. A new name starts at number 1. The window in flight (delivered, not
 * acknowledged) holds at most 10,000 events. Subscriptions of different names do not disturb each other.
 *
 * Whether subscribers of one name share its events or each get all of them is the adapter's choice: a consumer takes
 * its cursor before it applies anything, passes over what that has, and reads from the log what is missing.
 *
 * A bus that reads the log may promise more (`looks`). Each subscriber is then delivered whatever the log has, whether
 * it was published or not and whether anybody heard of it or not, at the latest `PollInterval` after its commit; where
 * that is null, nothing is looked for. The interval is the one that whoever takes has. Consumers leave looking to such
 * a bus, which can look once for all companies of a process; on any other each consumer looks into the log as often.
 */
export class EventBus extends Context.Service<
  EventBus,
  Carrier & {
    readonly looks: boolean
    /** That it refuses one commit after another is said once, whichever context publishes. */
    readonly trouble: Trouble.Trouble
  }
>()("@popug/core/EventBus") {
  /** Makes a bus of what an adapter brings; one that says nothing of looking does not look. */
  static make(carrier: Carrier & { readonly looks?: boolean }): EventBus["Service"] {
    return { looks: false, trouble: Trouble.make("events were not published, and consumers read the log"), ...carrier }
  }

  /** A bus that carries nothing, for hosts whose consumers read the log. */
  static readonly layerNone: Layer.Layer<EventBus> = Layer.sync(EventBus, () =>
    EventBus.make({
      publish: () => Effect.void,
      subscribe: () => Effect.succeed({ take: Effect.never })
    })
  )
}

/** What an adapter brings. */
interface Carrier {
  readonly publish: (events: ReadonlyArray<Envelope.Envelope>) => Effect.Effect<void, BusError>
  readonly subscribe: (
    name: string,
    source: Envelope.Source,
    options?: SubscribeOptions
  ) => Effect.Effect<Subscription, never, Scope.Scope>
}

export interface SubscribeOptions {
  /**
   * The number up to which the subscriber has applied everything, whenever it is asked. A bus that reads the log need
   * not read those events again, and may take them for acknowledged; others pass over it.
   */
  readonly applied?: Effect.Effect<number, StoreError>
}

/**
 * Publishes what a commit has written. A bus that refuses is no failure of the command: consumers find the events in
 * the log.
 */
export const announce = Effect.fnUntraced(function* (events: ReadonlyArray<Envelope.Envelope>) {
  if (events.length === 0) return
  const bus = yield* EventBus
  yield* bus.publish(events).pipe(
    Effect.andThen(bus.trouble.over),
    Effect.catch((error) => bus.trouble.met(Cause.fail(error)))
  )
})
