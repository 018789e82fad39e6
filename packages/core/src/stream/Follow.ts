/**
 * Reads a stream again from its log, for a verification: every number, every digest, every event.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { check, between, Difference } from "../values/Difference.ts"
import { Digest, origin, type Sha256 } from "../values/Digest.ts"
import type { StoreError } from "../values/StoreError.ts"
import * as Envelope from "./Envelope.ts"
import type { Decode } from "./Event.ts"
import { EventLog } from "./EventLog.ts"
import { readAhead } from "./readAhead.ts"
import type { EventSkipped } from "./Resume.ts"

/** A place in a stream. */
export interface Place {
  readonly number: number
  readonly digest: string
}

export const start: Place = { number: 0, digest: origin }

/** An event that was read again. */
export interface Followed<Event> {
  /** None where an operator had a consumer pass it over. */
  readonly event: Event | null
  readonly envelope: Envelope.Envelope
  /** The digest of the stream up to it. */
  readonly digest: string
}

export interface Following<Event, E, R> {
  readonly source: Envelope.Source
  /** Reads the events of that stream. */
  readonly decode: Decode<Event>
  readonly from?: Place
  /** The last number to read. */
  readonly to: number
  /** What an operator had a consumer pass over: the digests around it need not follow. */
  readonly skips?: ReadonlyArray<EventSkipped>
  /** Goes through the events, a thousand at a time. */
  readonly page: (events: ReadonlyArray<Followed<Event>>) => Effect.Effect<void, E, R>
}

/** How many events are read at a time; twice as many are held at most. */
const pageSize = 5_000

/** How many are gone through at a time, which takes some ten milliseconds: this process does other things as well. */
const sliceSize = 1_000

/**
 * Fails with the first difference of the stream itself, once the events before it were gone through; returns the place
 * where it ends.
 */
export const follow = <Event, E = never, R = never>(
  following: Following<Event, E, R>
): Effect.Effect<Place, Difference | StoreError | E, EventLog | Digest | R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { from = start, page, source, to } = following
      const log = yield* EventLog
      const { sha256 } = yield* Digest
      const pages = readAhead(yield* Effect.scope, {
        read: (after) => log.read(source, after, Math.min(pageSize, to - after)),
        numberOf: ({ number }) => number,
        begin: from.number,
        last: to
      })
      let place = from
      while (place.number < to) {
        const events = yield* pages
        if (events.length === 0) {
          const at = `event ${place.number + 1} of ${source}`
          return yield* new Difference({ place: at, expected: "in the log", found: "missing" })
        }
        for (let index = 0; index < events.length; index += sliceSize) {
          const inspected = inspect(sha256, following, place, events.slice(index, index + sliceSize))
          yield* page(inspected.events)
          if (inspected.stop !== undefined) yield* inspected.stop
          place = inspected.place
          yield* Effect.yieldNow
        }
      }
      return place
    })
  )

interface Inspected<Event> {
  readonly events: ReadonlyArray<Followed<Event>>
  readonly place: Place
  /** What is wrong with the event after them. */
  readonly stop: Effect.Effect<never, Difference> | undefined
}

/** Reads events up to the first that does not follow or can't be read. */
const inspect = <Event>(
  sha256: Sha256,
  { decode, skips = [], source }: Pick<Following<Event, never, never>, "decode" | "skips" | "source">,
  from: Place,
  envelopes: ReadonlyArray<Envelope.Envelope>
): Inspected<Event> => {
  const events: Array<Followed<Event>> = []
  let { digest, number } = from
  const stopped = (stop: Effect.Effect<never, Difference>) => ({ events, place: { number, digest }, stop })
  try {
    for (const envelope of envelopes) {
      const passed = skips.some((skip) => holds(skip, envelope.number))
      if (!passed && !skips.some(({ last }) => last + 1 === envelope.number)) {
        const differs = follows(source, { number, digest }, envelope)
        if (differs !== undefined) return stopped(Effect.fail(differs))
      }
      const own = Envelope.digest(sha256, envelope)
      const event = passed ? null : decode(envelope)
      if (event !== null && Result.isFailure(event)) {
        const place = `event ${envelope.number} of ${source}`
        const found = event.failure.message
        return stopped(Effect.fail(new Difference({ place, expected: "readable", found })))
      }
      number = envelope.number
      digest = own
      events.push({ event: event === null ? null : event.success, envelope, digest })
    }
    return { events, place: { number, digest }, stop: undefined }
  } catch (defect) {
    // What is before it comes first.
    return stopped(Effect.die(defect))
  }
}

const holds = ({ first, last }: EventSkipped, number: number): boolean => first <= number && number <= last

/** What an event is other than the next one after a place. */
const follows = (source: Envelope.Source, { digest, number }: Place, next: Envelope.Envelope): Difference | undefined =>
  next.number === number + 1 && next.previous === digest
    ? undefined
    : (between(`event ${number + 1} of ${source}`, number + 1, next.number) ??
      between(`the digest before event ${next.number} of ${source}`, digest, next.previous))

/** The stream ends where its head stands: an event beyond it came from nobody, unless the head has moved on. */
export const endsAt = Effect.fnUntraced(function* <E, R>(
  source: Envelope.Source,
  place: Place,
  head: { readonly number: number; readonly digest: string },
  again: Effect.Effect<{ readonly number: number }, E, R>
) {
  yield* check(`the head of ${source}`, place, { number: head.number, digest: head.digest })
  const last = yield* (yield* EventLog).last(source)
  const { number } = yield* again
  if (last > number) yield* check(`the last event of ${source}`, number, last)
})

/**
 * What a verification comes to: nothing, or the first difference. What can't be read is one: only a store that is away
 * fails.
 */
export const concluded = <A, R>(
  self: Effect.Effect<A, Difference | StoreError, R>,
  place: () => string
): Effect.Effect<Difference | null, StoreError, R> =>
  self.pipe(
    Effect.as(null),
    Effect.catchDefect((defect) => Effect.succeed(unreadable(place(), defect))),
    Effect.catchTag("Difference", (difference) => Effect.succeed(difference)),
    Effect.catchTag("StoreError", (error) =>
      error.retryable || error.reason === "Unavailable"
        ? Effect.fail(error)
        : Effect.succeed(unreadable(place(), error.message))
    )
  )

const unreadable = (place: string, found: unknown) =>
  new Difference({ place, expected: "readable", found: String(found) })
