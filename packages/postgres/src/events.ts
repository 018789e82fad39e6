/**
 * Events as rows.
 */
import { Envelope } from "@popug/core"
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
  (row: EventRow): Envelope.Envelope =>
    Envelope.remembering({
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
