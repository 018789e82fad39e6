/**
 * `CursorStore` in memory.
 */
import { byteOrder, Cursor, CursorStore } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict } from "./errors.ts"
import { Lock } from "./Lock.ts"
import { refusalAtRest } from "./opening.ts"
import { inTurn, savingOnce } from "./transact.ts"

export const make = (connection: Connection): CursorStore["Service"] => {
  const { cursors } = connection.disk
  const placeOf = (consumer: string) => {
    let place = cursors.get(consumer)
    if (place === undefined) {
      place = { lock: new Lock(), stored: undefined }
      cursors.set(consumer, place)
    }
    return place
  }
  return CursorStore.of({
    transact: (consumer, source, body) =>
      Effect.suspend(() => {
        const place = placeOf(consumer)
        const begin = Effect.suspend(() => {
          const refused = refusalAtRest(connection)
          if (refused !== undefined) return Effect.fail(refused)
          const cursor = place.stored ?? Cursor.start(consumer, source)
          const { end, outcome, save } = savingOnce<Cursor.Cursor>(connection, (after) =>
            after.consumer !== consumer || after.source !== source || cursor.source !== source
              ? conflict(`consumer ${consumer} reads the stream of ${cursor.source}`)
              : () => void (place.stored = after)
          )
          return Effect.succeed({ tx: { cursor, save }, end, outcome })
        })
        return inTurn(connection, place.lock, begin, (tx) =>
          Effect.flatMap(body(tx.cursor), ([answer, after]) => Effect.as(tx.save(after), answer))
        )
      }),
    list: connection.read(() =>
      [...cursors.values()].flatMap(({ stored }) => stored ?? []).sort((a, b) => byteOrder(a.consumer, b.consumer))
    )
  })
}
