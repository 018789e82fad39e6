/**
 * `EventLog` on Postgres.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Database } from "./Database.ts"
import * as Events from "./events.ts"
import * as Param from "./params.ts"

export const make = (db: Database): EventLog["Service"] =>
  EventLog.of({
    read: (source, after, limit) =>
      Effect.map(
        db.query<Events.EventRow>(
          `select ${Events.read} from ${db.schema}.events e
            where e.source = $1 and e.number > $2 order by e.number limit $3`,
          [Param.text(source), Param.int(after), Param.int(limit)]
        ),
        (rows) => Events.fromRows(source, rows)
      ),
    // The highest number of the index, not the head's: `open` need not have been called.
    last: (source) =>
      Effect.map(
        db.query<{ readonly last: bigint }>(
          `select coalesce(max(number), 0) as last from ${db.schema}.events where source = $1`,
          [Param.text(source)]
        ),
        ([row]) => Number(row!.last)
      )
  })
