/**
 * Events as rows.
 */
import { Envelope } from "@popug/core"
import * as DateTime from "effect/DateTime"
import { type Database, type Statement, statement } from "./Database.ts"
import * as Param from "./params.ts"

export interface EventRow {
  readonly number: number
  readonly type: string
  readonly version: number
  readonly at_ms: number
  readonly actor: string
  readonly previous: string
  readonly data: unknown
}

const columns = "number, type, version, at_ms, actor, previous, data"

/** The columns of an event `e` as rows have them: whole numbers as `float8`, which is exact for all that occur. */
export const read = "e.number::float8, e.type, e.version, e.at_ms::float8, e.actor, e.previous, e.data"

/** Events from rows in their order. */
export const fromRows = (source: Envelope.Source, rows: ReadonlyArray<EventRow>): ReadonlyArray<Envelope.Envelope> => {
  // Those of one commit share its instant.
  let time: DateTime.Utc | undefined
  return rows.map((row) => {
    if (time?.epochMilliseconds !== row.at_ms) time = DateTime.makeUnsafe(row.at_ms)
    return Envelope.remembering({
      source,
      number: row.number,
      type: row.type,
      version: row.version,
      time,
      actor: row.actor,
      previous: row.previous,
      data: row.data
    })
  })
}

/** Writes events. The JSON of `data` is kept as it is, to the letter. */
export const insert = (db: Database, source: Envelope.Source, events: ReadonlyArray<Envelope.Envelope>): Statement =>
  statement(
    `insert into ${db.schema}.events (source, ${columns})
      select $1, number::bigint, type, version::int, at_ms::bigint, actor, previous, data::json
      from unnest($2, $3, $4, $5, $6, $7, $8) as e (${columns})`,
    [
      Param.text(source),
      Param.numbers(events.map((event) => event.number)),
      Param.texts(events.map((event) => event.type)),
      Param.numbers(events.map((event) => event.version)),
      Param.numbers(events.map((event) => event.time.epochMilliseconds)),
      Param.texts(events.map((event) => event.actor)),
      Param.texts(events.map((event) => event.previous)),
      Param.texts(events.map((event) => JSON.stringify(event.data ?? null)))
    ]
  )
