/**
 * The one reader of the logs for all open streams of this process. It reads only while somebody listens, and the users'
 * log always then: what happens to a viewer is known before anything later is shown to them.
 */
import { type Actor, Company, Digest, type Envelope, EventLog, type StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Bell } from "../../bell/Bell.ts"
import { Drain } from "../platform/Drain.ts"
import * as Logs from "./Logs.ts"
import { News } from "./News.ts"
import type { Ring } from "./Ring.ts"
import { Viewers, type Viewing } from "./Viewers.ts"

export interface HubOptions {
  /** How often the log is looked into; default: 250 ms; `null` for only when this process has written. */
  readonly pollInterval?: Duration.Input | null | undefined
  /** How often a stream that is idle gives a sign of life; default: 15 seconds. */
  readonly heartbeat?: Duration.Input | undefined
  /** How many of the latest events of each source are kept in memory while somebody listens; default: 1,024. */
  readonly ringSize?: number | undefined
}

/** One open stream, as the hub knows it. */
export interface Listener extends Viewing {
  readonly source: Envelope.Source
  /** The latest events of its source. */
  readonly ring: Ring
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
  ): Layer.Layer<Hub, never, EventLog | Company | Digest.Digest | Drain | Bell> => Layer.effect(Hub, make(options))
}

/** Of all hubs of the process. */
const openStreams = Metric.gauge("http_server_open_streams", { description: "Open streams of events" })

const every = (interval: Duration.Input, act: () => void) =>
  Effect.sleep(interval).pipe(Effect.andThen(Effect.sync(act)), Effect.forever)

/** Looks whenever the latch is open, and again as long as there is more. */
const following = (look: Effect.Effect<boolean, unknown>, latch: Latch.Latch) => {
  let failing = false
  const looked = look.pipe(
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
  return looked.pipe(
    Effect.flatMap((more) => (more ? Effect.void : latch.await)),
    Effect.andThen(Effect.sync(() => latch.closeUnsafe())),
    Effect.forever
  )
}

/** The instants at which streams have to end; looked at once a second for all of them. */
const makeEnds = (clock: Clock.Clock, news: News) => {
  const ends = new Set<{ readonly at: bigint }>()
  return {
    watch: every("1 second", () => {
      const now = clock.monotonicTimeNanosUnsafe()
      if ([...ends].some((end) => end.at <= now)) news.tell()
    }),
    at: (at: bigint) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => {
            const end = { at }
            ends.add(end)
            return end
          }),
          (end) => Effect.sync(() => void ends.delete(end))
        )
      )
  }
}

/** Looks as soon as this process has written, and ends the streams when it goes down. */
const attend = Effect.fnUntraced(function* (company: string, latch: Latch.Latch, news: News) {
  const { streamsEnd } = yield* Drain
  const bell = yield* Bell
  yield* bell.onRing(company, () => latch.openUnsafe())
  yield* Effect.forkScoped(
    Effect.andThen(
      streamsEnd,
      Effect.sync(() => news.end())
    )
  )
})

const make = Effect.fnUntraced(function* (options: HubOptions) {
  const { heartbeat = "15 seconds", pollInterval = "250 millis", ringSize: size = 1_024 } = options
  const log = yield* EventLog
  const { settings } = yield* Company
  const { sha256 } = yield* Digest.Digest
  const scope = yield* Effect.scope
  const context = yield* Effect.context<never>()
  const starting = yield* Semaphore.make(1)
  const latch = Latch.makeUnsafe(false)
  const news = new News()
  const viewers = new Viewers<Listener>()
  const logs = Logs.make({ log, sha256, company: settings.id, size, viewers, news })
  const ends = makeEnds(yield* Clock.Clock, news)
  /** How many streams there are by source; the users' log is followed with any. */
  const counts = new Map<Envelope.Source, number>()
  let total = 0
  let running: ReadonlyArray<Fiber.Fiber<unknown>> = []

  const loops = [
    ends.watch,
    following(logs.look, latch),
    every(heartbeat, () => news.beat()),
    ...(pollInterval === null ? [] : [every(pollInterval, () => latch.openUnsafe())])
  ]

  const enter = Effect.fnUntraced(function* (actor: Actor.Actor, source: Envelope.Source) {
    yield* logs.follow("users")
    const ring = yield* logs.follow(source)
    if (running.length === 0) running = yield* Effect.forEach(loops, (loop) => Effect.forkIn(loop, scope))
    const listener: Listener = { source, ring, changed: false }
    total += 1
    openStreams.modifyUnsafe(1, context)
    counts.set(source, (counts.get(source) ?? 0) + 1)
    viewers.add(actor, listener)
    return listener
  })

  const leave = (actor: Actor.Actor, listener: Listener) =>
    Effect.suspend(() => {
      total -= 1
      openStreams.modifyUnsafe(-1, context)
      const left = counts.get(listener.source)! - 1
      counts.set(listener.source, left)
      viewers.remove(actor, listener)
      if (left === 0 && listener.source !== "users") logs.leave(listener.source)
      if (total > 0) return Effect.void
      logs.leaveAll()
      const idle = running
      running = []
      return Fiber.interruptAll(idle)
    })

  yield* attend(settings.id, latch, news)
  openStreams.modifyUnsafe(0, context)

  return Hub.of({
    join: (actor, source) =>
      Effect.acquireRelease(Semaphore.withPermit(starting, enter(actor, source)), (listener) =>
        Semaphore.withPermit(starting, leave(actor, listener))
      ),
    endAt: ends.at,
    beats: () => news.beats,
    isEnded: () => news.isOver,
    news: news.next
  })
})
