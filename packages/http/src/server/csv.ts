/**
 * Tables to download: CSV as RFC 4180 says it, in UTF-8 with the mark by which spreadsheets know it.
 *
 * A spreadsheet takes text for a formula by how it begins. What people typed gets an apostrophe before that: at the
 * start of a cell, and after a semicolon, which separates cells where commas are decimal marks. Numbers stay as they
 * are, so that a debit is still a number.
 */
import * as Csv from "effect/encoding/Csv"
import * as Stream from "effect/Stream"

const formula = /(^|[;\t\r\n])(?=\s*['=+\-@＝＋－＠])|^(?=[\t\r\n])/gu

/** Text that no spreadsheet takes for a formula. */
export const text = (value: string | null): string => (value ?? "").toWellFormed().replaceAll(formula, "$1'")

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

/** Rows as the bytes of a table under a header; a table without rows is its header. */
export const encode = <Column extends string, E, R>(
  columns: ReadonlyArray<Column>,
  rows: Stream.Stream<Readonly<Record<Column, string>>, E, R>
): Stream.Stream<Uint8Array, E, R> =>
  Stream.concat(Stream.succeed(byteOrderMark), Stream.pipeThroughChannel(rows, Csv.encode({ columns, headers: true })))
