/**
 * Reading many pages of rows, for a verification: while one page is gone through, the store reads the next.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

/** How rows are read in the order of a number that they have. */
export interface Reading<Row, E, R> {
  /** Reads rows with numbers above one, from the lowest on. */
  readonly read: (after: number) => Effect.Effect<ReadonlyArray<Row>, E, R>
  readonly numberOf: (row: Row) => number
  /** The number before the first row, and the last number to read. */
  readonly begin: number
  readonly last: number
}

/**
 * The pages one by one; empty when there are no more, and nothing is read then. It holds two pages at most. What is
 * being read when the scope ends is given up. The scope is that of the whole reading, which a page may be asked for in
 * a smaller one.
 */
export const readAhead = <Row, E, R>(scope: Scope.Scope, { begin, last, numberOf, read }: Reading<Row, E, R>) => {
  let after = begin
  let next: Fiber.Fiber<ReadonlyArray<Row>, E> | undefined
  return Effect.gen(function* (): Effect.fn.Return<ReadonlyArray<Row>, E, R> {
    if (after >= last) return []
    const page = next === undefined ? yield* read(after) : yield* Fiber.join(next)
    const rows = page.length > 0 && numberOf(page.at(-1)!) > last ? page.filter((row) => numberOf(row) <= last) : page
    // Once there are no more, nobody asks again: the last of them may be far below `last`.
    after = rows.length > 0 ? numberOf(rows.at(-1)!) : last
    next = after < last ? yield* Effect.forkIn(read(after), scope, { startImmediately: true }) : undefined
    return rows
  })
}
