/**
 * Pages of a list: by the key of the last row, never by offset, so that no page costs more than another.
 */

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

/** Makes a page of rows that were fetched one beyond the limit. */
export const page = <Row>(rows: ReadonlyArray<Row>, limit: number): Page<Row> => ({
  rows: rows.slice(0, limit),
  more: rows.length > limit
})
