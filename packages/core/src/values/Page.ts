/**
 * Pages of a list: by the key of the last row, never by offset, so that no page costs more than another.
 */
import * as Schema from "effect/Schema"
import * as Input from "./Input.ts"

export interface Paging<Key> {
  /** The key of the last row of the page before; none for the first page. */
  readonly after?: Key | undefined
  /** How many rows at most. */
  readonly limit: number
}

export interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  /** Whether more rows follow. */
  readonly more: boolean
}

/** How many rows a page may have, and how many it has when nobody says. */
const longest = 10_000
const usual = 100

/** What a caller asks for: checked before it reaches a store. Without it, the first page of 100 rows. */
export interface PageRequest<Key extends string | number = string> {
  /** The key of the last row of the page before; none for the first page. */
  readonly after?: Key | undefined
  /** How many rows at most: 1 to 10,000; default: 100. */
  readonly limit?: number | undefined
}

/** Checks a page request whose keys are of a schema; fails with `InvalidInput`. */
export const parse = <Key extends Schema.Codec<unknown, unknown>>(key: Key) => {
  const check = Input.parse(
    Schema.Struct({
      after: Schema.optional(key),
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: longest }))
    })
  )
  return (request: { readonly after?: unknown; readonly limit?: number | undefined } = {}) =>
    check(request.limit === undefined ? { ...request, limit: usual } : request)
}

/** Makes a page of rows that were fetched one beyond the limit. */
export const page = <Row>(rows: ReadonlyArray<Row>, limit: number): Page<Row> => ({
  rows: rows.slice(0, limit),
  more: rows.length > limit
})
