/**
 * The envelope that every event travels and is stored in, shaped like a CloudEvent.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { canonicalJson, type Sha256 } from "../values/Digest.ts"
import * as TraceContext from "../values/TraceContext.ts"

/** The context that writes a stream of events. */
export const Source = Schema.Literals(["users", "tasks", "billing"])
export type Source = typeof Source.Type

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u, { expected: "a SHA-256 in hexadecimal" }))

/** An event as it was recorded: `data` is the JSON of its `type` and `version`, which `Catalog.decode` reads. */
export const Envelope = Schema.Struct({
  source: Source,
  /** The position in the source's stream: 1, 2, 3, ... without holes. */
  number: Schema.Int.check(Schema.isGreaterThan(0)),
  type: Schema.String,
  version: Schema.Int.check(Schema.isGreaterThan(0)),
  /** The UTC instant of the commit. */
  time: Schema.DateTimeUtc,
  /** Who caused it: `system` or `user:ID`. */
  actor: Schema.String,
  /** The digest of the event before it; 64 zeros for the first. */
  previous: Digest,
  data: Schema.Unknown,
  /** What caused it, where somebody traced that. Outside of the digest. */
  trace: Schema.optional(TraceContext.TraceContext)
})
export type Envelope = typeof Envelope.Type

/**
 * An event as a producer or a log makes it, which remembers its digest: events never change, so each object's is made
 * once. Not in a WeakMap, which costs the garbage collector a tenth of a big commit. A copy is a plain object, without
 * the digest of what it was copied from.
 */
class Remembering implements Envelope {
  readonly source: Source
  readonly number: number
  readonly type: string
  readonly version: number
  readonly time: DateTime.Utc
  readonly actor: string
  readonly previous: string
  readonly data: unknown
  readonly trace: TraceContext.TraceContext | undefined
  #digest: string | undefined = undefined

  constructor(fields: Envelope) {
    this.source = fields.source
    this.number = fields.number
    this.type = fields.type
    this.version = fields.version
    this.time = fields.time
    this.actor = fields.actor
    this.previous = fields.previous
    this.data = fields.data
    this.trace = fields.trace
  }

  static digest(sha256: Sha256, event: Envelope, canonical?: string): string {
    return #digest in event ? (event.#digest ??= make(sha256, event, canonical)) : make(sha256, event, canonical)
  }
}

/** An event that remembers its digest once that was made. */
export const remembering = (fields: Envelope): Envelope => new Remembering(fields)

/**
 * The digest of an event, over its content and the digest of the one before it. `canonical` is what `canonicalJson`
 * makes of its data, for its producer, who knows.
 */
export const digest: (sha256: Sha256, event: Envelope, canonical?: string) => string = Remembering.digest

const make = (
  sha256: Sha256,
  { actor, data, number, previous, source, time, type, version }: Envelope,
  canonical = canonicalJson(data)
): string =>
  // The canonical JSON of an array, put together by hand: only `actor` and `data` can hold what needs escaping.
  sha256(
    `["${source}",${number},${JSON.stringify(type)},${version},${time.epochMilliseconds},${JSON.stringify(actor)},` +
      `"${previous}",${canonical}]`
  )

/** The event as CloudEvents 1.0 in JSON: what leaves the process. */
export const CloudEvent = Schema.Struct({
  specversion: Schema.Literal("1.0"),
  id: Schema.String,
  source: Schema.String,
  type: Schema.String,
  time: Schema.String,
  datacontenttype: Schema.Literal("application/json"),
  /** Extension attributes. */
  number: Schema.Int,
  dataversion: Schema.Int,
  actor: Schema.String,
  previousdigest: Schema.String,
  data: Schema.Unknown,
  /** The distributed tracing extension: what caused it, where somebody traced that. */
  traceparent: Schema.optionalKey(Schema.String),
  tracestate: Schema.optionalKey(Schema.String)
})
export type CloudEvent = typeof CloudEvent.Type

export const toCloudEvent = (company: string, event: Envelope): CloudEvent => ({
  specversion: "1.0",
  id: `${event.source}-${event.number}`,
  source: `/companies/${company}/${event.source}`,
  type: event.type,
  time: DateTime.formatIso(event.time),
  datacontenttype: "application/json",
  number: event.number,
  dataversion: event.version,
  actor: event.actor,
  previousdigest: event.previous,
  data: event.data,
  ...event.trace
})

const decodeEnvelope = Schema.decodeUnknownResult(Schema.toCodecJson(Envelope))

/** Reads an envelope back from a CloudEvent. */
export const fromCloudEvent = (event: CloudEvent) => {
  const trace = TraceContext.read(event.traceparent, event.tracestate)
  return decodeEnvelope({
    source: event.source.slice(event.source.lastIndexOf("/") + 1),
    number: event.number,
    type: event.type,
    version: event.dataversion,
    time: event.time,
    actor: event.actor,
    previous: event.previousdigest,
    data: event.data,
    ...(trace && { trace })
  })
}
