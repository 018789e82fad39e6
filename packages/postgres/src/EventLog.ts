/**
 * `EventLog` on Postgres.
 */
import { type Envelope, EventLog, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "./Database.ts"
import { corrupt } from "./errors.ts"
import * as Events from "./Events.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { sourceNumber, sourceParam } from "./sources.ts"

type Read = EventLog["Service"]["read"]

/** Between these limits events are read as one row: for fewer it does not pay, and of more it would be too long. */
const [few, many] = [100, 20_000]

const fromRows = (source: Envelope.Source, after: number, rows: ReadonlyArray<Events.EventRow>) =>
  Effect.try({
    try: () => Events.fromRows(source, rows),
    catch: (error) => corrupt(`an event of ${source} after ${after} can't be read`, error)
  })

/** Events each as a row. */
const readEach =
  (db: CompanyDatabase): Read =>
  (source, after, limit) =>
    Effect.flatMap(
      db.query<Events.EventRow>(
        `select ${Events.read} from ${db.schema}.events e
          where e.company = $1 and e.source = $2 and e.number > $3 order by e.number limit $4`,
        [db.company, sourceParam(source), Param.int(after), Param.int(limit)]
      ),
      (rows) => fromRows(source, after, rows)
    )

/** Events together as one row; nothing where each must be read. */
const readTogether = (db: CompanyDatabase) => {
  const sql = Events.together(
    `${db.schema}.events where company = $1 and source = $2 and number > $3 order by number limit $4`,
    ["$5", "$6"]
  )
  const usual = new Map<Envelope.Source, Events.Usual>()
  return (
    source: Envelope.Source,
    after: number,
    limit: number
  ): Effect.Effect<ReadonlyArray<Envelope.Envelope> | undefined, StoreError> =>
    Effect.suspend(() => {
      const last = usual.get(source) ?? { form: 0, actor: "" }
      return Effect.map(
        db.query<Events.TogetherRow>(sql, [
          db.company,
          sourceParam(source),
          Param.int(after),
          Param.int(limit),
          Param.int4(last.form),
          Param.text(last.actor)
        ]),
        ([row]) => {
          usual.set(source, Events.usualOf(row!, last))
          return Events.fromTogether(source, row!, last)
        }
      )
    })
}

/** Events of a company after a number. */
interface Asked {
  readonly company: number
  readonly source: Envelope.Source
  readonly after: number
  readonly limit: number
}

type PlacedRow = Events.EventRow & { readonly place: number }

/** Events of many companies, each as a row. */
const readMany = (db: Asking, asked: ReadonlyArray<Asked>) =>
  Effect.map(
    db.query<PlacedRow>(
      `select asked.place::int, ${Events.read} from unnest($1, $2, $3, $4) with ordinality
          as asked (company, source, after, most, place)
        cross join lateral (
          select * from ${db.schema}.events e
          where e.company = asked.company and e.source = asked.source and e.number > asked.after
          order by e.number limit asked.most
        ) e order by asked.place, e.number`,
      [
        Param.smallInts(asked.map(({ company }) => company)),
        Param.smallInts(asked.map(({ source }) => sourceNumber(source))),
        Param.ints(asked.map(({ after }) => after)),
        Param.ints(asked.map(({ limit }) => limit))
      ]
    ),
    (rows) => {
      const found = Map.groupBy(rows, ({ place }) => place)
      return asked.map((_, index) => found.get(index + 1) ?? [])
    }
  )

/**
 * The events that follow a number, for a stream that is not known to have many: at most `few` of them. Nearly always
 * companies look for what is not there, or is one commit.
 */
const following: Question<Asked, ReadonlyArray<PlacedRow>> = {
  one: (db, asked) => Effect.map(readMany(db, [asked]), ([rows]) => rows!),
  many: readMany
}

/** Reads a stream whose events are few together with other companies'; when they are many, alone. */
const readSome = (db: CompanyDatabase, alone: Read): Read => {
  const busy = new Set<Envelope.Source>()
  const whole: Read = (source, after, limit) =>
    Effect.tap(alone(source, after, limit), (events) =>
      Effect.sync(() => void (events.length < few && busy.delete(source)))
    )
  return (source, after, limit) =>
    Effect.suspend(() => {
      if (busy.has(source)) return whole(source, after, limit)
      const most = Math.min(limit, few)
      return Effect.flatMap(db.gathered.ask(following, { company: db.number, source, after, limit: most }), (rows) => {
        if (rows.length < few || limit <= few) return fromRows(source, after, rows)
        busy.add(source)
        return whole(source, after, limit)
      })
    })
}

export const make = (db: CompanyDatabase): EventLog["Service"] => {
  const [each, together] = [readEach(db), readTogether(db)]
  const alone: Read = (source, after, limit) =>
    limit < few || limit > many
      ? each(source, after, limit)
      : Effect.flatMap(together(source, after, limit), (events) =>
          events === undefined ? each(source, after, limit) : Effect.succeed(events)
        )
  return EventLog.of({
    read: readSome(db, alone),
    // The highest number of the index, not the head's: `open` need not have been called.
    last: (source) =>
      Effect.map(
        db.query<{ readonly last: bigint }>(
          `select coalesce(max(number), 0) as last from ${db.schema}.events where company = $1 and source = $2`,
          [db.company, sourceParam(source)]
        ),
        ([row]) => Number(row!.last)
      )
  })
}
