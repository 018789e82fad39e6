/**
 * What a running consumer does again and again: takes what a bus delivers, fetches what follows its cursor, and has it
 * applied.
 */
import type * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Latch from "effect/Latch"
import * as Schedule from "effect/Schedule"
import type { Sha256 } from "../values/Digest.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import { type Failing, StreamStopped } from "./Consumers.ts"
import * as Cursor from "./Cursor.ts"
import type * as Envelope from "./Envelope.ts"
import type { Delivery } from "./EventBus.ts"
import type { EventLog } from "./EventLog.ts"
import * as Spans from "./Spans.ts"
import type { Subscriber } from "./Subscriber.ts"

/** A running consumer. */
export interface Running {
  readonly subscriber: Subscriber
  readonly log: EventLog["Service"]
  readonly sha256: Sha256
  readonly clock: Clock.Clock
  /** What the bus has delivered and is not applied yet, by number. */
  readonly parked: Map<number, Array<Delivery>>
  readonly waiters: Set<Waiter>
  /** The cursor as this process last saw it. */
  known: Cursor.Cursor | undefined
  /** Since when the log is without the event that the cursor stands at, on the monotonic clock. */
  shortSince: bigint | undefined
  /** The stop that was last said in the log. */
  told: string | undefined
  failing: Failing | null
  /** The number of the log's last event, when it was last asked. */
  last: number | undefined
  /** Events were read last that were not applied, though nothing failed: a close may wait for a person. */
  leftOver: boolean
  /** Open while it has to look for itself, and not only for what the bus brings. */
  readonly uneasy: Latch.Latch
}

/** Who waits until a number is applied. */
export interface Waiter {
  readonly number: number
  readonly done: Deferred.Deferred<void, StreamStopped>
}

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

/**
 * How long a log may be without the event that a consumer has applied last, before the stream stops for it: a bus may
 * bring an event before a replica of the log shows it. Nothing can be applied meanwhile that does not follow.
 */
const patience = Duration.toMillis("10 seconds")

/** How many events are read and applied at once. */
const batch = 10_000

/** From how many events on somebody is taken to be behind. */
const many = 500

/** How many events are prepared at once, before whoever writes gets a turn. */
const prepared = 500

/**
 * Applies all that there is now. `look` is whether it ends with a look into the log in any case. After a delivery it
 * need not: what follows is delivered as well, and what the bus has lost is found by whoever looks from time to time.
 * For a producer in another process each look is a request.
 */
export const drain = (running: Running, look: boolean): Effect.Effect<void, StoreError> =>
  draining(running, look).pipe(
    Effect.catchDefect((defect) => Effect.fail(ofDefect(running.subscriber.name, defect))),
    Effect.tap(wentOn(running)),
    Effect.tapError(({ message }) => failed(running, message))
  )

const draining = Effect.fnUntraced(function* (running: Running, look: boolean) {
  const { subscriber } = running
  running.known ??= yield* subscriber.cursor
  let fetched: ReadonlyArray<Envelope.Envelope> = []
  let ahead: Ahead | undefined
  while (true) {
    const before: Cursor.Cursor = running.known
    const after = before.number
    let held: Fetched["held"]
    // What a subscriber left of a batch (it may stop at a marker) is not read again.
    fetched = fetched.slice(countUpTo(fetched, after))
    if (fetched.length === 0 && ahead !== undefined) {
      fetched = yield* readAhead(ahead, after)
      ahead = undefined
    }
    if (fetched.length === 0) ({ events: fetched, held } = yield* fetch(running, after))
    if (fetched.length === 0) {
      if (!(yield* isLost(running, before, held))) {
        running.leftOver = false
        return
      }
    } else running.shortSince = undefined
    if (fetched.length >= batch && ahead === undefined) {
      const last = fetched.at(-1)!.number
      ahead = { last, fiber: yield* Effect.forkChild(readOn(running, last)) }
    }
    const applying = Effect.retry(subscriber.apply(after, fetched, held), { while: isBeaten, schedule: atOnce })
    const cursor = yield* fetched.length === 0 ? applying : processing(subscriber, fetched, applying)
    yield* applied(running, cursor)
    // The store has gone back to an earlier moment: what was read does not follow the cursor that it holds.
    if (cursor.number < after) fetched = []
    if (cursor.stopped !== null || cursor.number === after) {
      running.leftOver = fetched.length > 0
      return
    }
    if (!look && isAllOf(fetched, cursor) && running.parked.size === 0) {
      running.leftOver = false
      return
    }
  }
})

/** Whether few events are all applied. Who was given many is behind, and reads on in larger steps than a bus brings. */
const isAllOf = (events: ReadonlyArray<Envelope.Envelope>, { number }: Cursor.Cursor): boolean => {
  const last = events.at(-1)
  return last !== undefined && last.number <= number && events.length < many
}

/** What a consumer does with events is a span of theirs, in OpenTelemetry's words for messages. */
const processing = <A, E, R>(
  { name, source }: Subscriber,
  events: ReadonlyArray<Envelope.Envelope>,
  applying: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Spans.together(
    applying,
    `process ${source}`,
    () => Spans.causesOf(events),
    () => ({
      kind: "consumer",
      attributes: {
        "messaging.system": "popug",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": source,
        "messaging.consumer.group.name": name,
        "messaging.batch.message_count": events.length,
        "popug.event.first": events[0]!.number,
        "popug.event.last": events.at(-1)!.number
      }
    })
  )

/** How many of the events, in number order, are not above a number. */
const countUpTo = (events: ReadonlyArray<Envelope.Envelope>, number: number): number => {
  const index = events.findIndex((event) => event.number > number)
  return index === -1 ? events.length : index
}

/** Another node was first: its commit may be all that there was to do. */
const isBeaten = ({ reason, retryable }: StoreError): boolean => reason === "Conflict" && retryable

/** Waits of some hundred milliseconds in all, before the failure counts as one. */
const atOnce = Schedule.exponential("5 millis").pipe(Schedule.upTo({ times: 6 }))

/**
 * The events to apply next: the parked ones that follow, otherwise what the log has, otherwise parked ones behind a
 * gap.
 */
const fetch = (running: Running, after: number) =>
  Effect.suspend(() => {
    const { parked } = running
    const following: Array<Envelope.Envelope> = []
    for (let next = parked.get(after + 1); next !== undefined && following.length < batch;) {
      for (const delivery of next) following.push(delivery.event)
      next = parked.get(following.at(-1)!.number + 1)
    }
    if (following.length > 0) return Effect.succeed<Fetched>({ events: following, held: undefined })
    // Taken before the log is read: whatever was delivered by now is in the log, or there is a gap.
    const early = [...parked.values()].map((deliveries) => deliveries[0]!.event).sort((a, b) => a.number - b.number)
    return Effect.map(look(running, after), ({ events, held }): Fetched =>
      events.length > 0 || early.length > 0
        ? { events: events.length > 0 ? events : early, held: undefined }
        : { events, held }
    )
  })

/** What the log has after a number, and in its place: one read, since between two the log may move. */
const look = ({ log, subscriber }: Running, after: number): Effect.Effect<Fetched, StoreError> =>
  Effect.map(log.read(subscriber.source, Math.max(0, after - 1), batch + Math.min(1, after)), (events) => {
    if (after === 0) return { events, held: undefined }
    const [first] = events
    return first?.number === after ? { events: events.slice(1), held: first } : { events, held: null }
  })

/**
 * While a full batch is applied, the log is read on: events never change, so those read early are as good as those
 * read later. They are admitted under the cursor like any others.
 */
const readOn = ({ log, subscriber }: Running, after: number) =>
  Effect.tap(log.read(subscriber.source, after, batch), (events) =>
    subscriber.prepare === undefined ? Effect.void : prepare(events, subscriber.prepare)
  )

const prepare = (events: ReadonlyArray<Envelope.Envelope>, each: (event: Envelope.Envelope) => void) =>
  Effect.gen(function* () {
    for (let from = 0; from < events.length; from += prepared) {
      for (let index = from; index < from + prepared && index < events.length; index++) each(events[index]!)
      yield* Effect.yieldNow
    }
  })

/**
 * What was read on; nothing where it is of no use. What could not be read early is read now; so is what the bus has.
 */
const readAhead = Effect.fnUntraced(function* ({ fiber, last }: Ahead, after: number) {
  if (last === after) return yield* Effect.orElseSucceed(Fiber.join(fiber), () => [])
  yield* Fiber.interrupt(fiber)
  return []
})

/** Whether a log that has nothing more to apply is to stop the stream: not before it had time to show what it has. */
const isLost = Effect.fnUntraced(function* (
  running: Running,
  cursor: Cursor.Cursor,
  held: Envelope.Envelope | null | undefined
) {
  if (held !== null) {
    running.shortSince = undefined
    return held !== undefined && !Cursor.isHeld(running.sha256, cursor, held)
  }
  const now = running.clock.monotonicTimeNanosUnsafe()
  if (running.shortSince === undefined) {
    running.shortSince = now
    const { name, source } = running.subscriber
    yield* Effect.logWarning(`consumer ${name} of ${source}: ${Cursor.beyond(cursor.number)}`)
  }
  return now - running.shortSince >= BigInt(patience * 1e6)
})

/** The cursor has moved, or stopped: whoever waits hears of it, and the bus is told what is applied. */
const applied = (running: Running, cursor: Cursor.Cursor) => {
  const { parked, subscriber, waiters } = running
  running.known = cursor
  for (const waiter of waiters) {
    if (cursor.number >= waiter.number) Deferred.doneUnsafe(waiter.done, Effect.void)
    else if (cursor.stopped !== null) {
      Deferred.doneUnsafe(waiter.done, Effect.fail(new StreamStopped({ consumer: subscriber.name, ...cursor.stopped })))
    }
  }
  const done = [...parked].filter(([number]) => number <= cursor.number)
  for (const [number] of done) parked.delete(number)
  const acknowledged = Effect.forEach(
    done.flatMap(([, deliveries]) => deliveries),
    (delivery) => delivery.acknowledge,
    { discard: true }
  )
  return Effect.andThen(alarm(running, cursor), acknowledged)
}

/** A stream that stops says so in the log, once. */
const alarm = (running: Running, { stopped }: Cursor.Cursor) =>
  Effect.suspend(() => {
    const { name, source } = running.subscriber
    const before = running.told
    running.told = stopped === null ? undefined : `${stopped.reason} ${stopped.number}`
    return stopped === null || running.told === before
      ? Effect.void
      : Effect.logError(
          `consumer ${name} stopped before event ${stopped.number} of ${source}, until an operator acts: ` +
            `${stopped.reason}, ${stopped.message}`
        )
  })

/** Keeps in mind what stands in the way, for whoever looks at the status. */
const failed = (running: Running, message: string) =>
  Effect.map(DateTime.now, (now) => {
    const { failing } = running
    running.failing = { since: failing?.since ?? now, attempts: (failing?.attempts ?? 0) + 1, message }
  })

const wentOn = (running: Running) =>
  Effect.suspend(() => {
    const { known, shortSince, subscriber } = running
    const isShort = shortSince !== undefined && known !== undefined && known.stopped === null
    const waits = isShort ? Cursor.beyond(known.number) : (subscriber.waits?.() ?? null)
    if (waits !== null) return failed(running, waits)
    running.failing = null
    return Effect.void
  })

/** A defect in a subscriber, or in the log, is an error like others: it is logged, and tried again later. */
const ofDefect = (consumer: string, defect: unknown): StoreError =>
  new StoreError({
    reason: "Corrupt",
    retryable: false,
    committed: "no",
    message: `consumer ${consumer} failed on an event: ${Text.ofDefect(defect)}`,
    cause: defect
  })
