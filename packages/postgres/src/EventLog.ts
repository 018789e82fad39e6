/**
 * `EventLog` on Postgres.
 */
import { type Envelope, EventLog, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "./Database.ts"
import { corrupt } from "./errors.ts"
import * as Events from "./Events.ts"
import * as Param from "./Param.ts"
import { sourceParam } from "./sources.ts"

type Read = EventLog["Service"]["read"]

/** Between these limits events are read as one row: for fewer it does not pay, and of more it would be too long. */
const [few, many] = [100, 20_000]

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
      (rows) =>
        Effect.try({
          try: () => Events.fromRows(source, rows),
          catch: (error) => corrupt(`an event of ${source} after ${after} can't be read`, error)
        })
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

export const make = (db: CompanyDatabase): EventLog["Service"] => {
  const [each, together] = [readEach(db), readTogether(db)]
  return EventLog.of({
    read: (source, after, limit) =>
      limit < few || limit > many
        ? each(source, after, limit)
        : Effect.flatMap(together(source, after, limit), (events) =>
            events === undefined ? each(source, after, limit) : Effect.succeed(events)
          ),
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
