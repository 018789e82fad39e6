/**
 * The feed of events: what people may follow of the streams, by the same rules as the reads (design: section 2).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Actor from "../Actor.ts"
import * as Command from "../commands/Command.ts"
import * as Page from "../Page.ts"
import type { PageRequest } from "../Page.ts"
import type { StoreError } from "../StoreError.ts"
import type { EventType } from "./Catalog.ts"
import * as Envelope from "./Envelope.ts"
import { EventLog } from "./EventLog.ts"

/** A part of a stream as one actor may see it. */
export interface Feed {
  /** The events that the actor may see, in order; there may be none of them in a long part. */
  readonly rows: ReadonlyArray<Envelope.Envelope>
  /** The number up to which was looked: where to go on from. */
  readonly next: number
  /** Whether the stream went on beyond it. */
  readonly more: boolean
}

export class Events extends Context.Service<
  Events,
  {
    /**
     * The events of a stream after a number that the actor may see. One call looks at a bounded part of the stream:
     * it may give fewer than `limit`, or none, and more to come.
     */
    readonly read: (
      actor: Actor.Actor,
      source: Envelope.Source,
      paging?: PageRequest<number>
    ) => Effect.Effect<Feed, Command.InvalidInput | Actor.ActorError | StoreError>
    /** The number of a stream's last event, seen or not: what to follow from on. For everybody active. */
    readonly last: (
      actor: Actor.Actor,
      source: Envelope.Source
    ) => Effect.Effect<number, Command.InvalidInput | Actor.ActorError | StoreError>
    /**
     * Lets an actor in, for a host that asks `visible` about each event itself, since it has many feeds open over one
     * reading of the log. Roles are as they are now: ask again whenever the users' stream has an event about them.
     */
    readonly admit: (actor: Actor.Actor) => Effect.Effect<Actor.ActiveActor, Actor.ActorError | StoreError>
  }
>()("@popug/core/Events") {
  static readonly layer: Layer.Layer<Events, never, EventLog | Actor.Directory> = Layer.effect(
    Events,
    Effect.suspend(() => make)
  )
}

/** For each type of event, who may see it; of data only what all its versions have. */
const rules: Record<EventType, (actor: Actor.ActiveActor, data: Mentions) => boolean> = {
  "user.created": (actor, { id }) => Actor.may(actor, "see all users") || isUser(actor, id),
  "user.updated": (actor, { id }) => Actor.may(actor, "see all users") || isUser(actor, id),
  "task.updated": (actor, { assign }) => Actor.may(actor, "see all tasks") || isUser(actor, assign),
  "task.registration-ended": () => true,
  "task.event-skipped": (actor) => Actor.may(actor, "operate the streams"),
  "billing.closed": (actor) => Actor.may(actor, "see the books") || Actor.may(actor, "see the analytics"),
  "billing.event-skipped": (actor) => Actor.may(actor, "operate the streams")
}

/** Whom an event is about. */
interface Mentions {
  readonly id?: unknown
  readonly assign?: unknown
}

const isUser = (actor: Actor.ActiveActor, id: unknown): boolean => typeof id === "string" && Actor.isUser(actor, id)

/** Whether an actor may see an event; of a type that this host does not know only those may who operate the streams. */
export const visible = (actor: Actor.ActiveActor, { data, type }: Envelope.Envelope): boolean =>
  Object.hasOwn(rules, type)
    ? rules[type as EventType](actor, (data ?? {}) as Mentions)
    : Actor.may(actor, "operate the streams")

/** How much of a stream one call looks at. */
const longest = 10_000

const parseSource = Command.parseOne("source", Envelope.Source)
const parsePaging = Page.parse(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))

const make = Effect.gen(function* () {
  const log = yield* EventLog
  const directory = yield* Effect.context<Actor.Directory>()

  const admit = Effect.fn("Events.admit")(
    (actor: Actor.Actor) => Actor.require(actor),
    Effect.provideContext(directory)
  )

  const read = Effect.fn("Events.read")(function* (
    actor: Actor.Actor,
    source: Envelope.Source,
    paging?: PageRequest<number>
  ) {
    const active = yield* Actor.require(actor)
    const stream = yield* parseSource(source)
    const { after = 0, limit } = yield* parsePaging(paging)
    const rows: Array<Envelope.Envelope> = []
    let next = after
    let more = true
    for (let looked = 0; more && rows.length < limit && looked < longest; looked = next - after) {
      // What is seen is mostly seen whole; who sees little has the look doubled until it is long.
      const size = Math.min(Math.max(limit - rows.length, looked), longest - looked)
      const events = yield* log.read(stream, next, size + 1)
      more = events.length > size
      for (const event of events.slice(0, size)) {
        if (rows.length === limit) return { rows, next, more: true }
        if (visible(active, event)) rows.push(event)
        next = event.number
      }
    }
    return { rows, next, more }
  }, Effect.provideContext(directory))

  const last = Effect.fn("Events.last")(function* (actor: Actor.Actor, source: Envelope.Source) {
    yield* Actor.require(actor)
    return yield* log.last(yield* parseSource(source))
  }, Effect.provideContext(directory))

  return Events.of({ read, last, admit })
})
