/** The cursors of a host's own consumers. */
import { Cursor, type CursorStore } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { attempt, type Database, refuse } from "./Database.ts"

interface Row {
  readonly version: number
  readonly data: string
}

export const make = (db: Database): CursorStore["Service"] => {
  /** Bodies of one consumer run one after another. */
  const turns = new Map<string, Semaphore.Semaphore>()
  const turnOf = (consumer: string) => {
    const turn = turns.get(consumer) ?? Semaphore.makeUnsafe(1)
    turns.set(consumer, turn)
    return turn
  }
  const stored = (consumer: string) => db.all<Row>("select version, data from cursors where consumer = ?", consumer)[0]

  return {
    transact: (consumer, source, body) =>
      Effect.gen(function* () {
        const row = yield* attempt(() => stored(consumer))
        const cursor: Cursor.Cursor = row === undefined ? Cursor.start(consumer, source) : JSON.parse(row.data)
        if (cursor.source !== source) return yield* refuse(`${consumer} reads the stream of ${cursor.source}`)
        const [answer, next] = yield* body(cursor)
        yield* attempt(() =>
          db.write(() => {
            if (stored(consumer)?.version !== row?.version) throw refuse("somebody was first", true)
            if (next.consumer !== consumer || next.source !== source) throw refuse("the cursor is of another consumer")
            const version = (row?.version ?? 0) + 1
            db.replace("cursors", consumer, version, JSON.stringify(next))
          })
        )
        return answer
      }).pipe(Semaphore.withPermit(turnOf(consumer))),
    list: attempt(() => db.all<Cursor.Cursor>("select data from cursors order by consumer"))
  }
}
