/**
 * `CursorStore` on Postgres: a host's consumer writes its own rows in the transaction of its cursor.
 */
import { Cursor, CursorStore, type Envelope } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Database } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Param from "./params.ts"

interface Row {
  readonly consumer: string
  readonly source: Envelope.Source
  readonly number: bigint
  readonly digest: string
  readonly stopped: Cursor.Stop | null
}

const read = (row: Row): Cursor.Cursor => ({ ...row, number: Number(row.number) })

const columns = "consumer, source, number, digest, stopped"

export const make = (db: Database): CursorStore["Service"] => {
  const cursors = `${db.schema}.cursors`
  const turns = new Map<string, Semaphore.Semaphore>()
  const turnOf = (consumer: string) => {
    let turn = turns.get(consumer)
    if (turn === undefined) turns.set(consumer, (turn = Semaphore.makeUnsafe(1)))
    return turn
  }

  /** Locks the consumer's row; a new one is there after a body that succeeds. */
  const take = (consumer: string, source: Envelope.Source) =>
    Effect.gen(function* () {
      const start = Cursor.start(consumer, source)
      yield* db.query(
        `insert into ${cursors} (consumer, source, number, digest) values ($1, $2, $3, $4)
          on conflict (consumer) do nothing`,
        [Param.text(consumer), Param.text(source), Param.int(start.number), Param.text(start.digest)]
      )
      const [row] = yield* db.query<Row>(`select ${columns} from ${cursors} where consumer = $1 for update`, [
        Param.text(consumer)
      ])
      return row === undefined ? start : read(row)
    })

  return CursorStore.of({
    transact: (consumer, source, body) =>
      Semaphore.withPermit(
        turnOf(consumer),
        db.transaction(
          Effect.gen(function* () {
            const cursor = yield* take(consumer, source)
            const [answer, after] = yield* body(cursor)
            if (after.consumer !== consumer || after.source !== source || cursor.source !== source) {
              return yield* conflict(`consumer ${consumer} reads the stream of ${cursor.source}`)
            }
            yield* db.query(
              `update ${cursors} set number = $2, digest = $3, stopped = $4::text::json where consumer = $1`,
              [
                Param.text(consumer),
                Param.int(after.number),
                Param.text(after.digest),
                Param.text(after.stopped === null ? null : JSON.stringify(after.stopped))
              ]
            )
            return answer
          })
        )
      ),
    list: Effect.map(db.query<Row>(`select ${columns} from ${cursors} order by consumer`), (rows) => rows.map(read))
  })
}
