/**
 * Pages of ordered keys.
 */
import type { Page } from "@popug/core"

/** The page of those of the rows, given in order, that pass the filter; reads one beyond the limit at most. */
export const pageOf = <Key, Row>(
  keys: Iterable<Key>,
  limit: number,
  row: (key: Key) => Row,
  keep?: (row: Row) => boolean
): Page<Row> => {
  const rows: Array<Row> = []
  for (const key of keys) {
    const candidate = row(key)
    if (keep !== undefined && !keep(candidate)) continue
    if (rows.length === limit) return { rows, more: true }
    rows.push(candidate)
  }
  return { rows, more: false }
}

/** The rows that exist of those asked for, each once. */
export const found = <Key, Row>(rows: ReadonlyMap<Key, Row>, keys: ReadonlyArray<Key>): ReadonlyArray<Row> => {
  const asked = new Set(keys)
  const result: Array<Row> = []
  for (const key of asked) {
    const row = rows.get(key)
    if (row !== undefined) result.push(row)
  }
  return result
}
