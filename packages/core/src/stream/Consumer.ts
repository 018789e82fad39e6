/**
 * The consumer: makes order out of what a bus delivers, fills gaps from the producer's log, and has each event applied
 * once, in number order, in the transaction of its effects.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Digest } from "../values/Digest.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import * as Trouble from "./Trouble.ts"
import { Consumers, type Failing, type Handle, StreamStopped } from "./Consumers.ts"
import * as Cursor from "./Cursor.ts"
import type * as Envelope from "./Envelope.ts"
import { type Delivery, EventBus } from "./EventBus.ts"
import { EventLog } from "./EventLog.ts"

/** What a consumer brings. */
export interface Subscriber {
  /** The name of the subscription and of the cursor; one for each consumer of a company. */
  readonly name: string
  readonly source: Envelope.Source
  /** The cursor as it is stored. */
  readonly cursor: Effect.Effect<Cursor.Cursor, StoreError>
  /**
   * In one transaction: takes the cursor, admits what follows it (`Cursor.admit`), applies as much of that as can be
   * applied, and stores the cursor with the effects. `after` is the number the events were read after. `held` is for
   * `admit`: what the log has in the place of the event `after`, where there is a doubt.
   */
  readonly apply: (
    after: number,
    events: ReadonlyArray<Envelope.Envelope>,
    held?: Envelope.Envelope | null
  ) => Effect.Effect<Cursor.Cursor, StoreError>
  /**
   * What can be made of an event before it is applied, whatever the cursor says by then, such as its digest. Done for
   * those that are read ahead.
   */
  readonly prepare?: (event: Envelope.Envelope) => void
  /** Why the last `apply` left events unapplied though nothing failed and nothing is stopped; shown as `failing`. */
  readonly waits?: () => string | null
}

/** How often consumers look into the log though nothing woke them; `null` for never, as under virtual time. */
export const PollInterval = Context.Reference<Duration.Duration | null>("@popug/core/PollInterval", {
  defaultValue: () => Duration.seconds(1)
})

/**
 * How long a log may be without the event that a consumer has applied last, before the stream stops for it: a bus may
 * bring an event before a replica of the log shows it. Nothing can be applied meanwhile that does not follow.
 */
const patience = Duration.toMillis("10 seconds")

/** How many events are read and applied at once. */
const batch = 10_000

/** How many events are prepared at once, before whoever writes gets a turn. */
const prepared = 500

/** Starts a consumer; it runs until the scope closes, and `Consumers` knows it by its name. */
export const start = Effect.fnUntraced(function* (
  reaction: Subscriber
): Effect.fn.Return<Handle, never, EventBus | EventLog | Consumers | Digest | Scope.Scope> {
  const bus = yield* EventBus
  const log = yield* EventLog
  const consumers = yield* Consumers
  const { sha256 } = yield* Digest
  const clock = yield* Clock.Clock
  const pollInterval = yield* PollInterval
  const subscription = yield* bus.subscribe(reaction.name, reaction.source)
  const one = yield* Semaphore.make(1)
  const parked = new Map<number, Array<Delivery>>()
  const waiters = new Set<Waiter>()
  /** The cursor as this process last saw it. */
  let known: Cursor.Cursor | undefined
  /** Since when the log is without the event that the cursor stands at, on the monotonic clock. */
  let shortSince: bigint | undefined
  let told: string | undefined
  let failing: Failing | null = null

  /** Keeps in mind what stands in the way, for whoever looks at the status. */
  const failed = (message: string) =>
    Effect.map(DateTime.now, (now) => {
      failing = { since: failing?.since ?? now, attempts: (failing?.attempts ?? 0) + 1, message }
    })
  const wentOn = Effect.suspend(() => {
    const isShort = shortSince !== undefined && known !== undefined && known.stopped === null
    const waits = isShort ? Cursor.beyond(known!.number) : (reaction.waits?.() ?? null)
    if (waits !== null) return failed(waits)
    failing = null
    return Effect.void
  })

  /**
   * What the log has after a number, and in its place: one read, since between two the log may move.
   */
  const look = (after: number): Effect.Effect<Fetched, StoreError> =>
    Effect.map(log.read(reaction.source, Math.max(0, after - 1), batch + Math.min(1, after)), (events) => {
      if (after === 0) return { events, held: undefined }
      const [first] = events
      return first?.number === after ? { events: events.slice(1), held: first } : { events, held: null }
    })

  /** The events to apply next: the parked ones that follow, otherwise what the log has, otherwise parked ones behind a gap. */
  const fetch = (after: number) =>
    Effect.suspend(() => {
      const following: Array<Envelope.Envelope> = []
      for (let next = parked.get(after + 1); next !== undefined && following.length < batch;) {
        for (const delivery of next) following.push(delivery.event)
        next = parked.get(following.at(-1)!.number + 1)
      }
      if (following.length > 0) return Effect.succeed<Fetched>({ events: following, held: undefined })
      // Taken before the log is read: whatever was delivered by now is in the log, or there is a gap.
      const early = [...parked.values()].map((deliveries) => deliveries[0]!.event).sort((a, b) => a.number - b.number)
      return Effect.map(look(after), ({ events, held }): Fetched =>
        events.length > 0 || early.length > 0
          ? { events: events.length > 0 ? events : early, held: undefined }
          : { events, held }
      )
    })

  /** Whether a log that has nothing more to apply is to stop the stream: not before it had time to show what it has. */
  const isLost = (cursor: Cursor.Cursor, held: Envelope.Envelope | null | undefined) =>
    Effect.gen(function* () {
      if (held !== null) {
        shortSince = undefined
        return held !== undefined && !Cursor.isHeld(sha256, cursor, held)
      }
      const now = clock.monotonicTimeNanosUnsafe()
      if (shortSince === undefined) {
        shortSince = now
        yield* Effect.logWarning(`consumer ${reaction.name} of ${reaction.source}: ${Cursor.beyond(cursor.number)}`)
      }
      return now - shortSince >= BigInt(patience * 1e6)
    })

  /**
   * While a full batch is applied, the log is read on: events never change, so those read early are as good as those
   * read later. They are admitted under the cursor like any others.
   */
  const readOn = (after: number) =>
    Effect.tap(log.read(reaction.source, after, batch), (events) =>
      reaction.prepare === undefined ? Effect.void : prepare(events, reaction.prepare)
    )

  /** A stream that stops says so in the log, once. */
  const alarm = ({ stopped }: Cursor.Cursor) =>
    Effect.suspend(() => {
      const before = told
      told = stopped === null ? undefined : `${stopped.reason} ${stopped.number}`
      return stopped === null || told === before
        ? Effect.void
        : Effect.logError(
            `consumer ${reaction.name} stopped before event ${stopped.number} of ${reaction.source}, until an operator ` +
              `acts: ${stopped.reason}, ${stopped.message}`
          )
    })

  const applied = (cursor: Cursor.Cursor) => {
    known = cursor
    for (const waiter of waiters) {
      if (cursor.number >= waiter.number) Deferred.doneUnsafe(waiter.done, Effect.void)
      else if (cursor.stopped !== null) {
        Deferred.doneUnsafe(waiter.done, Effect.fail(new StreamStopped({ consumer: reaction.name, ...cursor.stopped })))
      }
    }
    const done = [...parked].filter(([number]) => number <= cursor.number)
    for (const [number] of done) parked.delete(number)
    const acknowledged = Effect.forEach(
      done.flatMap(([, deliveries]) => deliveries),
      (delivery) => delivery.acknowledge,
      { discard: true }
    )
    return Effect.andThen(alarm(cursor), acknowledged)
  }

  const trouble = Trouble.make(`consumer ${reaction.name} could not go on`)
  const drain: Effect.Effect<boolean, StoreError> = Semaphore.withPermit(
    one,
    Effect.gen(function* () {
      known ??= yield* reaction.cursor
      let moved = false
      let fetched: ReadonlyArray<Envelope.Envelope> = []
      let ahead: Ahead | undefined
      while (true) {
        const before: Cursor.Cursor = known
        const after = before.number
        let held: Fetched["held"]
        // What a reaction left of a batch (it may stop at a marker) is not read again.
        fetched = fetched.slice(countUpTo(fetched, after))
        if (fetched.length === 0 && ahead !== undefined) {
          const { fiber, last }: Ahead = ahead
          ahead = undefined
          // What could not be read early is read now; and so is what the bus has instead.
          if (last === after) fetched = yield* Effect.orElseSucceed(Fiber.join(fiber), () => [])
          else yield* Fiber.interrupt(fiber)
        }
        if (fetched.length === 0) ({ events: fetched, held } = yield* fetch(after))
        if (fetched.length === 0) {
          if (!(yield* isLost(before, held))) return moved
        } else shortSince = undefined
        if (fetched.length >= batch && ahead === undefined) {
          const last = fetched.at(-1)!.number
          ahead = { last, fiber: yield* Effect.forkChild(readOn(last)) }
        }
        const cursor = yield* Effect.retry(reaction.apply(after, fetched, held), { while: isBeaten, schedule: atOnce })
        yield* applied(cursor)
        if (cursor.stopped !== null || cursor.number === after) return moved
        moved = true
      }
    }).pipe(
      Effect.catchDefect((defect) => Effect.fail(ofDefect(reaction.name, defect))),
      Effect.tap(Effect.andThen(trouble.over, wentOn)),
      Effect.tapError(({ message }) => failed(message))
    )
  )

  const take = Effect.gen(function* () {
    for (const delivery of yield* subscription.take) {
      const { number } = delivery.event
      const same = parked.get(number)
      if (known !== undefined && number <= known.number) yield* delivery.acknowledge
      else if (same !== undefined) same.push(delivery)
      else parked.set(number, [delivery])
    }
  })

  const patiently = Trouble.untilItWorks(drain, trouble)
  const deliveries = Trouble.make(`consumer ${reaction.name} could not take what the bus delivers, and reads the log`)
  let refused = 0
  /** Takes what the bus has. A bus that breaks keeps nothing from being read in the log. */
  const receive = Effect.gen(function* () {
    const exit = yield* Effect.exit(take)
    if (Exit.isSuccess(exit)) {
      refused = 0
      return yield* deliveries.over
    }
    refused += 1
    yield* deliveries.met(exit.cause)
    yield* Effect.sleep(Trouble.waitMillis(refused))
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(receive, patiently)))
  if (pollInterval !== null) {
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(patiently, Effect.sleep(pollInterval))))
  }

  const awaitApplied = (number: number): Effect.Effect<void, StreamStopped | StoreError> =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const waiter: Waiter = { number, done: Deferred.makeUnsafe() }
        waiters.add(waiter)
        return waiter
      }),
      (waiter) =>
        Effect.gen(function* () {
          yield* drain
          const cursor = yield* reaction.cursor
          if (cursor.number >= number) return
          if (cursor.stopped !== null) {
            return yield* new StreamStopped({ consumer: reaction.name, ...cursor.stopped })
          }
          // What is still missing comes by the bus or by polling, and wakes the waiter.
          return yield* Deferred.await(waiter.done)
        }),
      (waiter) => Effect.sync(() => waiters.delete(waiter))
    )

  const status = Effect.gen(function* () {
    const cursor = yield* reaction.cursor
    const last = yield* log.last(reaction.source)
    return {
      consumer: reaction.name,
      source: reaction.source,
      number: cursor.number,
      behind: last - cursor.number,
      stopped: cursor.stopped,
      failing
    }
  })

  const handle: Handle = { name: reaction.name, source: reaction.source, drain, awaitApplied, status }
  yield* consumers.register(handle)
  return handle
})

/** What is to be applied next; where that is nothing: what the log has in the place of the last event applied. */
interface Fetched {
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly held: Envelope.Envelope | null | undefined
}

/** The batch that is read while the one before it, which ends with the event `last`, is applied. */
interface Ahead {
  readonly last: number
  readonly fiber: Fiber.Fiber<ReadonlyArray<Envelope.Envelope>, StoreError>
}

const prepare = (events: ReadonlyArray<Envelope.Envelope>, each: (event: Envelope.Envelope) => void) =>
  Effect.gen(function* () {
    for (let from = 0; from < events.length; from += prepared) {
      for (let index = from; index < from + prepared && index < events.length; index++) each(events[index]!)
      yield* Effect.yieldNow
    }
  })

/** A defect in a reaction, or in the log, is an error like others: it is logged, and tried again later. */
const ofDefect = (consumer: string, defect: unknown): StoreError =>
  new StoreError({
    reason: "Corrupt",
    retryable: false,
    committed: "no",
    message: `consumer ${consumer} failed on an event: ${Text.ofDefect(defect)}`,
    cause: defect
  })

/** How many of the events, in number order, are not above a number. */
const countUpTo = (events: ReadonlyArray<Envelope.Envelope>, number: number): number => {
  const index = events.findIndex((event) => event.number > number)
  return index === -1 ? events.length : index
}

interface Waiter {
  readonly number: number
  readonly done: Deferred.Deferred<void, StreamStopped>
}

/** Another node was first: its commit may be all that there was to do. */
const isBeaten = ({ reason, retryable }: StoreError): boolean => reason === "Conflict" && retryable

/** Waits of some hundred milliseconds in all, before the failure counts as one. */
const atOnce = Schedule.exponential("5 millis").pipe(Schedule.upTo({ times: 6 }))
