/**
 * The head of a context's stream: where it stands, and how events get their final numbers and digests.
 *
 * Every commit takes the head first and moves it last, so commits of one context are in one total order and the
 * numbers have no holes.
 */
import type * as DateTime from "effect/DateTime"
import { origin, type Sha256 } from "../values/Digest.ts"
import type { TraceContext } from "../values/TraceContext.ts"
import * as Envelope from "./Envelope.ts"

export interface Head {
  /** The number of the last event; 0 before the first. */
  readonly number: number
  /** The instant of the last commit. */
  readonly at: DateTime.Utc
  /** The digest of the last event. */
  readonly digest: string
}

export const initial = (at: DateTime.Utc): Head => ({ number: 0, at, digest: origin })

/** The instant of a commit: the clock's, but never earlier than the commit before. */
export const instant = (head: Head, clock: DateTime.Utc): DateTime.Utc =>
  clock.epochMilliseconds < head.at.epochMilliseconds ? head.at : clock

/** A stream as a commit writes it on: it gives each event its number, instant and digest. */
export class Growing {
  readonly events: Array<Envelope.Envelope> = []
  /** What causes the events that are added next, where somebody traces that. */
  trace: TraceContext | undefined = undefined
  readonly versions: Readonly<Record<string, number>>
  readonly #sha256: Sha256
  readonly #source: Envelope.Source
  readonly #at: DateTime.Utc
  #number: number
  #digest: string

  /** `versions` of types of events that are written instead of today's. */
  constructor(
    sha256: Sha256,
    source: Envelope.Source,
    head: Head,
    at: DateTime.Utc,
    versions: Readonly<Record<string, number>> = {}
  ) {
    this.versions = versions
    this.#sha256 = sha256
    this.#source = source
    this.#at = at
    this.#number = head.number
    this.#digest = head.digest
  }

  /** The number of the last event. */
  get number(): number {
    return this.#number
  }

  /** The head after the events. */
  get head(): Head {
    return { number: this.#number, at: this.#at, digest: this.#digest }
  }

  /** Adds an event; `canonical` is what `canonicalJson` makes of its data, where that is known. */
  add(type: string, version: number, actor: string, data: unknown, canonical?: string): void {
    this.#number += 1
    const event = Envelope.remembering({
      source: this.#source,
      number: this.#number,
      type,
      version,
      time: this.#at,
      actor,
      previous: this.#digest,
      data,
      trace: this.trace
    })
    this.#digest = Envelope.digest(this.#sha256, event, canonical)
    this.events.push(event)
  }
}

/**
 * Why events and the head after them can't follow a head; nothing when they can. Every store asks this before it
 * writes, so that all refuse the same.
 */
export const follows = (
  source: Envelope.Source,
  before: Head,
  { events, head }: { readonly events: ReadonlyArray<Envelope.Envelope>; readonly head: Head }
): string | undefined => {
  let { number } = before
  let at = before.at.epochMilliseconds
  for (const event of events) {
    if (event.source !== source) return `an event of ${event.source} does not belong to ${source}`
    if (event.number !== number + 1) return `event ${event.number} does not follow event ${number}`
    if (event.time.epochMilliseconds < at) return `event ${event.number} is earlier than the one before it`
    number = event.number
    at = event.time.epochMilliseconds
  }
  if (events.length > 0 && events[0]!.previous !== before.digest) {
    return `event ${events[0]!.number} does not carry the digest of event ${before.number}`
  }
  if (head.number !== number) return `the head stands at ${head.number}, the last event is ${number}`
  if (events.length === 0 && head.digest !== before.digest) return "the head's digest changed without an event"
  if (head.at.epochMilliseconds < at) return "the head's instant goes back"
  return undefined
}
