/**
 * An operator's act on a stopped stream: go on (retry), or go on past events that can't be applied (skip), which is
 * recorded as an event.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Sha256 } from "../values/Digest.ts"
import * as Text from "../values/Text.ts"
import type { Cursor } from "./Cursor.ts"
import * as Envelope from "./Envelope.ts"
import { EventLog } from "./EventLog.ts"

/** The stream is not stopped: there is nothing to resume. */
export class StreamNotStopped extends Schema.TaggedError<StreamNotStopped>()("StreamNotStopped", {
  consumer: Schema.String
}) {
  override get message(): string {
    return `the consumer ${this.consumer} is not stopped`
  }
}

/** The events can't be passed over: they are not there to be named, or one of them ends a period. */
export class NotSkippable extends Schema.TaggedError<NotSkippable>()("NotSkippable", {
  consumer: Schema.String,
  number: Schema.Int,
  message: Schema.String
}) {}

/** An operator let a consumer go on past events that it could not apply. */
export const EventSkipped = Schema.Struct({
  consumer: Schema.String,
  source: Envelope.Source,
  /** The first and last number that was passed over; `last` below `first` when only a broken digest was accepted. */
  first: Schema.Int,
  last: Schema.Int,
  reason: Schema.String
})
export type EventSkipped = typeof EventSkipped.Type

/** What an operator asks for: everything up to `through` is passed over. */
export const Skip = Schema.Struct({
  /** The last number to pass over; the cursor's own number accepts a broken digest without passing anything over. */
  through: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  reason: Text.Reason
})
export type Skip = typeof Skip.Type

/** A skip with the digest that the stream goes on from. */
export interface PreparedSkip extends Skip {
  readonly digest: string
}

const pageSize = 10_000

/**
 * Reads what a skip passes over: no event that ends a period may be among it, and the event after it says which digest
 * it follows.
 */
export const prepare = Effect.fnUntraced(function* (
  sha256: Sha256,
  cursor: Cursor,
  skip: Skip,
  endsPeriod: (event: Envelope.Envelope) => boolean
) {
  const log = yield* EventLog
  // Passed over already: it is decided under the head, where a repeated command is answered as it was.
  if (skip.through < cursor.number) return { ...skip, digest: cursor.digest }
  const refuse = (number: number, message: string) => new NotSkippable({ consumer: cursor.consumer, number, message })
  let digest = cursor.number === 0 && skip.through === 0 ? cursor.digest : undefined
  // Where only a broken digest is accepted, the event that the log has at the cursor is what the stream follows.
  let after = skip.through === cursor.number ? Math.max(0, cursor.number - 1) : cursor.number
  while (true) {
    const events = yield* log.read(cursor.source, after, pageSize)
    for (const event of events) {
      if (event.number > skip.through) return { ...skip, digest: event.previous }
      if (event.number > cursor.number && endsPeriod(event)) {
        return yield* refuse(event.number, `event ${event.number} ends a period, which can't be passed over`)
      }
      after = event.number
      digest = event.number === skip.through ? Envelope.digest(sha256, event) : undefined
    }
    if (events.length === 0) break
  }
  if (digest === undefined) return yield* refuse(skip.through, `the log ends before event ${skip.through}`)
  return { ...skip, digest }
})

/** The cursor with which the stream goes on, and the event that records a skip. */
export const resume = (
  cursor: Cursor,
  skip: PreparedSkip | null
): Result.Result<
  { readonly cursor: Cursor; readonly skipped: EventSkipped | null },
  StreamNotStopped | NotSkippable
> => {
  const { consumer, number, source, stopped } = cursor
  if (stopped === null) return Result.fail(new StreamNotStopped({ consumer }))
  if (skip === null) return Result.succeed({ cursor: { ...cursor, stopped: null }, skipped: null })
  if (skip.through < number) {
    return Result.fail(
      new NotSkippable({ consumer, number: skip.through, message: `event ${skip.through} is applied already` })
    )
  }
  return Result.succeed({
    cursor: { ...cursor, number: skip.through, digest: skip.digest, stopped: null },
    skipped: { consumer, source, first: number + 1, last: skip.through, reason: skip.reason }
  })
}
