/**
 * Lists side by side as rows.
 */

/**
 * The SQL of rows that are made of lists, for `from`: parameters one after another from `$first`, with the place of
 * each row, which begins with 1. Lists of a select list are read as they are; those of `from` are each written to a
 * store of their own before, which costs up to half a microsecond for a row.
 */
export const listed = (columns: string, first: number): string => {
  const lists = columns.split(", ").map((column, index) => `unnest($${first + index}) as ${column}`)
  return `(select ${lists.join(", ")}, generate_subscripts($${first}, 1) as place) listed`
}
