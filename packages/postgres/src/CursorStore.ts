/**
 * `CursorStore` on Postgres: a host's consumer writes its own rows in the transaction of its cursor.
 */
import { CompanyIdentity, Cursor, CursorStore, type Envelope } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { CompanyDatabase } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Param from "./Param.ts"
import { sourceOf, sourceParam } from "./sources.ts"

interface Row {
  readonly consumer: string
  readonly source: number
  readonly number: bigint
  readonly digest: Uint8Array
  readonly stopped: Cursor.Stop | null
}

const read = (row: Row): Cursor.Cursor => ({
  ...row,
  source: sourceOf(row.source)!,
  number: Number(row.number),
  digest: Param.hexOf(row.digest)
})

const columns = "consumer, source, number, digest, stopped"

export const make = (db: CompanyDatabase): CursorStore["Service"] => {
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
      // Whoever puts the company to rest waits for this, or this for them: what is read next is then their rest.
      yield* db.query(`select from ${db.schema}.companies where number = $1 for key share`, [db.company])
      const resting = yield* db.query(`select from ${db.schema}.contexts where company = $1 and resting limit 1`, [
        db.company
      ])
      if (resting.length > 0) return yield* CompanyIdentity.resting(db.id)
      yield* db.query(
        `insert into ${cursors} (company, consumer, source, number, digest) values ($1, $2, $3, $4, $5)
          on conflict (company, consumer) do nothing`,
        [db.company, Param.text(consumer), sourceParam(source), Param.int(start.number), Param.digest(start.digest)]
      )
      const [row] = yield* db.query<Row>(
        `select ${columns} from ${cursors} where company = $1 and consumer = $2 for update`,
        [db.company, Param.text(consumer)]
      )
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
              `update ${cursors} set number = $3, digest = $4, stopped = $5::text::json
                where company = $1 and consumer = $2`,
              [
                db.company,
                Param.text(consumer),
                Param.int(after.number),
                Param.digest(after.digest),
                Param.text(after.stopped === null ? null : JSON.stringify(after.stopped))
              ]
            )
            return answer
          })
        )
      ),
    list: Effect.map(
      db.query<Row>(`select ${columns} from ${cursors} where company = $1 order by consumer`, [db.company]),
      (rows) => rows.map(read)
    )
  })
}
