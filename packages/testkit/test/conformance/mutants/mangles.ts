/** A page with something wrong about it. */
export type Mangle = <Row>(
  page: { readonly rows: ReadonlyArray<Row>; readonly more: boolean },
  limit: number
) => { readonly rows: ReadonlyArray<Row>; readonly more: boolean }

/** What can be wrong with pages. */
export const mangles: Readonly<Record<string, Mangle>> = {
  "says that more follow when a page is full": ({ rows }, limit) => ({ rows, more: rows.length === limit }),
  "says that nothing follows": ({ rows }) => ({ rows, more: false }),
  "loses the last row of a page": ({ more, rows }) => ({ rows: more ? rows.slice(0, -1) : rows, more }),
  "returns the first row twice": ({ more, rows }) => ({ rows: [...rows.slice(0, 1), ...rows], more }),
  "turns a page round": ({ more, rows }) => ({ rows: rows.toReversed(), more })
}

/** Pages of all rows in another order than that of their keys. */
export const inOrderOf = <Row, Key>(
  all: ReadonlyArray<Row>,
  order: (row: Row) => string,
  keyOf: (row: Row) => Key,
  { after, limit }: { readonly after?: Key | undefined; readonly limit: number }
) => {
  const sorted = all.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  const start = after === undefined ? 0 : sorted.findIndex((row) => keyOf(row) === after) + 1
  return { rows: sorted.slice(start, start + limit), more: sorted.length > start + limit }
}
