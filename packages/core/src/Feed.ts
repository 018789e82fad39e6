/**
 * The feed of events: what people may follow of the streams, by the same rules as the reads.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { takes, visible } from "./Catalog.ts"
import * as Actor from "./company/Actor.ts"
import * as Envelope from "./stream/Envelope.ts"
import { EventLog } from "./stream/EventLog.ts"
import * as Position from "./stream/Position.ts"
import { Digest } from "./values/Digest.ts"
import { TaskId, UserId } from "./values/Ids.ts"
import * as Input from "./values/Input.ts"
import * as Page from "./values/Page.ts"
import type { StoreError } from "./values/StoreError.ts"
import { traced } from "./values/traced.ts"

/** Which part of a stream is asked for. */
export interface FeedRequest {
  /** Where to go on from; from the start without it. */
  readonly after?: Position.Position | number | undefined
  /** How many rows at most: 1 to 10,000; default: 100. */
  readonly limit?: number | undefined
  /** `newest` goes from the end to the start; default: `oldest`. */
  readonly order?: Page.Order | undefined
  /** Only what this user caused, or `system`. */
  readonly actor?: string | undefined
  /** Only what happened to this task. */
  readonly task?: string | undefined
}

/** A part of a stream as one actor may see it. */
export interface Feed {
  /** The events that the actor may see, in order; there may be none of them in a long part. */
  readonly rows: ReadonlyArray<Envelope.Envelope>
  /** The position that was looked up to: where to go on from, in the same order. */
  readonly next: Position.Position
  /** Whether the stream went on beyond it; with `newest`, before it. */
  readonly more: boolean
  /** Whether tasks were taken from somebody in what was looked at and the actor may not see: from them, maybe. */
  readonly reassigned: boolean
}

export class Events extends Context.Service<
  Events,
  {
    /**
     * The events of a stream after a position (or a number) that the actor may see; with `newest` those before it, the
     * last first, and without a position from the end. One call looks at 1,000 events at
     * most, whatever the actor may see of them: it may return fewer than `limit`, or none, and more to come. Fails with
     * `PositionBeyondLog` when the log does not hold the position.
     */
    readonly read: (
      actor: Actor.Actor,
      source: Envelope.Source,
      paging?: FeedRequest
    ) => Effect.Effect<Feed, Input.InvalidInput | Actor.ActorError | Position.PositionBeyondLog | StoreError>
    /**
     * Where to follow a stream from: the given position, if the log holds it; without one the stream's end, seen or
     * not. For everybody active.
     */
    readonly position: (
      actor: Actor.Actor,
      source: Envelope.Source,
      after?: Position.Position | number
    ) => Effect.Effect<
      Position.Position,
      Input.InvalidInput | Actor.ActorError | Position.PositionBeyondLog | StoreError
    >
    /**
     * Lets an actor in, for a host that asks `Catalog.visible` about each event itself, since it has many feeds open
     * over one reading of the log. Roles are as they are now: ask again whenever the users' stream has an event about
     * them.
     */
    readonly admit: (actor: Actor.Actor) => Effect.Effect<Actor.ActiveActor, Actor.ActorError | StoreError>
  }
>()("@popug/core/Events") {
  static readonly layer: Layer.Layer<Events, never, EventLog | Digest | Actor.Directory> = Layer.effect(
    Events,
    Effect.suspend(() => make)
  )
}

/** How much of a stream one call looks at: what bounds its cost for an actor who may see next to nothing. */
const longest = 1_000

const parseSource = Input.parseOne("source", Envelope.Source)
const parsePaging = Page.parse(Schema.Union([Position.Position, Position.Position.fields.number]))

const parseAbout = Input.parse(
  Schema.Struct({
    order: Page.Order,
    actor: Schema.optionalKey(Schema.Union([Schema.Literal("system"), UserId])),
    task: Schema.optionalKey(TaskId)
  })
)

/** What is given of some values that may be undefined. */
const given = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Whether an event is by the actor and about the task asked for. */
const isAbout = (
  { actor, task }: { readonly actor?: string; readonly task?: TaskId },
  event: Envelope.Envelope
): boolean =>
  (actor === undefined || event.actor === (actor === "system" ? actor : Actor.key(Actor.user(actor)))) &&
  (task === undefined || (event.type === "task.updated" && (event.data as { readonly id: unknown }).id === task))

/** Some events of a stream in the order in which they are read, and whether more follow. */
interface Look {
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly more: boolean
}

/** Looks at events after a number. */
const forth = (log: EventLog["Service"], stream: Envelope.Source) => (after: number, size: number) =>
  Effect.map(log.read(stream, after, size + 1), (events): Look => ({
    events: events.slice(0, size),
    more: events.length > size
  }))

/** Looks at events before a number, the last first: their numbers have no gaps. */
const back = (log: EventLog["Service"], stream: Envelope.Source) => (before: number, size: number) => {
  const after = Math.max(before - 1 - size, 0)
  return Effect.map(
    after === before - 1 ? Effect.succeed([]) : log.read(stream, after, before - 1 - after),
    (events): Look => ({
      events: events.toReversed(),
      more: after > 0 && events.length > 0
    })
  )
}

const placed = (after: Position.Position | number): Position.Position =>
  typeof after === "number" ? { number: after } : after

const make = Effect.gen(function* () {
  const log = yield* EventLog
  const { sha256 } = yield* Digest
  const directory = yield* Effect.context<Actor.Directory>()

  const admit = traced("Events.admit")(function* (actor: Actor.Actor) {
    return yield* Actor.require(actor)
  }, Effect.provideContext(directory))

  const read = traced("Events.read")(function* (
    actor: Actor.Actor,
    source: Envelope.Source,
    { actor: by, order: asked = "oldest", task, ...paging }: FeedRequest = {}
  ) {
    const active = yield* Actor.require(actor)
    const stream = yield* parseSource(source)
    const { order, ...about } = yield* parseAbout({ order: asked, ...given({ actor: by, task }) })
    const { after, limit } = yield* parsePaging(paging)
    const from = placed(after ?? 0)
    yield* Position.check(log, sha256, stream, from)
    const isAsked = (event: Envelope.Envelope) => isAbout(about, event) && visible(active, event)
    const look = order === "newest" ? back(log, stream) : forth(log, stream)
    const rows: Array<Envelope.Envelope> = []
    let last: Envelope.Envelope | undefined
    let next = order === "newest" && after === undefined ? (yield* log.last(stream)) + 1 : from.number
    let more = true
    let reassigned = false
    const feed = (more: boolean): Feed => ({
      rows,
      next: last === undefined ? from : Position.of(sha256, last),
      more,
      reassigned
    })
    for (let looked = 0; more && rows.length < limit && looked < longest;) {
      // What is seen is mostly seen whole; for an actor who sees little, each look is twice as long, up to a bound.
      const part: Look = yield* look(next, Math.min(Math.max(limit - rows.length, looked), longest - looked))
      more = part.more
      for (const event of part.events) {
        if (rows.length === limit) return feed(true)
        if (isAsked(event)) rows.push(event)
        else reassigned ||= takes(active, event)
        last = event
        next = event.number
      }
      looked += part.events.length
    }
    return feed(more)
  }, Effect.provideContext(directory))

  const position = traced("Events.position")(function* (
    actor: Actor.Actor,
    source: Envelope.Source,
    after?: Position.Position | number
  ) {
    yield* Actor.require(actor)
    const stream = yield* parseSource(source)
    if (after === undefined) return yield* Position.end(log, sha256, stream)
    const from = placed(after)
    yield* Position.check(log, sha256, stream, from)
    return from
  }, Effect.provideContext(directory))

  return Events.of({ read, position, admit })
})
