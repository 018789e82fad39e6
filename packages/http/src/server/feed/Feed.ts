/**
 * One caller's stream of events: it holds its position and nothing else, so that a thousand of them cost little. What
 * follows the position comes from the hub's ring while it is there, else from the log.
 */
import { type Actor, Company, type Envelope, Events, Feed as Rules } from "@popug/core"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Frames from "./Frames.ts"
import { Hub, type Listener } from "./Hub.ts"
import { storeAway } from "../problems.ts"

export interface FeedOptions {
  /** How long a stream may last before its client has to come again with a valid token: an hour unless told. */
  readonly longest?: Duration.Input | undefined
}

/** What one stream follows, and from where. */
export interface FeedRequest {
  readonly actor: Actor.Actor
  readonly source: Envelope.Source
  /** The last number that the caller has; what happens from now on without one. */
  readonly after?: number | undefined
}

type OpenError = Effect.Error<ReturnType<Events["Service"]["last"]>>

export class Feed extends Context.Service<
  Feed,
  {
    /**
     * Opens a stream of frames for as long as the scope is open. It ends when the process goes down, when the viewer is
     * deactivated, when it has lasted long enough, and when the store fails: the client resumes after the last number.
     */
    readonly open: (request: FeedRequest) => Effect.Effect<Stream.Stream<Uint8Array>, OpenError, Scope.Scope>
  }
>()("@popug/http/Feed") {
  static readonly layer = (options: FeedOptions = {}): Layer.Layer<Feed, never, Events | Hub | Company> =>
    Layer.effect(Feed, make(options))
}

/** How much a stream gives at once: what a slow client makes us hold. */
const atOnce = 64
const bytesAtOnce = 65_536

type Pull = Effect.Effect<Arr.NonEmptyReadonlyArray<Uint8Array>, Cause.Done>

const end: Pull = Cause.done()

const make = Effect.fnUntraced(function* ({ longest = "1 hour" }: FeedOptions) {
  const hub = yield* Hub
  const events = yield* Events
  const { settings } = yield* Company
  const clock = yield* Clock.Clock
  const lifetime = Duration.toMillis(longest)

  /** Visible frames of the ring after the position, as many as go at once. */
  const fromRing = (self: Position): Array<Uint8Array> => {
    const ring = hub.ring(self.listener.source)
    const frames: Array<Uint8Array> = []
    for (let bytes = 0; self.position < ring.last && frames.length < atOnce && bytes < bytesAtOnce;) {
      self.position += 1
      if (!Rules.visible(self.viewer, ring.event(self.position))) continue
      const frame = ring.frame(self.position)
      frames.push(frame)
      bytes += frame.length
    }
    return frames
  }

  /** A part of the log after the position; the core lets the viewer in anew. */
  const fromLog = (self: Position): Pull =>
    events.read(self.viewer.actor, self.listener.source, { after: self.position, limit: atOnce }).pipe(
      Effect.matchEffect({
        onFailure: (error) => endAfter(error),
        onSuccess: ({ next, rows }) => {
          self.position = next
          const frames = rows.map((event) => Frames.ofEvent(settings.id, event))
          return Arr.isReadonlyArrayNonEmpty(frames) ? Effect.succeed(frames) : beatOr(self, () => pull(self))
        }
      })
    )

  /** A sign of life if one is due. */
  const beatOr = (self: Position, otherwise: () => Pull): Pull => {
    if (self.beats === hub.beats()) return otherwise()
    self.beats = hub.beats()
    return Effect.succeed([Frames.ofHeartbeat(self.position)])
  }

  /** Looks up the viewer again. */
  const admit = (self: Position): Pull => {
    self.listener.changed = false
    return Effect.matchEffect(events.admit(self.viewer.actor), {
      onFailure: (error) => endAfter(error),
      onSuccess: (viewer) => {
        self.viewer = viewer
        return pull(self)
      }
    })
  }

  const pull = (self: Position): Pull =>
    Effect.suspend(() => {
      if (hub.isEnded() || clock.currentTimeMillisUnsafe() >= self.endsAt) return end
      if (self.listener.changed) return admit(self)
      if (!hub.ring(self.listener.source).follows(self.position)) return fromLog(self)
      const frames = fromRing(self)
      if (Arr.isArrayNonEmpty(frames)) return Effect.succeed(frames)
      // Checked and waited for in one go: nothing can come in between.
      return beatOr(self, () => Effect.flatMap(hub.news, () => pull(self)))
    })

  const open = Effect.fnUntraced(function* ({ actor, after, source }: FeedRequest) {
    // Followed before the viewer is let in: no change of theirs falls in between.
    const listener = yield* hub.join(actor, source)
    const viewer = yield* events.admit(actor)
    const self: Position = {
      listener,
      viewer,
      position: after ?? (yield* events.last(actor, source)),
      // One is due at once: with nothing to send yet, Node would not even send the header.
      beats: hub.beats() - 1,
      endsAt: clock.currentTimeMillisUnsafe() + lifetime
    }
    return Stream.fromPull(Effect.succeed(pull(self)))
  })

  return Feed.of({ open })
})

/** Where a stream is. */
interface Position {
  readonly listener: Listener
  viewer: Actor.ActiveActor
  /** The number up to which it has looked. */
  position: number
  /** The signs of life that were due when it gave the last. */
  beats: number
  /** The instant it has to end, in milliseconds. */
  readonly endsAt: number
}

/** Who is deactivated is out; a store that fails is tried again by the client. */
const endAfter = (error: OpenError): Pull => (error._tag === "StoreError" ? Effect.andThen(storeAway(error), end) : end)
