/**
 * A consumer's place in a producer's stream, and the pure rule of what may be applied next.
 */
import * as Schema from "effect/Schema"
import { origin, type Sha256 } from "../values/Digest.ts"
import * as Envelope from "./Envelope.ts"

/** Why a consumer stopped before an event, until an operator acts. */
export const Stop = Schema.Struct({
  reason: Schema.Literals(["Gap", "BrokenDigest", "BeyondLog", "Conflict", "Poisoned", "Difference"]),
  /** The number of the event it stopped before. */
  number: Schema.Int,
  message: Schema.String
})
export type Stop = typeof Stop.Type

/** Stored in the transaction of what was applied. */
export interface Cursor {
  readonly consumer: string
  readonly source: Envelope.Source
  /** The number of the last event applied; 0 before the first. */
  readonly number: number
  /** The digest of that event. */
  readonly digest: string
  readonly stopped: Stop | null
}

export const start = (consumer: string, source: Envelope.Source): Cursor => ({
  consumer,
  source,
  number: 0,
  digest: origin,
  stopped: null
})

/** Events that may be applied, each with its digest, and what stands in the way of the one after them. */
export interface Admitted {
  readonly events: ReadonlyArray<Envelope.Envelope>
  /** `digests[i]` belongs to `events[i]`. */
  readonly digests: ReadonlyArray<string>
  readonly stop: Stop | null
}

/**
 * Of events read after the number `after`, those that follow the cursor without a hole, each carrying the digest of the
 * one before: what was applied already is dropped, and nothing is taken on trust. `held` is passed where nothing
 * follows and the log does not seem to hold the event `after`: what the log has in its place, null where it ends
 * before.
 */
export const admit = (
  sha256: Sha256,
  cursor: Cursor,
  after: number,
  fetched: ReadonlyArray<Envelope.Envelope>,
  held?: Envelope.Envelope | null
): Admitted => {
  const events: Array<Envelope.Envelope> = []
  const digests: Array<string> = []
  const halt = (stop: Stop | null): Admitted => ({ events, digests, stop })
  if (cursor.stopped !== null) return halt(cursor.stopped)
  // The reader thought itself further than the cursor is: it must read again.
  if (after > cursor.number) return halt(null)
  if (fetched.length === 0 && held !== undefined && after === cursor.number) return halt(lost(sha256, cursor, held))
  let { digest, number } = cursor
  for (const event of fetched) {
    // Applied already. That it is still the same event is proved by the next one, which carries its digest.
    if (event.number <= cursor.number) continue
    const own = Envelope.digest(sha256, event)
    if (event.number === number) {
      if (own === digest) continue
      return halt({ reason: "Conflict", number, message: `there are two events ${number} of different content` })
    }
    if (event.number > number + 1) {
      return halt({ reason: "Gap", number: number + 1, message: `event ${number + 1} is missing from the log` })
    }
    if (event.previous !== digest) {
      return halt({
        reason: "BrokenDigest",
        number: event.number,
        message: `event ${event.number} does not carry the digest of event ${number}`
      })
    }
    events.push(event)
    digests.push(own)
    number = event.number
    digest = own
  }
  return halt(null)
}

/** Whether what a log has in the place of the event that a cursor stands at is that event. */
export const isHeld = (sha256: Sha256, { digest }: Cursor, held: Envelope.Envelope | null): boolean =>
  held !== null && Envelope.digest(sha256, held) === digest

/** Why a consumer can't go on when its last event is not in the log any more: it has applied what never happened. */
const lost = (sha256: Sha256, cursor: Cursor, held: Envelope.Envelope | null): Stop | null => {
  const { number } = cursor
  if (isHeld(sha256, cursor, held)) return null
  return held === null
    ? { reason: "BeyondLog", number: number + 1, message: beyond(number) }
    : {
        reason: "BrokenDigest",
        number: number + 1,
        message: `event ${number} of the log is not the event ${number} that was applied`
      }
}

/** What is said of a log that ends before an event that a consumer has applied. */
export const beyond = (number: number): string =>
  `the log ends before event ${number}, which was applied: it was restored to an earlier moment`

/** The cursor after the first `count` of the admitted events. */
export const advance = (cursor: Cursor, admitted: Admitted, count: number): Cursor =>
  count === 0 ? cursor : { ...cursor, number: admitted.events[count - 1]!.number, digest: admitted.digests[count - 1]! }

/**
 * The cursor after the first `count` of the admitted events; where there are none, the stream stops for what stands in
 * the way, if anything does: events before it are applied first.
 */
export const after = (cursor: Cursor, admitted: Admitted, count: number, obstacle: Stop | null): Cursor =>
  count === 0 && obstacle !== null ? stop(cursor, obstacle) : advance(cursor, admitted, count)

/** The cursor of a stream that stops; the same one when it has stopped for that already. */
export const stop = (cursor: Cursor, reason: Stop): Cursor =>
  cursor.stopped === reason ? cursor : { ...cursor, stopped: reason }
