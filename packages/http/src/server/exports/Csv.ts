/**
 * Tables to download: CSV as RFC 4180 says it, in UTF-8 with the mark by which spreadsheets know it.
 */
import * as Csv from "effect/encoding/Csv"
import * as Stream from "effect/Stream"

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

/** Rows as the bytes of a table under a header; a table without rows is its header. */
export const encode = <Column extends string, E, R>(
  columns: ReadonlyArray<Column>,
  rows: Stream.Stream<Readonly<Record<Column, string>>, E, R>
): Stream.Stream<Uint8Array, E, R> =>
  Stream.concat(Stream.succeed(byteOrderMark), Stream.pipeThroughChannel(rows, Csv.encode({ columns, headers: true })))
