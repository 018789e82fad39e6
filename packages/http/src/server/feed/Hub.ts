/**
 * The one reader of the logs for all open streams of this process. It reads only while somebody listens, and the users'
 * log always then: what happens to a viewer is known before anything later is shown to them.
 */
import { type Actor, Company, Digest, type Envelope, EventLog, Position, type StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Drain } from "../platform/Drain.ts"
import { Ring } from "./Ring.ts"
import * as Wake from "./Wake.ts"

export interface HubOptions {
  /** How often the log is looked into; default: 250 ms; `null` for only when this process has written. */
  readonly pollInterval?: Duration.Input | null | undefined
  /** How often a stream that is idle gives a sign of life; default: 15 seconds. */
  readonly heartbeat?: Duration.Input | undefined
  /** How many of the latest events of each source are kept in memory while somebody listens; default: 1,024. */
  readonly ringSize?: number | undefined
}

/** One open stream, as the hub knows it. */
export interface Listener {
  readonly source: Envelope.Source
  /** The latest events of its source. */
  readonly ring: Ring
  /** Whether something was recorded about the viewer: roles have to be looked up again. */
  changed: boolean
}

export class Hub extends Context.Service<
  Hub,
  {
    /** Makes a stream known for as long as the scope is open; from then on its source is followed. */
    readonly join: (actor: Actor.Actor, source: Envelope.Source) => Effect.Effect<Listener, StoreError, Scope.Scope>
    /** Wakes a stream that has to end at an instant of its own, once a second for all of them. */
    readonly endAt: (nanos: bigint) => Effect.Effect<void, never, Scope.Scope>
    /** How many signs of life were due so far. */
    readonly beats: () => number
    /** Whether streams have to end. */
    readonly isEnded: () => boolean
    /** Waits for whatever may concern a stream: new events, a change of a viewer, a sign of life, the end. */
    readonly news: Effect.Effect<void>
  }
>()("@popug/http/Hub") {
  static readonly layer = (
    options: HubOptions = {}
  ): Layer.Layer<Hub, never, EventLog | Company | Digest.Digest | Drain | Wake.Wake> => Layer.effect(Hub, make(options))
}

/** How many events are read at once. */
const batch = 500

const openStreams = Metric.gauge("http_server_open_streams", { description: "Open streams of events" })

const make = Effect.fnUntraced(function* (options: HubOptions) {
  const { heartbeat = "15 seconds", pollInterval = "250 millis", ringSize = 1_024 } = options
  const log = yield* EventLog
  const { settings } = yield* Company
  const { sha256 } = yield* Digest.Digest
  const drain = yield* Drain
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const ends = new Set<{ readonly at: bigint }>()
  const starting = yield* Semaphore.make(1)
  const look = Latch.makeUnsafe(false)
  const rings = new Map<Envelope.Source, Ring>()
  /** How many streams there are by source; the users' log is followed with any. */
  const counts = new Map<Envelope.Source, number>()
  const viewers = new Map<string, Set<Listener>>()
  let news = Deferred.makeUnsafe<void>()
  let total = 0
  let beats = 0
  let ended = false
  let failing = false
  let running: ReadonlyArray<Fiber.Fiber<unknown>> = []

  const tell = () => {
    const told = news
    news = Deferred.makeUnsafe()
    Deferred.doneUnsafe(told, Effect.void)
  }

  /** Marks those whom an event of the users' stream is about. */
  const mark = (event: Envelope.Envelope) => {
    const { id } = (event.data ?? {}) as { readonly id?: unknown }
    if (typeof id !== "string") return
    for (const listener of viewers.get(id) ?? []) listener.changed = true
  }

  /** The end of a source's log, to be followed from now on. */
  const ringAtEnd = (source: Envelope.Source) =>
    Effect.map(
      Position.end(log, sha256, source),
      (after) => new Ring({ company: settings.id, sha256, size: ringSize, after })
    )

  /** What the log has after a ring; null when it is another log by now, without the event that the ring ends with. */
  const following = (source: Envelope.Source, ring: Ring) =>
    Effect.gen(function* () {
      if (ring.last === 0) return yield* log.read(source, 0, batch)
      const [known, ...events] = yield* log.read(source, ring.last - 1, batch + 1)
      return Position.isAt(sha256, ring.end, known) ? events : null
    })

  /** Ends the streams of a source whose log was restored underneath: their clients come back, and are told. */
  const beginAnew = (source: Envelope.Source, ring: Ring) =>
    Effect.gen(function* () {
      yield* Effect.logWarning(`the log of ${source} is not the one any more that was followed: was it restored?`)
      const other = yield* ringAtEnd(source)
      if (rings.get(source) === ring) rings.set(source, other)
      ring.isOver = true
      // What is known of the viewers is of the other log.
      if (source === "users") for (const listeners of viewers.values()) for (const one of listeners) one.changed = true
      tell()
      return []
    })

  /**
   * One look: the users' log is read last and takes effect first, so that nothing recorded after a change of a viewer is
   * shown by the old roles.
   */
  const lookOnce = Effect.gen(function* () {
    const followed = [...rings].filter(([source]) => source !== "users")
    let more = false
    const read = []
    for (const [source, ring] of followed) {
      const events = (yield* following(source, ring)) ?? (yield* beginAnew(source, ring))
      more ||= events.length === batch
      if (events.length > 0) read.push({ ring, events })
    }
    const users = rings.get("users")!
    while (true) {
      const changes = (yield* following("users", users)) ?? (yield* beginAnew("users", users))
      for (const event of changes) {
        mark(event)
        users.push(event)
      }
      if (changes.length > 0) tell()
      if (changes.length < batch) break
    }
    for (const { events, ring } of read) for (const event of events) ring.push(event)
    if (read.length > 0) tell()
    return more
  })

  const looked = lookOnce.pipe(
    Effect.tap(() => Effect.sync(() => void (failing = false))),
    Effect.catchCause((cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
      // Said once, not at every look.
      const said = failing
      failing = true
      return Effect.as(said ? Effect.void : Effect.logWarning("the feed can't read the log", cause), false)
    })
  )

  // Whoever opens the latch while a look is under way gets another: it is closed right before the look alone.
  const follow = looked.pipe(
    Effect.flatMap((more) => (more ? Effect.void : look.await)),
    Effect.andThen(Effect.sync(() => look.closeUnsafe())),
    Effect.forever
  )

  const every = (interval: Duration.Input, act: () => void) =>
    Effect.sleep(interval).pipe(Effect.andThen(Effect.sync(act)), Effect.forever)

  const run = Effect.gen(function* () {
    const started = [
      yield* Effect.forkIn(
        every("1 second", () => {
          const now = clock.monotonicTimeNanosUnsafe()
          if ([...ends].some((end) => end.at <= now)) tell()
        }),
        scope
      ),
      yield* Effect.forkIn(follow, scope),
      yield* Effect.forkIn(
        every(heartbeat, () => {
          beats += 1
          tell()
        }),
        scope
      )
    ]
    if (pollInterval !== null) {
      started.push(
        yield* Effect.forkIn(
          every(pollInterval, () => look.openUnsafe()),
          scope
        )
      )
    }
    running = started
  })

  /** Begins to follow a source from now on, if nobody does yet. */
  const start = (source: Envelope.Source) =>
    Effect.gen(function* () {
      for (const needed of new Set<Envelope.Source>(["users", source])) {
        if (!rings.has(needed)) rings.set(needed, yield* ringAtEnd(needed))
      }
      if (running.length === 0) yield* run
    })

  const leave = (actor: Actor.Actor, listener: Listener) =>
    Effect.suspend(() => {
      total -= 1
      const left = counts.get(listener.source)! - 1
      counts.set(listener.source, left)
      if (actor._tag === "User") forget(viewers, actor.id, listener)
      if (left === 0 && listener.source !== "users") rings.delete(listener.source)
      if (total > 0) return Effect.void
      rings.clear()
      const idle = running
      running = []
      return Fiber.interruptAll(idle)
    })

  const join = (actor: Actor.Actor, source: Envelope.Source) =>
    Effect.acquireRelease(
      Semaphore.withPermit(
        starting,
        Effect.gen(function* () {
          yield* start(source)
          const listener: Listener = { source, ring: rings.get(source)!, changed: false }
          total += 1
          counts.set(source, (counts.get(source) ?? 0) + 1)
          if (actor._tag === "User") remember(viewers, actor.id, listener)
          return listener
        })
      ),
      (listener) => Semaphore.withPermit(starting, leave(actor, listener))
    )

  const wake = yield* Wake.Wake
  yield* wake.register(Effect.sync(() => void look.openUnsafe()))
  yield* drain.streamsEnd.pipe(
    Effect.andThen(
      Effect.sync(() => {
        ended = true
        tell()
      })
    ),
    Effect.forkScoped
  )
  const context = yield* Effect.context<never>()
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      Metric.registerUnsafe(openStreams, context, {
        get: () => ({ value: total }),
        update: () => undefined,
        modify: () => undefined
      })
    ),
    (registration) => Effect.sync(() => registration.remove())
  )

  return Hub.of({
    join,
    endAt: (at) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => {
            const end = { at }
            ends.add(end)
            return end
          }),
          (end) => Effect.sync(() => void ends.delete(end))
        )
      ),
    beats: () => beats,
    isEnded: () => ended,
    news: Effect.suspend(() => Deferred.await(news))
  })
})

const remember = (viewers: Map<string, Set<Listener>>, id: string, listener: Listener) => {
  const known = viewers.get(id)
  if (known === undefined) viewers.set(id, new Set([listener]))
  else known.add(listener)
}

const forget = (viewers: Map<string, Set<Listener>>, id: string, listener: Listener) => {
  const known = viewers.get(id)
  if (known?.delete(listener) === true && known.size === 0) viewers.delete(id)
}
