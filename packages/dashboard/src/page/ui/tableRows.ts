/**
 * The rows of a table as they are drawn: with a heading above each group of them.
 */
export type Line<Row> =
  | { readonly key: string; readonly heading: string }
  | { readonly key: string; readonly row: Row; readonly index: number }

/** Puts a heading before each run of rows of the same group. */
export const linesOf = <Row>(
  rows: ReadonlyArray<Row>,
  keyOf: (row: Row) => string,
  groupOf: ((row: Row) => string) | undefined
): ReadonlyArray<Line<Row>> => {
  const lines: Array<Line<Row>> = []
  let last: string | undefined
  for (const [index, row] of rows.entries()) {
    const group = groupOf?.(row)
    if (group !== undefined && group !== last) lines.push({ key: `heading ${group}`, heading: group })
    last = group
    lines.push({ key: keyOf(row), row, index })
  }
  return lines
}
