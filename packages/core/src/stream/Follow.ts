/**
 * Reads a stream again from its log, for a verification: every number, every digest, every event.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { check, Difference } from "../values/Difference.ts"
import { Digest, origin } from "../values/Digest.ts"
import type { StoreError } from "../values/StoreError.ts"
import * as Envelope from "./Envelope.ts"
import type { Decode } from "./Event.ts"
import { EventLog } from "./EventLog.ts"
import type { EventSkipped } from "./Resume.ts"

/** A place in a stream. */
export interface Place {
  readonly number: number
  readonly digest: string
}

export const start: Place = { number: 0, digest: origin }

export interface Following<Event, E, R, E2, R2> {
  readonly source: Envelope.Source
  /** Reads the events of that stream. */
  readonly decode: Decode<Event>
  readonly from?: Place
  /** The last number to read. */
  readonly to: number
  /** What an operator had a consumer pass over: the digests around it need not follow. */
  readonly skips?: ReadonlyArray<EventSkipped>
  /** Before the events of a page are read one by one. */
  readonly page?: (events: ReadonlyArray<Envelope.Envelope>) => Effect.Effect<void, E2, R2>
  /** Each event with the place after it; none where it was passed over. */
  readonly each: (event: Event | null, at: Place, envelope: Envelope.Envelope) => Effect.Effect<void, E, R>
}

const pageSize = 5_000

/** Fails with the first difference of the stream itself; returns the place where it ends. */
export const follow = Effect.fnUntraced(function* <Event, E = never, R = never, E2 = never, R2 = never>({
  decode,
  each,
  from = start,
  page: begin,
  skips = [],
  source,
  to
}: Following<Event, E, R, E2, R2>): Effect.fn.Return<
  Place,
  Difference | StoreError | E | E2,
  EventLog | Digest | R | R2
> {
  const log = yield* EventLog
  const { sha256 } = yield* Digest
  let { digest, number } = from
  while (number < to) {
    const read = yield* log.read(source, number, Math.min(pageSize, to - number))
    const events = read.filter((event) => event.number <= to)
    if (events.length === 0) {
      return yield* new Difference({
        place: `event ${number + 1} of ${source}`,
        expected: "in the log",
        found: "missing"
      })
    }
    if (begin !== undefined) yield* begin(events)
    for (const envelope of events) {
      const passed = skips.some(({ first, last }) => first <= envelope.number && envelope.number <= last)
      if (!passed && !skips.some(({ last }) => last + 1 === envelope.number)) {
        if (envelope.number !== number + 1)
          yield* check(`event ${number + 1} of ${source}`, number + 1, envelope.number)
        if (envelope.previous !== digest) {
          yield* check(`the digest before event ${envelope.number} of ${source}`, digest, envelope.previous)
        }
      }
      number = envelope.number
      digest = Envelope.digest(sha256, envelope)
      yield* each(passed ? null : yield* decoded(decode, envelope), { number, digest }, envelope)
    }
  }
  return { number, digest }
})

const decoded = <Event>(decode: Decode<Event>, envelope: Envelope.Envelope): Effect.Effect<Event, Difference> => {
  const event = decode(envelope)
  return Result.isSuccess(event)
    ? Effect.succeed(event.success)
    : Effect.fail(
        new Difference({
          place: `event ${envelope.number} of ${envelope.source}`,
          expected: "readable",
          found: event.failure.message
        })
      )
}

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
