/**
 * Events as rows.
 */
import { Envelope } from "@popug/core"
import * as DateTime from "effect/DateTime"
import type { CompanyDatabase } from "./Database.ts"
import * as Forms from "./Forms.ts"
import { listed } from "./lists.ts"
import * as Param from "./Param.ts"
import { sourceNumber, sourceParam } from "./sources.ts"
import { type Statement, statement } from "./statements.ts"
import { type Column, inserting as insertingRows, rowsOf, type Step, type Written } from "./together.ts"
import * as Traces from "./Traces.ts"

export interface EventRow {
  readonly number: number
  readonly form: number
  readonly at_ms: number
  readonly actor: string
  readonly previous: Uint8Array
  readonly data: string
  readonly trace: Uint8Array
}

/** The columns of an event `e` as rows have them: whole numbers as `float8`, which is exact for all that occur. */
export const read = "e.number::float8, e.form, e.at_ms::float8, e.actor, e.previous, e.data, e.trace"

/** Events from rows in their order. Throws where one can't be read. */
export const fromRows = (source: Envelope.Source, rows: ReadonlyArray<EventRow>): ReadonlyArray<Envelope.Envelope> => {
  // Those of one commit share its instant, and most who caused them: one text for all.
  let time: DateTime.Utc | undefined
  let actor = ""
  const traceOf = Traces.reader()
  return rows.map((row) => {
    if (time?.epochMilliseconds !== row.at_ms) time = DateTime.makeUnsafe(row.at_ms)
    if (actor !== row.actor) actor = row.actor
    const { data, type, version } = Forms.read(row.form, JSON.parse(row.data))
    return Envelope.remembering({
      source,
      number: row.number,
      type,
      version,
      time,
      actor,
      previous: Param.hexOf(row.previous),
      data,
      trace: traceOf(row.trace)
    })
  })
}

/** What most events of a stream have in common, as far as is known: it is not sent for those that have it. */
export type Usual = { readonly form: number; readonly actor: string }

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
  readonly forms: ReadonlyArray<number> | null
  readonly actors: ReadonlyArray<string> | null
  /** The numbers of those that were traced, and what caused them; null where none was. */
  readonly traced: ReadonlyArray<number> | null
  readonly traces: ReadonlyArray<Uint8Array> | null
}

/**
 * Reads events as one row, which costs this process half as much as a row for each. A line break stands between their
 * texts, which no text within JSON can hold: none goes on in the next. `from` has the events; of the parameters, `form`
 * and `actor` are what is usual.
 */
export const together = (from: string, [form, actor]: readonly [string, string]): string => {
  const list = (column: string) => `array_agg(${column} order by number)`
  return `select count(*)::int as count, min(number)::float8 as first, max(number)::float8 as last,
      case when sum(octet_length(data)) <= ${mostBytes} then string_agg(data, E',\n' order by number) end as data,
      string_agg(previous, '' order by number) as previous,
      case when min(at_ms) < max(at_ms) then ${list("at_ms::float8")} end as instants, min(at_ms)::float8 as at,
      ${list("number::float8")} filter (where odd) as odd, ${list("form")} filter (where odd) as forms,
      ${list("actor")} filter (where odd) as actors,
      ${list("number::float8")} filter (where trace <> '') as traced,
      ${list("trace")} filter (where trace <> '') as traces
    from (
      select number, form, at_ms, actor, previous, data, trace, form <> ${form} or actor <> ${actor} as odd
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
  usual: Usual
): ReadonlyArray<Envelope.Envelope> | undefined => {
  if (count === 0) return []
  if (data === null || last! - first! !== count - 1 || previous!.length !== 32 * count) return undefined
  const all = parsed(data)
  if (all?.length !== count) return undefined
  const { actors, forms, odd, traced, traces } = row
  const digests = Param.hexOf(previous!)
  let time = DateTime.makeUnsafe(instants?.[0] ?? at!)
  let next = 0
  let nextTraced = 0
  const traceOf = Traces.reader()
  return all.map((json, index) => {
    const number = first! + index
    const instant = instants?.[index]
    if (instant !== undefined && time.epochMilliseconds !== instant) time = DateTime.makeUnsafe(instant)
    const isOdd = odd?.[next] === number
    const { data, type, version } = Forms.read(isOdd ? forms![next]! : usual.form, json)
    const actor = isOdd ? actors![next]! : usual.actor
    if (isOdd) next += 1
    const trace = traced?.[nextTraced] === number ? traceOf(traces![nextTraced++]!) : undefined
    const previous = digests.slice(64 * index, 64 * index + 64)
    return Envelope.remembering({ source, number, type, version, time, actor, previous, data, trace })
  })
}

/** What most of these have in common with the next, by the last of them. */
export const usualOf = ({ actors, forms, last, odd }: TogetherRow, usual: Usual): Usual =>
  last !== null && odd?.at(-1) === last ? { form: forms!.at(-1)!, actor: actors!.at(-1)! } : usual

const parsed = (data: string): ReadonlyArray<unknown> | undefined => {
  try {
    return JSON.parse(`[${data}]`)
  } catch {
    return undefined
  }
}

/** The columns of events, and the lists of some for each. */
const columns: ReadonlyArray<Column<Envelope.Envelope>> = [
  ["source", (rows) => Param.smallInts(rows.map(({ source }) => sourceNumber(source)))],
  ["number", (rows) => Param.ints(rows.map(({ number }) => number))],
  ["previous", (rows) => Param.digests(rows.map(({ previous }) => previous))],
  ["form", (rows) => Param.smallInts(rows.map((event) => Forms.written(event).form))],
  ["data", (rows) => Param.texts(rows.map((event) => Forms.written(event).text))],
  ["at_ms", (rows) => Param.ints(rows.map(({ time }) => time.epochMilliseconds))],
  ["actor", (rows) => Param.texts(rows.map(({ actor }) => actor))],
  ["trace", (rows) => Param.allBytes(rows.map(({ trace }) => Traces.bytesOf(trace)))]
]

/** Writes the events of commits that go together. */
export const inserting = (
  schema: string,
  written: ReadonlyArray<Written<{ readonly events: ReadonlyArray<Envelope.Envelope> }>>
): ReadonlyArray<Step> =>
  insertingRows(
    "events",
    rowsOf(written, ({ changes }) => changes.events),
    `${schema}.events`,
    columns
  )

/**
 * Writes events that follow one another. What all of a commit nearly always share goes once, and nothing goes of what
 * caused them where nobody traced it.
 */
export const insert = (
  db: CompanyDatabase,
  source: Envelope.Source,
  events: ReadonlyArray<Envelope.Envelope>
): Statement => {
  const first = events[0]!
  const rows = events.map(Forms.written)
  const { form } = rows[0]!
  const isAlike = events.every(
    ({ actor, time, trace }, index) =>
      rows[index]!.form === form &&
      actor === first.actor &&
      time.epochMilliseconds === first.time.epochMilliseconds &&
      trace === first.trace
  )
  const isTraced = first.trace !== undefined || (!isAlike && events.some(({ trace }) => trace !== undefined))
  const trace = isTraced ? ", trace" : ""
  const into = `insert into ${db.schema}.events (company, source, number, previous, data, form, at_ms, actor${trace})
    select $1, $2, $3 + place, previous, data,`
  const params = [
    db.company,
    sourceParam(source),
    Param.int(first.number - 1),
    Param.digests(events.map(({ previous }) => previous)),
    Param.texts(rows.map(({ text }) => text))
  ]
  return isAlike
    ? statement(`${into} $6, $7, $8${isTraced ? ", $9" : ""} from ${listed("previous, data", 4)}`, [
        ...params,
        Param.int4(form),
        Param.int(first.time.epochMilliseconds),
        Param.text(first.actor),
        ...(isTraced ? [Param.bytes(Traces.bytesOf(first.trace))] : [])
      ])
    : statement(`${into} form, at_ms, actor${trace} from ${listed(`previous, data, form, at_ms, actor${trace}`, 4)}`, [
        ...params,
        Param.smallInts(rows.map(({ form }) => form)),
        Param.ints(events.map(({ time }) => time.epochMilliseconds)),
        Param.texts(events.map(({ actor }) => actor)),
        ...(isTraced ? [Param.allBytes(events.map(({ trace }) => Traces.bytesOf(trace)))] : [])
      ])
}
