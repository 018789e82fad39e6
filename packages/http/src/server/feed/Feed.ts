/**
 * One caller's stream of events: it holds its position and nothing else, so that a thousand of them cost little. What
 * follows the position comes from the hub's ring while it is there, otherwise from the log.
 */
import { Actor, Catalog, Company, type Envelope, Events, type Position, type Trouble } from "@popug/core"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { addressOf, networkOf } from "../guard/address.ts"
import { Turns } from "../guard/Turns.ts"
import { Outages } from "../wire/Outages.ts"
import * as Frames from "./Frames.ts"
import { Hub, type Listener } from "./Hub.ts"
import * as Places from "./Places.ts"
import type { PlaceOptions, Refusal } from "./Places.ts"

export interface FeedOptions extends PlaceOptions {
  /** How long a stream may last before its client has to come again, if its token lasts so long; default: an hour. */
  readonly longest?: Duration.Input | undefined
  /** How many proxies stand in front of the server and append to `X-Forwarded-For`; default: none. */
  readonly trustedProxies?: number | undefined
}

/** What one stream follows, and from where. */
export interface FeedRequest {
  readonly actor: Actor.Actor
  readonly source: Envelope.Source
  /** Where the caller stands; what happens from now on without it. */
  readonly after?: Position.Position | undefined
  /** For how many milliseconds the caller's token still holds; null when nothing is known of that. */
  readonly holdsFor: number | null
  /** Whether the caller's token is still theirs: asked when something was recorded about them; default: it is. */
  readonly holds?: Effect.Effect<boolean> | undefined
}

type OpenError = Effect.Error<ReturnType<Events["Service"]["position"]>>

export class Feed extends Context.Service<
  Feed,
  {
    /** Takes a place for a stream for as long as the scope is open; fails when too many are open. */
    readonly place: (actor: Actor.Actor) => Effect.Effect<void, Refusal, Scope.Scope | HttpServerRequest>
    /**
     * Opens a stream of frames for as long as the scope is open. It ends when the process goes down, when the token
     * runs out or is not the viewer's any more, when the viewer is deactivated, when it has lasted long enough, when
     * the log was replaced, and when the store fails: the client resumes after the last position, and is told then what
     * else is wrong. Fails with `PositionBeyondLog` when the log does not hold the position.
     */
    readonly open: (request: FeedRequest) => Effect.Effect<Stream.Stream<Uint8Array>, OpenError, Scope.Scope>
  }
>()("@popug/http/Feed") {
  static readonly layer = (options: FeedOptions = {}): Layer.Layer<Feed, never, Events | Hub | Company> =>
    Layer.effect(Feed, make(options)).pipe(Layer.provide(Turns.layer))
}

/** How much a stream sends at once: what a slow client makes the server hold. */
const atOnce = 64
const bytesAtOnce = 65_536

type Pull = Effect.Effect<Arr.NonEmptyReadonlyArray<Uint8Array>, Cause.Done>

const end: Pull = Cause.done()

const theirs = Effect.succeed(true)

interface Sources {
  readonly hub: Hub["Service"]
  readonly events: Events["Service"]
  readonly turns: Turns["Service"]
  readonly company: string
  readonly clock: Clock.Clock
  readonly outages: Trouble.Trouble
}

/** Reads a stream's next frames, or waits for them. */
const pulling = ({ clock, company, events, hub, outages, turns }: Sources) => {
  /**
   * A deactivated viewer is out; after a failure of the store the client comes again, and is told of another log then.
   */
  const endAfter = (error: OpenError): Pull =>
    error._tag === "StoreError" ? Effect.andThen(outages.met(Cause.fail(error)), end) : end

  /** A part of the log after the position, when it is the viewer's turn; the core lets the viewer in anew. */
  const fromLog = (self: Follower): Pull => {
    const { listener, viewer } = self
    const request = { after: positionOf(self), limit: atOnce }
    return events.read(viewer.actor, listener.source, request).pipe(
      turns.of(viewer.actor),
      Effect.matchEffect({
        onFailure: endAfter,
        onSuccess: ({ next, reassigned, rows }) => {
          self.number = next.number
          self.known = next
          self.passed = undefined
          const frames = rows.map((event) => Frames.ofEvent(company, listener.ring.positionOf(event), event))
          if (reassigned) frames.push(Frames.ofReassigned(next))
          return Arr.isReadonlyArrayNonEmpty(frames) ? Effect.succeed(frames) : beatOr(self, () => pull(self))
        }
      })
    )
  }

  /** A sign of life if one is due. */
  const beatOr = (self: Follower, otherwise: () => Pull): Pull => {
    if (self.beats === hub.beats()) return otherwise()
    self.beats = hub.beats()
    return Effect.succeed([Frames.ofHeartbeat(positionOf(self))])
  }

  /** Looks up the viewer again, and whether the token that let them in still does. */
  const admit = (self: Follower): Pull => {
    self.listener.changed = false
    return Effect.matchEffect(Effect.all([events.admit(self.viewer.actor), self.holds]), {
      onFailure: endAfter,
      onSuccess: ([viewer, holds]) => {
        self.viewer = viewer
        return holds ? pull(self) : end
      }
    })
  }

  const pull = (self: Follower): Pull =>
    Effect.suspend(() => {
      const { listener } = self
      if (hub.isEnded() || listener.ring.isOver || clock.monotonicTimeNanosUnsafe() >= self.endsAt) return end
      if (listener.changed) return admit(self)
      if (!listener.ring.follows(self.number)) return fromLog(self)
      const frames = fromRing(self)
      if (Arr.isArrayNonEmpty(frames)) return Effect.succeed(frames)
      // Checked and waited for in one go: nothing can come in between.
      return beatOr(self, () => Effect.flatMap(hub.news, () => pull(self)))
    })
  return pull
}

/** Visible frames of the ring after the position, as many as go at once. */
const fromRing = (self: Follower): Array<Uint8Array> => {
  const { ring } = self.listener
  const frames: Array<Uint8Array> = []
  let reassigned = false
  for (let bytes = 0; self.number < ring.last && frames.length < atOnce && bytes < bytesAtOnce;) {
    const event = ring.event(self.number + 1)
    self.number = event.number
    self.passed = event
    if (!Catalog.visible(self.viewer, event)) {
      reassigned ||= Catalog.takes(self.viewer, event)
      continue
    }
    const frame = ring.frame(event.number)
    frames.push(frame)
    bytes += frame.length
  }
  if (reassigned) frames.push(Frames.ofReassigned(positionOf(self)))
  return frames
}

const positionOf = ({ known, listener, passed }: Follower): Position.Position =>
  passed === undefined ? known : listener.ring.positionOf(passed)

const make = Effect.fnUntraced(function* ({ longest = "1 hour", trustedProxies = 0, ...limits }: FeedOptions) {
  const hub = yield* Hub
  const events = yield* Events
  const turns = yield* Turns
  const { settings } = yield* Company
  const clock = yield* Clock.Clock
  const outages = yield* Outages
  const shared = yield* Places.Shared
  const places = shared ?? Places.make(limits)
  const company = shared === null ? undefined : settings.id
  const lifetime = Duration.toMillis(longest)
  const pull = pulling({ hub, events, turns, company: settings.id, clock, outages })

  const place = (actor: Actor.Actor) =>
    Effect.flatMap(HttpServerRequest, (request) =>
      places({ user: Actor.key(actor), network: networkOf(addressOf(request, trustedProxies)), company })
    )

  const open = Effect.fnUntraced(function* ({ actor, after, holds = theirs, holdsFor, source }: FeedRequest) {
    // A span of the clock that ran on while the token was judged: what time it is for tokens does not matter here.
    const lasts = Math.max(0, Math.min(lifetime, holdsFor ?? lifetime))
    const endsAt = clock.monotonicTimeNanosUnsafe() + BigInt(Math.floor(lasts * 1e6))
    // Followed before the viewer is let in: no change of theirs falls in between.
    const listener = yield* hub.join(actor, source)
    yield* hub.endAt(endsAt)
    const viewer = yield* events.admit(actor)
    const known = yield* events.position(actor, source, after)
    // One sign of life is due at once: with nothing to send yet, Node would not even send the header.
    const beats = hub.beats() - 1
    const self: Follower = { listener, viewer, number: known.number, known, passed: undefined, beats, endsAt, holds }
    return Stream.fromPull(Effect.succeed(pull(self)))
  })

  return Feed.of({ place, open })
})

/** Where a stream is. */
interface Follower {
  readonly listener: Listener
  viewer: Actor.ActiveActor
  /** The number up to which it has looked. */
  number: number
  /** The event of that number, or, when there is none, the position. */
  passed: Envelope.Envelope | undefined
  known: Position.Position
  /** The signs of life that were due when it gave the last. */
  beats: number
  /** The instant it has to end, on the monotonic clock. */
  readonly endsAt: bigint
  readonly holds: Effect.Effect<boolean>
}
