/**
 * Events as rows.
 */
import type { Envelope } from "@popug/core"
import * as DateTime from "effect/DateTime"
import { type Database, type Statement, statement } from "./Database.ts"
import * as Param from "./params.ts"

export interface EventRow {
  readonly number: bigint
  readonly type: string
  readonly version: number
  readonly at_ms: bigint
  readonly actor: string
  readonly previous: string
  readonly data: unknown
}

export const columns = "number, type, version, at_ms, actor, previous, data"

export const read =
  (source: Envelope.Source) =>
  (row: EventRow): Envelope.Envelope => ({
    source,
    number: Number(row.number),
    type: row.type,
    version: row.version,
    time: DateTime.makeUnsafe(Number(row.at_ms)),
    actor: row.actor,
    previous: row.previous,
    data: row.data
  })

/** Writes events. The JSON of `data` is kept as it is, to the letter. */
export const insert = (db: Database, source: Envelope.Source, events: ReadonlyArray<Envelope.Envelope>): Statement =>
  statement(
    `insert into ${db.schema}.events (source, ${columns})
      select $1, number, type, version::int, at_ms, actor, previous, data::json
      from unnest($2, $3, $4, $5, $6, $7, $8) as e (${columns})`,
    [
      Param.text(source),
      Param.ints(events.map((event) => event.number)),
      Param.texts(events.map((event) => event.type)),
      Param.ints(events.map((event) => event.version)),
      Param.ints(events.map((event) => event.time.epochMilliseconds)),
      Param.texts(events.map((event) => event.actor)),
      Param.texts(events.map((event) => event.previous)),
      Param.texts(events.map((event) => JSON.stringify(event.data ?? null)))
    ]
  )

/** Why events and their head can't follow a head; nothing when they can. */
export const follows = (
  source: Envelope.Source,
  before: { readonly number: number; readonly digest: string; readonly at: DateTime.Utc },
  { events, head }: { readonly events: ReadonlyArray<Envelope.Envelope>; readonly head: typeof before }
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
