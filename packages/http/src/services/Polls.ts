/**
 * What asks other services for news: one long poll for each service and thousand streams, whichever companies and
 * subscriptions of this process want it. What it hears rings the `Bell`.
 */
import { type Envelope, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Wire from "../api/services/Wire.ts"
import { Bell, keyOf } from "../bell/Bell.ts"
import { heads } from "./heads.ts"
import type { Peer } from "./Peer.ts"

export interface PollsOptions {
  /** The service that writes each stream; a stream without one is this process's own. */
  readonly peers: { readonly [Source in Envelope.Source]?: Peer }
  /**
   * How long a service waits before it says that there is no news; default: 10 seconds; 25 are the most. A producer
   * that vanished without a word is missed five seconds after that.
   */
  readonly wait?: Duration.Input | undefined
}

export class Polls extends Context.Service<
  Polls,
  {
    /** Whether another service writes the events of a source. */
    readonly isRemote: (source: Envelope.Source) => boolean
    /** Asks for news of a stream until the scope closes. */
    readonly follow: (stream: Wire.CompanyStream) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@popug/http/Polls") {
  /** Of a process; each company's bus (`PollingBus`) uses it. */
  static readonly layer = (options: PollsOptions): Layer.Layer<Polls, never, Bell> =>
    Layer.effect(
      Polls,
      Effect.suspend(() => make(options))
    )
}

/** How long who joins a poll under way waits for others to join with it, in milliseconds. */
const gathering = 20

/**
 * How long it is not asked again after news, in milliseconds: whoever reads them finds what has come meanwhile, and a
 * service that writes all the time is not asked for each of its commits.
 */
const breath = 5

/** After how many milliseconds it is asked again for a stream that the service did not have. */
const againAfter = 5_000

/** A stream that is followed, and what is known of its end. */
interface Followed {
  readonly stream: Wire.CompanyStream
  followers: number
  number: number
  /** Left out of the question for a while: the service does not have it. */
  isUnknown: boolean
}

/** Up to so many streams of one service, and the poll for them. */
interface Part {
  readonly peer: Peer
  readonly streams: Map<string, Followed>
  /** Open when another stream is to be asked for. */
  readonly changed: Latch.Latch
}

const make = Effect.fnUntraced(function* ({ peers, wait = "10 seconds" }: PollsOptions) {
  const bell = yield* Bell
  const scope = yield* Effect.scope
  const parts = new Map<Peer, Set<Part>>()
  const places = new Map<string, Part>()

  const roomIn = Effect.fnUntraced(function* (peer: Peer) {
    const all = parts.get(peer) ?? new Set()
    parts.set(peer, all)
    for (const part of all) if (part.streams.size < Wire.mostStreams) return part
    const part: Part = { peer, streams: new Map(), changed: Latch.makeUnsafe(false) }
    all.add(part)
    const isOver = () => part.streams.size === 0 && all.delete(part)
    yield* Effect.forkIn(polling(part, { bell, scope, wait, isOver }), scope)
    return part
  })

  const enter = Effect.fnUntraced(function* (peer: Peer, stream: Wire.CompanyStream) {
    const key = keyOf(stream)
    const known = places.get(key)?.streams.get(key)
    if (known !== undefined) {
      known.followers += 1
      return
    }
    const part = yield* roomIn(peer)
    part.streams.set(key, { stream, followers: 1, number: 0, isUnknown: false })
    places.set(key, part)
    part.changed.openUnsafe()
  })

  const leave = (stream: Wire.CompanyStream): void => {
    const key = keyOf(stream)
    const part = places.get(key)
    const followed = part?.streams.get(key)
    if (part === undefined || followed === undefined) return
    followed.followers -= 1
    if (followed.followers > 0) return
    part.streams.delete(key)
    places.delete(key)
    // A poll for nobody ends; one for one less goes on.
    if (part.streams.size === 0) part.changed.openUnsafe()
  }

  return Polls.of({
    isRemote: (source) => peers[source] !== undefined,
    follow: (stream) => {
      const peer = peers[stream.source]
      return peer === undefined
        ? Effect.void
        : Effect.acquireRelease(enter(peer, stream), () => Effect.sync(() => leave(stream)))
    }
  })
})

interface Polling {
  readonly bell: Bell["Service"]
  /** That of all polls. */
  readonly scope: Scope.Scope
  readonly wait: Duration.Input
  /** Whether nobody follows a stream of the part any more; from then on it takes no other. */
  readonly isOver: () => boolean
}

/** Polls for as long as there is a stream to ask for. */
const polling = (part: Part, options: Polling): Effect.Effect<void> => {
  const { isOver, wait } = options
  const { peer, streams } = part
  const trouble = Trouble.make(`${peer.name} could not be asked for news`)
  let failures = 0
  let empty = 0
  const enough = Duration.toMillis(wait) / 2
  const changed = Effect.andThen(part.changed.await, Effect.sleep(gathering))
  const asked = Effect.suspend(() => {
    const after = [...streams.values()]
      .filter(({ isUnknown }) => !isUnknown)
      .map(({ number, stream }) => ({ ...stream, number }))
    return after.length === 0 ? Effect.never : heads(peer, after, { wait })
  })
  const once = Effect.gen(function* () {
    yield* Effect.sync(() => part.changed.closeUnsafe())
    const sent = yield* Clock.monotonicTimeNanos
    const exit = yield* Effect.exit(Effect.raceFirst(asked, changed))
    if (Exit.isSuccess(exit)) {
      if (exit.value === undefined) return
      failures = 0
      yield* trouble.over
      const isNews = yield* heard(part, options, exit.value)
      const took = Number((yield* Clock.monotonicTimeNanos) - sent) / 1e6
      // Who says at once that there is nothing, time and again, is not asked as fast as that.
      empty = isNews || took >= enough ? 0 : empty + 1
      return yield* isNews ? Effect.sleep(breath) : empty > 0 ? Effect.sleep(Trouble.waitMillis(empty)) : Effect.void
    }
    if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
    failures += 1
    yield* trouble.met(exit.cause)
    yield* Effect.sleep(Trouble.waitMillis(failures))
  })
  return Effect.whileLoop({ while: () => !isOver(), body: () => once, step: () => {} })
}

/**
 * Rings for what is new, and lets what is unknown rest for a while; whether there was anything new. What a service says
 * of streams that it was not asked for is nothing to anybody.
 */
const heard = Effect.fnUntraced(function* (
  { changed, peer, streams }: Part,
  { bell, scope }: Polling,
  news: Wire.News
) {
  const ends = news.heads.filter((end) => streams.has(keyOf(end)))
  const isNews = ends.some((end) => streams.get(keyOf(end))!.number !== end.number)
  for (const end of ends) streams.get(keyOf(end))!.number = end.number
  yield* bell.ring(ends)
  const named = new Set(news.unknown.flatMap((stream) => streams.get(keyOf(stream)) ?? []))
  const unknown = [...named].filter(({ isUnknown }) => !isUnknown)
  if (unknown.length === 0) return isNews
  const companies = new Set(unknown.map(({ stream }) => stream.company))
  yield* Effect.logWarning(`${peer.name} has no stream of ${[...companies].slice(0, 10).join(", ")} yet`)
  for (const followed of unknown) followed.isUnknown = true
  yield* Effect.sleep(againAfter).pipe(
    Effect.andThen(
      Effect.sync(() => {
        for (const followed of unknown) followed.isUnknown = false
        changed.openUnsafe()
      })
    ),
    Effect.forkIn(scope)
  )
  return true
})
