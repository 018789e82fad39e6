/**
 * Where somebody stands in a stream, as it is kept outside: the number of an event with the beginning of its digest.
 * The number alone says nothing about which log it is of. After a restore from a backup a log is shorter than it was,
 * and then grows past the same numbers with other events: a follower that goes on from a number would miss those, and
 * never know.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Sha256 } from "../values/Digest.ts"
import * as Envelope from "./Envelope.ts"
import type { EventLog } from "./EventLog.ts"

/** How many characters of a digest a position has: 48 bits, against accident. */
const length = 12

export const Position = Schema.Struct({
  /** The number of the last event that was seen; 0 before the first. */
  number: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** The beginning of that event's digest; without it only the number is looked at. */
  digest: Schema.optional(Schema.String.check(Schema.isPattern(/^[0-9a-f]{12}$/u)))
})
export type Position = typeof Position.Type

/** Before the first event. */
export const start: Position = { number: 0 }

/** The position after an event. */
export const of = (sha256: Sha256, event: Envelope.Envelope): Position => ({
  number: event.number,
  digest: Envelope.digest(sha256, event).slice(0, length)
})

/** A position as text: `13.0a1b2c3d4e5f`, or `13` without a digest. For others it is opaque. */
export const format = ({ digest, number }: Position): string =>
  digest === undefined ? `${number}` : `${number}.${digest}`

/** What a position looks like as text. */
export const pattern = /^(?<number>\d{1,15})(?:\.(?<digest>[0-9a-f]{12}))?$/u

/** Reads a position back; undefined if the text is no position. */
export const parse = (text: string): Position | undefined => {
  const { digest, number } = pattern.exec(text)?.groups ?? {}
  if (number === undefined) return undefined
  return digest === undefined ? { number: Number(number) } : { number: Number(number), digest }
}

/**
 * The log does not hold the event that somebody stands at: it ends before it, or has another one there. It was restored
 * from a backup, or is another company's. What followed the log has to begin anew, or to be restored to the same
 * moment.
 */
export class PositionBeyondLog extends Schema.TaggedError<PositionBeyondLog>()("PositionBeyondLog", {
  source: Envelope.Source,
  /** The number of the position. */
  number: Schema.Int,
  /** The number of the log's last event. */
  last: Schema.Int
}) {
  override get message(): string {
    return this.number > this.last
      ? `the log of ${this.source} ends at ${this.last}, before ${this.number}: it was restored to an earlier moment`
      : `the log of ${this.source} has another event ${this.number}: it was restored to an earlier moment, and went on`
  }
}

/** Whether an event that was read is the one somebody stands at. */
export const isAt = (sha256: Sha256, { digest, number }: Position, event: Envelope.Envelope | undefined): boolean =>
  event !== undefined && event.number === number && (digest === undefined || of(sha256, event).digest === digest)

/** Fails when a log does not hold a position. Reads one event. */
export const check = Effect.fnUntraced(function* (
  log: EventLog["Service"],
  sha256: Sha256,
  source: Envelope.Source,
  position: Position
) {
  if (position.number === 0) return
  const [event] = yield* log.read(source, position.number - 1, 1)
  if (isAt(sha256, position, event)) return
  return yield* new PositionBeyondLog({ source, number: position.number, last: yield* log.last(source) })
})

/** The end of a log. */
export const end = Effect.fnUntraced(function* (log: EventLog["Service"], sha256: Sha256, source: Envelope.Source) {
  const last = yield* log.last(source)
  const [event] = last === 0 ? [] : yield* log.read(source, last - 1, 1)
  return event === undefined ? start : of(sha256, event)
})
