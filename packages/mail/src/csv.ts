/**
 * CSV as RFC 4180 says it, in UTF-8 with the mark by which spreadsheets know it.
 *
 * A spreadsheet takes text for a formula by how it begins, so what people typed gets an apostrophe before that: at the
 * start of a cell, and after a semicolon, which separates cells where commas are decimal marks.
 */

/** A number, as a program reads it, or text. */
export type Cell = number | { readonly decimal: string } | string | null

const separators = /([;\t\r\n])/u
const formula = /^\s*['=+\-@＝＋－＠]/u

/** Text that no spreadsheet takes for a formula; different texts stay different. */
const guard = (text: string): string =>
  text
    .split(separators)
    .map((piece) => (formula.test(piece) ? `'${piece}` : piece))
    .join("")

const cell = (value: Cell): string => {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  if (typeof value !== "string") return value.decimal
  const text = guard(value.toWellFormed())
  return /[",;\s]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What a file begins with. */
export const byteOrderMark = "\uFEFF"

export const row = (cells: ReadonlyArray<Cell>): string => `${cells.map(cell).join(",")}\r\n`
