/**
 * `EventLog` on Postgres.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "./Database.ts"
import { corrupt } from "./errors.ts"
import * as Events from "./Events.ts"
import * as Param from "./Param.ts"
import { sourceParam } from "./sources.ts"

export const make = (db: CompanyDatabase): EventLog["Service"] =>
  EventLog.of({
    read: (source, after, limit) =>
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
