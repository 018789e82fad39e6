/**
 * The ends of the logs that are followed, and one look at what was appended to them.
 */
import { type Envelope, type EventLog, Position, type Sha256 } from "@popug/core"
import * as Effect from "effect/Effect"
import type { News } from "./News.ts"
import { Ring } from "./Ring.ts"
import type { Viewers, Viewing } from "./Viewers.ts"

export interface LogsOptions {
  readonly log: EventLog["Service"]
  readonly sha256: Sha256
  readonly company: string
  /** How many of the latest events of each source are kept. */
  readonly size: number
  readonly viewers: Viewers<Viewing>
  readonly news: News
}

/** How many events are read at once. */
const batch = 500

/** The end of a source's log, to be followed from now on. */
const ringAtEnd = ({ company, log, sha256, size }: LogsOptions, source: Envelope.Source) =>
  Effect.map(Position.end(log, sha256, source), (after) => new Ring({ company, sha256, size, after }))

/** What the log has after a ring; null when it is another log by now, without the event that the ring ends with. */
const following = Effect.fnUntraced(function* ({ log, sha256 }: LogsOptions, source: Envelope.Source, ring: Ring) {
  if (ring.last === 0) return yield* log.read(source, 0, batch)
  const [known, ...events] = yield* log.read(source, ring.last - 1, batch + 1)
  return Position.isAt(sha256, ring.end, known) ? events : null
})

/** Follows nothing yet; the users' log is to be followed with any. */
export const make = (options: LogsOptions) => {
  const { news, viewers } = options
  const rings = new Map<Envelope.Source, Ring>()

  /** Ends the streams of a source whose log was restored underneath: their clients come back, and are told. */
  const beginAnew = (source: Envelope.Source, ring: Ring) =>
    Effect.gen(function* () {
      yield* Effect.logWarning(`the log of ${source} is not the one any more that was followed: was it restored?`)
      const other = yield* ringAtEnd(options, source)
      if (rings.get(source) === ring) rings.set(source, other)
      ring.isOver = true
      // What is known of the viewers is of the other log.
      if (source === "users") viewers.markAll()
      news.tell()
      return []
    })

  const read = (source: Envelope.Source, ring: Ring) =>
    Effect.flatMap(following(options, source, ring), (events) =>
      events === null ? beginAnew(source, ring) : Effect.succeed(events)
    )

  /** The users' log to its end. */
  const readUsers = Effect.gen(function* () {
    const users = rings.get("users")!
    while (true) {
      const changes = yield* read("users", users)
      for (const event of changes) {
        viewers.mark(event)
        users.push(event)
      }
      if (changes.length > 0) news.tell()
      if (changes.length < batch) return
    }
  })

  /**
   * One look; true when there is more. The users' log is read last and takes effect first, so that nothing recorded
   * after a change of a viewer is shown by the old roles.
   */
  const look = Effect.gen(function* () {
    let more = false
    const found = []
    const followed = [...rings].filter(([source]) => source !== "users")
    for (const [source, ring] of followed) {
      const events = yield* read(source, ring)
      more ||= events.length === batch
      if (events.length > 0) found.push({ ring, events })
    }
    yield* readUsers
    for (const { events, ring } of found) for (const event of events) ring.push(event)
    if (found.length > 0) news.tell()
    return more
  })

  return {
    look,
    /** Follows a source from now on, unless that is done. */
    follow: Effect.fnUntraced(function* (source: Envelope.Source) {
      const known = rings.get(source)
      if (known !== undefined) return known
      const ring = yield* ringAtEnd(options, source)
      rings.set(source, ring)
      return ring
    }),
    leave: (source: Envelope.Source): void => void rings.delete(source),
    leaveAll: (): void => rings.clear()
  }
}
