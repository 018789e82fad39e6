/**
 * Events as rows.
 */
import { Envelope } from "@popug/core"
import * as DateTime from "effect/DateTime"
import { type CompanyDatabase, type Statement, statement } from "./Database.ts"
import { listed } from "./lists.ts"
import * as Param from "./Param.ts"
import { sourceParam } from "./sources.ts"

export interface EventRow {
  readonly number: number
  readonly type: string
  readonly version: number
  readonly at_ms: number
  readonly actor: string
  readonly previous: Uint8Array
  readonly data: string
}

/** The columns of an event `e` as rows have them: whole numbers as `float8`, which is exact for all that occur. */
export const read = "e.number::float8, e.type, e.version, e.at_ms::float8, e.actor, e.previous, e.data"

/** Events from rows in their order. Throws where the data of one is no JSON. */
export const fromRows = (source: Envelope.Source, rows: ReadonlyArray<EventRow>): ReadonlyArray<Envelope.Envelope> => {
  // Those of one commit share its instant, and most what they are and who caused them: one text for all.
  let time: DateTime.Utc | undefined
  let [type, actor] = ["", ""]
  return rows.map((row) => {
    if (time?.epochMilliseconds !== row.at_ms) time = DateTime.makeUnsafe(row.at_ms)
    if (type !== row.type) type = row.type
    if (actor !== row.actor) actor = row.actor
    return Envelope.remembering({
      source,
      number: row.number,
      type,
      version: row.version,
      time,
      actor,
      previous: Param.hexOf(row.previous),
      data: JSON.parse(row.data)
    })
  })
}

const alike = ([first, ...others]: ReadonlyArray<Envelope.Envelope>): boolean =>
  others.every(
    (event) =>
      event.type === first!.type &&
      event.version === first!.version &&
      event.actor === first!.actor &&
      event.time.epochMilliseconds === first!.time.epochMilliseconds
  )

/**
 * Writes events that follow one another. What all of a commit nearly always share goes once. The JSON of `data` is kept
 * as it is, to the letter.
 */
export const insert = (
  db: CompanyDatabase,
  source: Envelope.Source,
  events: ReadonlyArray<Envelope.Envelope>
): Statement => {
  const first = events[0]!
  const into = `insert into ${db.schema}.events (company, source, number, previous, data, version, at_ms, type, actor)`
  const params = [
    db.company,
    sourceParam(source),
    Param.int(first.number - 1),
    Param.digests(events.map(({ previous }) => previous)),
    Param.texts(events.map(({ data }) => JSON.stringify(data ?? null)))
  ]
  if (alike(events)) {
    return statement(
      `${into} select $1, $2, $3 + place, previous, data, $6, $7, $8, $9 from ${listed("previous, data", 4)}`,
      [
        ...params,
        Param.int(first.version),
        Param.int(first.time.epochMilliseconds),
        Param.text(first.type),
        Param.text(first.actor)
      ]
    )
  }
  return statement(
    `${into} select $1, $2, $3 + place, previous, data, version, at_ms, type, actor
      from ${listed("previous, data, version, at_ms, type, actor", 4)}`,
    [
      ...params,
      Param.smallInts(events.map(({ version }) => version)),
      Param.ints(events.map(({ time }) => time.epochMilliseconds)),
      Param.texts(events.map(({ type }) => type)),
      Param.texts(events.map(({ actor }) => actor))
    ]
  )
}
