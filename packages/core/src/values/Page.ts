/**
 * Pages of a list: by the key of the last row, never by offset, so that no page costs more than another.
 */
import * as Effect from "effect/Effect"
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

/** `oldest` goes by the keys, which grow with time; `newest` is the other way round, and `after` is the row above. */
export const Order = Schema.Literals(["oldest", "newest"])
export type Order = typeof Order.Type

/** A page of a list that is read both ways. */
export interface OrderedPaging<Key> extends Paging<Key> {
  /** Default: `oldest`. */
  readonly order?: Order | undefined
}

/** A page of what was looked for: there may be fewer rows than the limit, or none, and more to come. */
export interface Looked<Row, Key> extends Page<Row> {
  /** The last row that was looked at, wanted or not: where to go on after. Null when there was none to look at. */
  readonly last: Key | null
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

/** The same of a list that is read both ways. */
export interface OrderedRequest<Key extends string | number = string> extends PageRequest<Key> {
  /** Default: `oldest`. */
  readonly order?: Order | undefined
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

const parseOrder = Input.parseOne("order", Order)

/** The same for a list that is read both ways. */
export const parseOrdered = <Key extends Schema.Codec<unknown, unknown>>(key: Key) => {
  const paging = parse(key)
  return Effect.fnUntraced(function* ({
    order = "oldest",
    ...request
  }: { readonly after?: unknown; readonly limit?: number | undefined; readonly order?: Order | undefined } = {}) {
    return { ...(yield* paging(request)), order: yield* parseOrder(order) }
  })
}

/** Makes a page of rows that were fetched one beyond the limit. */
export const page = <Row>(rows: ReadonlyArray<Row>, limit: number): Page<Row> => ({
  rows: rows.slice(0, limit),
  more: rows.length > limit
})
