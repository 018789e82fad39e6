/**
 * The catalogue of events that cross contexts, put together of what each context publishes: for whoever follows all
 * streams alike. Contexts read each other's `events.ts` alone.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { billingEvents } from "./billing/events.ts"
import * as Access from "./company/Access.ts"
import type * as Actor from "./company/Actor.ts"
import type { Envelope } from "./stream/Envelope.ts"
import * as Defined from "./stream/Event.ts"
import { takesTask, taskEvents } from "./tasks/events.ts"
import { userEvents } from "./users/events.ts"

export { BillingClosed, TopTask, Totals } from "./billing/events.ts"
export { MalformedEvent, UnknownEventVersion, UnwritableVersion, WrittenVersions } from "./stream/Event.ts"
export { EventSkipped } from "./stream/Resume.ts"
export { RegistrationEnded, TaskChange, TaskShuffled, TaskUpdated } from "./tasks/events.ts"
export { UserCreated, UserIdentified, UserUpdated } from "./users/events.ts"

export const catalog = { ...userEvents, ...taskEvents, ...billingEvents } as const
export type EventType = keyof typeof catalog

/** An event whose data was read at today's version. */
export type Event = Defined.Event<typeof catalog>
export type EventOf<T extends EventType> = Defined.Event<typeof catalog, T>

/** Reads an event's data, of whatever stream, and brings it to today's version. */
export const decode = Defined.decoder(catalog)

/**
 * The versions that producers are to write, where those are not today's: `{ "task.updated": 1 }` until all consumers
 * know version 2. Fails with `UnwritableVersion` for what can't be written (any more).
 */
export const writing = Defined.writing(catalog)

/** Has the producers beneath write these versions, instead of today's. */
export const layerWriting = (
  versions: Readonly<Partial<Record<EventType, number>>>
): Layer.Layer<never, Defined.UnwritableVersion> =>
  Layer.effect(
    Defined.WrittenVersions,
    Effect.suspend(() => Effect.fromResult(writing(versions as Readonly<Record<string, number>>)))
  )

/**
 * Writes an event to a stream at today's version, by `Actor.key` of who causes it. Contexts write their own; this is
 * for who stands in for one, as a test of an adapter does.
 */
export const publish = Defined.publisher(catalog)

/** Whether an actor may see an event; of a type that this host does not know only those may who operate the streams. */
export const visible = (actor: Actor.ActiveActor, { data, type }: Envelope): boolean =>
  Object.hasOwn(catalog, type)
    ? catalog[type as EventType].visibleTo(actor, (data ?? {}) as Defined.RecordedData)
    : Access.may(actor, "operate the streams")

/**
 * Whether an event took something from somebody who may not see it: a task went from them. It says who has it now, so
 * that they are told no more than that such a thing happened.
 */
export const takes = (actor: Actor.ActiveActor, event: Envelope): boolean => takesTask(event) && !visible(actor, event)
