/**
 * Whole lists as streams: page after page, never all of it in memory.
 */
import type { Page, PageRequest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** How many rows are read at once. */
const together = 1_000

/**
 * The rows of a list in order, a chunk for each page. The first page is read at once, so that a refusal comes before an
 * answer has begun; `key` returns what the next page starts after. Rows that are added meanwhile at the end come too.
 */
export const all = Effect.fnUntraced(function* <Row, Key extends string | number, E, R>(
  read: (paging: PageRequest<Key>) => Effect.Effect<Page<Row>, E, R>,
  key: (row: Row) => Key
): Effect.fn.Return<Stream.Stream<Row, E, R>, E, R> {
  const following = ({ more, rows }: Page<Row>) => {
    const last = rows.at(-1)
    return more && last !== undefined ? Option.some(key(last)) : Option.none<Key>()
  }
  const first = yield* read({ limit: together })
  const rest = Option.match(following(first), {
    onNone: () => Stream.empty,
    onSome: (after) =>
      Stream.paginate(after, (after) =>
        Effect.map(read({ after, limit: together }), (page) => [page.rows, following(page)] as const)
      )
  })
  return Stream.concat(Stream.fromArray(first.rows), rest)
})
