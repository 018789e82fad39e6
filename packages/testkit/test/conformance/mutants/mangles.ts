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
  "gives the first row twice": ({ more, rows }) => ({ rows: [...rows.slice(0, 1), ...rows], more }),
  "turns a page round": ({ more, rows }) => ({ rows: rows.toReversed(), more })
}
