/**
 * The feed of events: what people may follow of the streams, by the same rules as the reads.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { visible } from "./Catalog.ts"
import * as Actor from "./company/Actor.ts"
import * as Envelope from "./stream/Envelope.ts"
import { EventLog } from "./stream/EventLog.ts"
import * as Position from "./stream/Position.ts"
import { Digest } from "./values/Digest.ts"
import * as Input from "./values/Input.ts"
import * as Page from "./values/Page.ts"
import type { StoreError } from "./values/StoreError.ts"

/** Which part of a stream is asked for. */
export interface FeedRequest {
  /** Where to go on from; from the start without it. */
  readonly after?: Position.Position | number | undefined
  /** How many rows at most: 1 to 10,000; default: 100. */
  readonly limit?: number | undefined
}

/** A part of a stream as one actor may see it. */
export interface Feed {
  /** The events that the actor may see, in order; there may be none of them in a long part. */
  readonly rows: ReadonlyArray<Envelope.Envelope>
  /** The position that was looked up to: where to go on from. */
  readonly next: Position.Position
  /** Whether the stream went on beyond it. */
  readonly more: boolean
}

export class Events extends Context.Service<
  Events,
  {
    /**
     * The events of a stream after a position (or a number) that the actor may see. One call looks at 1,000 events at
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

const placed = (after: Position.Position | number): Position.Position =>
  typeof after === "number" ? { number: after } : after

const make = Effect.gen(function* () {
  const log = yield* EventLog
  const { sha256 } = yield* Digest
  const directory = yield* Effect.context<Actor.Directory>()

  const admit = Effect.fn("Events.admit")(
    (actor: Actor.Actor) => Actor.require(actor),
    Effect.provideContext(directory)
  )

  const read = Effect.fn("Events.read")(function* (actor: Actor.Actor, source: Envelope.Source, paging?: FeedRequest) {
    const active = yield* Actor.require(actor)
    const stream = yield* parseSource(source)
    const { after = 0, limit } = yield* parsePaging(paging)
    const from = placed(after)
    yield* Position.check(log, sha256, stream, from)
    const rows: Array<Envelope.Envelope> = []
    let last: Envelope.Envelope | undefined
    let next = from.number
    let more = true
    const feed = (more: boolean): Feed => ({ rows, next: last === undefined ? from : Position.of(sha256, last), more })
    for (let looked = 0; more && rows.length < limit && looked < longest; looked = next - from.number) {
      // What is seen is mostly seen whole; for an actor who sees little, each look is twice as long, up to a bound.
      const size = Math.min(Math.max(limit - rows.length, looked), longest - looked)
      const events = yield* log.read(stream, next, size + 1)
      more = events.length > size
      for (const event of events.slice(0, size)) {
        if (rows.length === limit) return feed(true)
        if (visible(active, event)) rows.push(event)
        last = event
        next = event.number
      }
    }
    return feed(more)
  }, Effect.provideContext(directory))

  const position = Effect.fn("Events.position")(function* (
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
