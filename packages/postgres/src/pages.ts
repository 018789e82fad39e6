/**
 * Pages of rows in the order of a key: one more is read than asked for.
 */
import { type Page, page } from "@popug/core"
import * as Effect from "effect/Effect"

/** Makes a page of rows that were read one beyond the limit. */
export const pageOf = <Row, A, E>(
  rows: Effect.Effect<ReadonlyArray<Row>, E>,
  limit: number,
  read: (row: Row) => A
): Effect.Effect<Page<A>, E> => Effect.map(rows, (found) => page(found.map(read), limit))

/**
 * The SQL of a page of the rows of a status, in the order of ids. It leads to the index of status and id whatever a
 * plan knows of the parameters: one made for any of them takes no status to be rare, and would look through all rows.
 */
export const ofStatus = (status: string, after: string, limit: string) => ({
  where: `(status, id) > (${status}, ${after}) and status <= ${status}`,
  order: `order by status, id limit ${limit}`
})

/** The rows by key, of those with the same key the last: what writing them one by one would leave. */
export const lastOf = <Row>(rows: ReadonlyArray<Row>, key: (row: Row) => string): ReadonlyArray<Row> => {
  // Nearly always every row has a key of its own.
  const keys = new Set<string>()
  for (const row of rows) keys.add(key(row))
  return keys.size === rows.length ? rows : [...new Map(rows.map((row) => [key(row), row])).values()]
}
