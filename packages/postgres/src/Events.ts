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

/** What most events of a stream have in common, as far as is known: it is not sent for those that have it. */
export type Usual = Pick<Envelope.Envelope, "type" | "version" | "actor">

/** Events as one row: lists of what they have, in their order. */
export interface TogetherRow {
  readonly count: number
  readonly first: number | null
  readonly last: number | null
  /** Their JSON, as the items of an array; null where that is too long for one message of the server. */
  readonly data: string | null
  readonly previous: Uint8Array | null
  /** Their instants; null where all have one. */
  readonly instants: ReadonlyArray<number> | null
  readonly at: number | null
  /** The numbers of those that are not as usual, and what they are; null where all are. */
  readonly odd: ReadonlyArray<number> | null
  readonly types: ReadonlyArray<string> | null
  readonly versions: ReadonlyArray<number> | null
  readonly actors: ReadonlyArray<string> | null
}

/**
 * Reads events as one row, which costs this process half as much as a row for each. A line break stands between their
 * texts, which no text within JSON can hold: none goes on in the next. `from` has the events; of the parameters,
 * `type`, `version` and `actor` are what is usual.
 */
export const together = (from: string, [type, version, actor]: readonly [string, string, string]): string => {
  const list = (column: string) => `array_agg(${column} order by number)`
  return `select count(*)::int as count, min(number)::float8 as first, max(number)::float8 as last,
      case when sum(octet_length(data)) <= ${mostBytes} then string_agg(data, E',\n' order by number) end as data,
      string_agg(previous, '' order by number) as previous,
      case when min(at_ms) < max(at_ms) then ${list("at_ms::float8")} end as instants, min(at_ms)::float8 as at,
      ${list("number::float8")} filter (where odd) as odd, ${list("type")} filter (where odd) as types,
      ${list("version")} filter (where odd) as versions, ${list("actor")} filter (where odd) as actors
    from (
      select number, type, version, at_ms, actor, previous, data,
        type <> ${type} or version <> ${version} or actor <> ${actor} as odd
      from ${from}
    ) e`
}

/** How long the JSON of a row may be: a message of the server has 16 MiB at most. */
const mostBytes = 8_000_000

/**
 * Events from such a row; nothing where one for each is to be read: where numbers are missing, where the JSON is too
 * long, and where it is not that of so many events.
 */
export const fromTogether = (
  source: Envelope.Source,
  { at, count, data, first, instants, last, previous, ...row }: TogetherRow,
  { actor, type, version }: Usual
): ReadonlyArray<Envelope.Envelope> | undefined => {
  if (count === 0) return []
  if (data === null || last! - first! !== count - 1 || previous!.length !== 32 * count) return undefined
  const all = parsed(data)
  if (all?.length !== count) return undefined
  const { actors, odd, types, versions } = row
  const digests = Param.hexOf(previous!)
  let time = DateTime.makeUnsafe(instants?.[0] ?? at!)
  let next = 0
  return all.map((data, index) => {
    const number = first! + index
    const instant = instants?.[index]
    if (instant !== undefined && time.epochMilliseconds !== instant) time = DateTime.makeUnsafe(instant)
    const common = { source, number, time, previous: digests.slice(64 * index, 64 * index + 64), data }
    if (odd?.[next] !== number) return Envelope.remembering({ ...common, type, version, actor })
    const own = next
    next += 1
    return Envelope.remembering({ ...common, type: types![own]!, version: versions![own]!, actor: actors![own]! })
  })
}

const parsed = (data: string): ReadonlyArray<unknown> | undefined => {
  try {
    return JSON.parse(`[${data}]`)
  } catch {
    return undefined
  }
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
