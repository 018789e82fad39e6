/**
 * `EventLog` of another service: for gaps, and for consumers that begin. Pages are gathered until there is what was
 * asked for, so that it reads like a log at hand.
 */
import { Company, Digest, Envelope, EventLog, type Sha256, type StoreError, TraceContext } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Wire from "../api/services/Wire.ts"
import { type Peer, reading } from "./Peer.ts"

interface Page {
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly more: boolean
}

const readNumber = reading(Schema.Struct({ number: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) }))

/** The logs of a company that a service keeps. */
export const make = (peer: Peer, company: string, sha256: Sha256): EventLog["Service"] => {
  const base = `/companies/${encodeURIComponent(company)}/events`
  const page = (source: Envelope.Source, after: number, limit: number) =>
    peer.ask<Page>({
      method: "GET",
      path: `${base}/${source}`,
      query: { after, limit: Math.min(limit, Wire.mostEvents) },
      read: (json) => pageOf({ source, after, limit }, json)
    })

  /**
   * Between two pages a log may be restored to an earlier moment: then the next one does not follow, and what was read
   * before it is returned. Whoever reads on finds out, as in a log at hand.
   */
  const read = Effect.fnUntraced(function* (
    source: Envelope.Source,
    after: number,
    limit: number
  ): Effect.fn.Return<ReadonlyArray<Envelope.Envelope>, StoreError> {
    const first = yield* page(source, after, limit)
    if (!first.more || first.events.length >= limit) return first.events
    const events = [...first.events]
    for (let more: boolean = first.more; more && events.length > 0 && events.length < limit;) {
      const last = events.at(-1)!
      const next = yield* page(source, last.number, limit - events.length)
      const joint = next.events[0]
      if (
        joint !== undefined &&
        (joint.number !== last.number + 1 || joint.previous !== Envelope.digest(sha256, last))
      ) {
        return events
      }
      for (const event of next.events) events.push(event)
      more = next.more && next.events.length > 0
    }
    return events
  })

  return EventLog.of({
    read: (source, after, limit) => (limit < 1 ? Effect.succeed([]) : read(source, after, limit)),
    last: (source) =>
      Effect.map(peer.ask({ method: "GET", path: `${base}/${source}/last`, read: readNumber }), ({ number }) => number)
  })
}

/** The logs of some services, of the company at hand. What it has of its own stays with the log that is at hand. */
export const layer = (peers: { readonly [Source in Envelope.Source]?: Peer }): Layer.Layer<
  EventLog,
  never,
  EventLog | Company | Digest.Digest
> =>
  Layer.effect(
    EventLog,
    Effect.gen(function* () {
      const own = yield* EventLog
      const { id } = (yield* Company).settings
      const { sha256 } = yield* Digest.Digest
      const remote = Object.fromEntries(Object.entries(peers).map(([source, peer]) => [source, make(peer, id, sha256)]))
      return EventLog.combined({ users: own, tasks: own, billing: own, ...remote })
    })
  )

/**
 * Events come by the million, so they are looked at by hand: each of a schema's steps would cost more than the event.
 * They have to be in the order of their numbers, above the one that was asked after.
 */
const pageOf = (
  { after, limit, source }: { readonly source: Envelope.Source; readonly after: number; readonly limit: number },
  json: unknown
): Result.Result<Page, { readonly message: string }> => {
  const { events, more } = (json ?? {}) as { readonly events?: unknown; readonly more?: unknown }
  if (!Array.isArray(events) || typeof more !== "boolean") return Result.fail({ message: "it is no page of events" })
  if (events.length > limit) return Result.fail({ message: `it has more than the ${limit} events asked for` })
  const found: Array<Envelope.Envelope> = []
  let time: DateTime.Utc | undefined
  let traced: TraceContext.TraceContext | undefined
  let number = after
  for (const event of events as ReadonlyArray<Wire.WireEvent>) {
    if (!isEvent(event) || event.number <= number) return Result.fail({ message: `no event follows ${number}` })
    number = event.number
    // Those of one commit share its instant: one object for all.
    if (time?.epochMilliseconds !== event.at) time = DateTime.makeUnsafe(event.at)
    // So do they what caused them; what is not well-formed is dropped, since nothing may fail for it.
    const { actor, data, previous, trace, type, version } = event
    if (traced?.traceparent !== trace?.traceparent || traced?.tracestate !== trace?.tracestate) {
      traced = TraceContext.read(trace?.traceparent, trace?.tracestate)
    }
    found.push(Envelope.remembering({ source, number, type, version, time, actor, previous, data, trace: traced }))
  }
  return Result.succeed({ events: found, more })
}

/** No instant is further from the epoch than this, in milliseconds. */
const farthest = 8.64e15

const isDigest = /^[0-9a-f]{64}$/u

const isEvent = (event: Wire.WireEvent | null): event is Wire.WireEvent =>
  typeof event === "object" &&
  event !== null &&
  Number.isSafeInteger(event.number) &&
  typeof event.type === "string" &&
  Number.isSafeInteger(event.version) &&
  event.version > 0 &&
  Number.isSafeInteger(event.at) &&
  Math.abs(event.at) <= farthest &&
  typeof event.actor === "string" &&
  typeof event.previous === "string" &&
  isDigest.test(event.previous) &&
  "data" in event
