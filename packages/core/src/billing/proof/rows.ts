/**
 * Rows of a store, gone through one by one beside what a verification makes anew. Steps over them are plain functions,
 * which cost little for each row, and stop where rows must be read first.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Reading, readAhead } from "../../stream/readAhead.ts"
import { Difference } from "../../values/Difference.ts"
import type { StoreError } from "../../values/StoreError.ts"

/** How many rows of a kind are read at a time; twice as many are held at most. */
export const pageSize = 5_000

/** Rows of which none is at hand, while the store may have more. */
interface Shortage {
  readonly load: Effect.Effect<void, StoreError>
}

/** Rows in the order of a number, read page by page as they are taken. */
export interface Rows<Row> extends Shortage {
  /** Whether the next row must be read first. */
  readonly isShort: () => boolean
  /** The next row, left where it is; nothing when there are no more. To be asked unless it is short. */
  readonly next: () => Row | undefined
  readonly take: () => void
  /** Reads on until all up to a number are at hand. */
  readonly fill: (upTo: number) => Effect.Effect<void, StoreError>
  /** Those up to a number that are at hand. */
  readonly atHand: (upTo: number) => ReadonlyArray<Row>
}

export const rowsOf = <Row>(scope: Scope.Scope, reading: Reading<Row, StoreError, never>): Rows<Row> => {
  const { begin, last, numberOf } = reading
  const pages = readAhead(scope, reading)
  let rows: ReadonlyArray<Row> = []
  let index = 0
  let isAll = begin >= last
  const atHand = (upTo: number) => {
    let end = index
    while (end < rows.length && numberOf(rows[end]!) <= upTo) end += 1
    return rows.slice(index, end)
  }
  const endsBefore = (number: number) => !isAll && (index === rows.length || numberOf(rows.at(-1)!) < number)
  const load = Effect.map(pages, (page) => {
    rows = index === rows.length ? page : [...rows.slice(index), ...page]
    index = 0
    isAll = page.length === 0
  })
  return {
    isShort: () => index === rows.length && !isAll,
    next: () => rows[index],
    take: () => void (index += 1),
    load,
    fill: Effect.fnUntraced(function* (upTo) {
      while (endsBefore(upTo)) yield* load
    }),
    atHand
  }
}

/** What keeps a step from being done: a difference, or rows that must be read before it goes on. */
export type Hindrance = Difference | Shortage

/** Goes on with a step until it is done; fails with its difference. */
export const finish = Effect.fnUntraced(function* (step: () => Hindrance | undefined) {
  for (let hindrance = step(); hindrance !== undefined; hindrance = step()) {
    if (hindrance instanceof Difference) return yield* hindrance
    yield* hindrance.load
  }
})
