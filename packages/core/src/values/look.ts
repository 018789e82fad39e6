/**
 * Looking through a list for rows that no index finds: so much of it at most, so that a page has a bounded cost.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Looked, Page, Paging } from "./Page.ts"

/** How many rows are held at a time, where a page is not longer itself. */
const atOnce = 1_000

interface Look<Row, Key> {
  /** The page that is asked for. */
  readonly paging: Paging<Key>
  /** How many rows are looked at, at most. */
  readonly most: number
  readonly keyOf: (row: Row) => Key
  /** Called once with each row that is looked at, in order. */
  readonly isWanted: (row: Row) => boolean
}

/** The rows of a list that are wanted, from where the page asked for begins. */
export const look = Effect.fnUntraced(function* <Row, Key, E, R>(
  list: (paging: Paging<Key>) => Effect.Effect<Page<Row>, E, R>,
  { isWanted, keyOf, most, paging }: Look<Row, Key>
): Effect.fn.Return<Looked<Row, Key>, E, R> {
  const { limit } = paging
  const rows: Array<Row> = []
  let after = paging.after
  let last: Key | null = null
  let more = true
  for (let looked = 0; more && rows.length < limit && looked < most;) {
    // What is looked for is mostly rare: each look is twice as long, up to a bound.
    const page: Page<Row> = yield* list({
      after,
      limit: Math.min(Math.max(limit, Math.min(looked, atOnce)), most - looked)
    })
    for (const row of page.rows) {
      if (rows.length === limit) return { rows, more: true, last }
      if (isWanted(row)) rows.push(row)
      after = last = keyOf(row)
    }
    looked += page.rows.length
    more = page.more
  }
  return { rows, more, last }
})

/** What is searched for. */
export const searched = Schema.String.check(Schema.isBetweenLength(1, 200))

/** Text as it is compared: in normal form, as what was typed into popug is, and without capitals. */
export const folded = (text: string): string => text.normalize("NFC").toLowerCase()

/** Whether some texts have all the words of a search between them, in any order, in capitals or not. */
export const named = (search: string): ((...texts: ReadonlyArray<string>) => boolean) => {
  const words = folded(search).split(/\s+/u)
  return (...texts) => {
    const all = folded(texts.join(" "))
    return words.every((word) => all.includes(word))
  }
}
