/**
 * Who waits for new events in this process, of whichever company, and how they hear of those of other processes: one
 * connection that listens, and one poll behind it, because a notification is lost with its connection.
 */
import { type Envelope, PollInterval, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { CompanyDatabase, Database } from "./Database.ts"
import { toStoreError } from "./errors.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { sourceNumber } from "./sources.ts"

type Source = Envelope.Source

/** A stream of a company: their numbers. */
type Stream = `${number}:${number}`

interface Waiter {
  readonly wake: () => void
  /** The last event that it has; null for one that no event would help. */
  readonly has: number | null
}

/** What was heard of a stream: how often, the number that was named last, and how often it was another than before. */
interface Rung {
  readonly times: number
  readonly number: number
  readonly turns: number
}

const never: Rung = { times: 0, number: 0, turns: 0 }

/** Wakes those who wait for a stream's events. */
export class Alarm {
  readonly #rung = new Map<Stream, Rung>()
  readonly #waiting = new Map<Stream, Set<Waiter>>()
  readonly #overhearing = new Set<(company: number) => void>()
  readonly #scope: Scope.Scope
  /** When somebody has last looked for all, on the monotonic clock; undefined for never. */
  #looked: bigint | undefined

  /** Until the scope closes. */
  constructor(scope: Scope.Scope) {
    this.#scope = scope
  }

  /**
   * A stream's last event has this number: nothing happens for those who have it. A number below one that was heard of
   * counts as well: the log may have been restored to an earlier moment.
   */
  ring(stream: Stream, number: number): void {
    const { number: before, times, turns } = this.heard(stream)
    this.#rung.set(stream, { times: times + 1, number, turns: turns + (number === before ? 0 : 1) })
    this.wake(stream, number)
    if (this.#overhearing.size === 0) return
    const company = Number(stream.slice(0, stream.indexOf(":")))
    for (const hear of this.#overhearing) hear(company)
  }

  /** Tells somebody of every company that is rung for; returns what ends that. */
  overhear(hear: (company: number) => void): () => void {
    this.#overhearing.add(hear)
    return () => this.#overhearing.delete(hear)
  }

  heard(stream: Stream): Rung {
    return this.#rung.get(stream) ?? never
  }

  /**
   * Whether there was a ring since, of another event than the one that somebody has: it may be another ring than the
   * last, as a late one of that event may come behind one of the next.
   */
  isNews(stream: Stream, since: Rung, has: number): boolean {
    const { number, times, turns } = this.heard(stream)
    return times !== since.times && (number !== has || turns > since.turns + 1)
  }

  /** Wakes those whose last event is another than the stream's; without a number, all. */
  wake(stream: Stream, last?: number): void {
    for (const waiter of this.#waiting.get(stream) ?? []) if (last === undefined || waiter.has !== last) waiter.wake()
  }

  wakeAll(): void {
    for (const stream of this.#waiting.keys()) this.wake(stream)
  }

  /** Waits for the next ring, unless what it would say is so already. */
  next(stream: Stream, has: number | null, already: () => boolean): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (already()) return resume(Effect.void)
      const waiting = this.#waiting.get(stream) ?? new Set()
      this.#waiting.set(stream, waiting)
      const leave = () => {
        waiting.delete(waiter)
        if (waiting.size === 0 && this.#waiting.get(stream) === waiting) this.#waiting.delete(stream)
      }
      const waiter: Waiter = {
        has,
        wake: () => {
          leave()
          resume(Effect.void)
        }
      }
      waiting.add(waiter)
      return Effect.sync(leave)
    })
  }

  /** The streams that somebody waits for an event of. */
  awaited(): ReadonlyArray<Stream> {
    return [...this.#waiting].flatMap(([stream, waiting]) =>
      [...waiting].some(({ has }) => has !== null) ? [stream] : []
    )
  }

  /** How many nanoseconds until somebody must look; whoever gets zero does so, for all. */
  turn(now: bigint, interval: bigint): bigint {
    const due = this.#looked === undefined ? now : this.#looked + interval
    if (due > now) return due - now
    this.#looked = now
    return 0n
  }

  /** Looks for all, and goes on when whoever has begun it does not wait any more. */
  lookFor(all: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.flatMap(Effect.forkIn(all, this.#scope), Fiber.await)
  }
}

export const streamOf = ({ number }: CompanyDatabase, source: Source): Stream => `${number}:${sourceNumber(source)}`

const channelOf = (db: Asking): string => `popug_${db.name}`

const notify = (db: Asking, payloads: ReadonlyArray<string>) =>
  Effect.asVoid(
    db.query("select pg_notify($1, payload) from unnest($2) as n (payload)", [
      Param.text(channelOf(db)),
      Param.texts(payloads)
    ])
  )

/** A notification takes a lock that the whole server has one of: those of many companies take it once. */
const telling: Question<ReadonlyArray<string>, void> = {
  one: notify,
  many: (db, payloads) =>
    Effect.as(
      notify(db, payloads.flat()),
      payloads.map(() => undefined)
    ),
  abreast: 1
}

/** Tells all processes of the newest numbers. */
export const announce = (db: CompanyDatabase, newest: ReadonlyMap<Source, number>) =>
  db.gathered.ask(
    telling,
    [...newest].map(([source, number]) => `${streamOf(db, source)}:${number}`)
  )

/** Listens until the scope closes, and again whenever the connection was lost. */
export const listen = Effect.fnUntraced(function* (db: Database, alarm: Alarm) {
  const trouble = Trouble.make("notifications are late: polling goes on")
  const hear = Effect.gen(function* () {
    const notifications = yield* db.client.listen(channelOf(db))
    yield* trouble.over
    // Whatever came while nobody listened.
    alarm.wakeAll()
    while (true) {
      const { payload } = yield* Queue.take(notifications)
      const [company, source, number] = payload.split(":").map(Number)
      alarm.ring(`${company!}:${source!}`, number!)
    }
  })
  yield* Effect.scoped(hear).pipe(
    Effect.tapError((error) => trouble.met(Cause.fail(toStoreError(error)))),
    Effect.retry(Schedule.spaced("1 second")),
    Effect.forkScoped
  )
})

interface LastRow {
  readonly company: number
  readonly source: number
  readonly last: bigint
}

/** Looks where the streams stand that are waited for; where that can't be seen, who waits finds out why. */
const look = (db: Database, alarm: Alarm): Effect.Effect<void> =>
  Effect.suspend(() => {
    const awaited = alarm.awaited().map((stream) => stream.split(":").map(Number))
    const lasts = db.query<LastRow>(
      `select company, source, coalesce((
          select number from ${db.schema}.events e where e.company = a.company and e.source = a.source
          order by number desc limit 1
        ), 0) as last from unnest($1, $2) as a (company, source)`,
      [Param.smallInts(awaited.map(([company]) => company!)), Param.smallInts(awaited.map(([, source]) => source!))]
    )
    return Effect.match(lasts, {
      onFailure: () => alarm.wakeAll(),
      onSuccess: (rows) => {
        for (const { company, last, source } of rows) alarm.wake(`${company}:${source}`, Number(last))
      }
    })
  })

/** Looks for all who wait, as often as the interval says, whoever's turn it is. */
const poll = (db: Database, alarm: Alarm, interval: bigint): Effect.Effect<never> =>
  Effect.flatMap(Clock.monotonicTimeNanos, (now) => {
    const rest = alarm.turn(now, interval)
    return rest === 0n ? alarm.lookFor(look(db, alarm)) : Effect.sleep(Duration.nanos(rest))
  }).pipe(Effect.forever)

/** Waits for a ring, or until a look at the log has shown another last event than the one had. */
export const wait = (
  db: CompanyDatabase,
  alarm: Alarm,
  source: Source,
  has: number | null,
  already: () => boolean
): Effect.Effect<void> =>
  Effect.flatMap(PollInterval, (interval) => {
    const rung = alarm.next(streamOf(db, source), has, already)
    return interval === null || has === null
      ? rung
      : Effect.raceFirst(rung, poll(db, alarm, BigInt(Math.ceil(Duration.toMillis(interval) * 1e6))))
  })
