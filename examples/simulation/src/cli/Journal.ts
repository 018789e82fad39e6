/**
 * Writes the books as a journal of hledger's, day by day.
 */
import { Actor, Books, Hledger, type Money } from "@popug/core"
import { type DayBook } from "@popug/testkit/days"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

const pageSize = 5_000

/** Opens the file; what it returns writes one closed day after another. */
export const open = Effect.fnUntraced(function* (path: string, currency: Money.Currency) {
  const fs = yield* FileSystem.FileSystem
  const file = yield* fs.open(path, { flag: "w" })
  const encoder = new TextEncoder()
  const write = (text: string) => file.writeAll(encoder.encode(text))
  let writer = Hledger.make({ currency })
  yield* write(writer.header)
  let first = true
  return Effect.fnUntraced(function* ({ lines, period }: DayBook.DayBook, name: (id: string) => string) {
    if (first) writer = Hledger.make({ currency, name })
    first = false
    const books = yield* Books
    let after: number | undefined
    for (let more = true; more;) {
      const page = yield* books.transfers(Actor.system, { from: period, to: period }, { after, limit: pageSize })
      if (page.rows.length > 0) yield* write(writer.transfers(page.rows))
      after = page.rows.at(-1)?.number
      more = page.more
    }
    yield* write(
      writer.close(
        period,
        lines.map(({ closing, id }) => ({ owner: id, closing }))
      )
    )
  })
})
