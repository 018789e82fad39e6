/**
 * Text for terminals: tables, colours where they are seen, and writing at the pace of who reads.
 */
import { styleText } from "node:util"
import * as Effect from "effect/Effect"

type Style = Parameters<typeof styleText>[0]

/** Styled when standard output is a terminal that wants it. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

export const count = (value: number): string => value.toLocaleString("en-US")

/** `1 task`, `2 tasks`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Numbers stand on the right, the rest on the left. */
  readonly right?: boolean
}

/** A table with a head; `foot` is a last row of sums. */
export const table = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  foot?: ReadonlyArray<string>
): string => {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
  const head = columns.map((column) => column.title)
  const all = [head, ...cells, ...(foot === undefined ? [] : [foot])]
  const widths = columns.map((_, index) => Math.max(...all.map((line) => width(line[index]!))))
  const write = (line: ReadonlyArray<string>) =>
    line
      .map((cell, index) => pad(cell, widths[index]!, columns[index]!.right ?? false))
      .join("  ")
      .trimEnd()
  return [
    styled("dim", write(head)),
    ...cells.map((line) => write(line).replaceAll(/(?<=^|\s)-[\d,.]*\d/g, (negative) => styled("red", negative))),
    ...(foot === undefined ? [] : [styled("bold", write(foot))])
  ]
    .map((line) => `  ${line}\n`)
    .join("")
}

const graphemes = new Intl.Segmenter("en")
const width = (text: string): number => [...graphemes.segment(text)].length
const pad = (text: string, size: number, right: boolean): string => {
  const space = " ".repeat(Math.max(0, size - width(text)))
  return right ? space + text : text + space
}

/** Text that is at most so wide. */
export const cut = (text: string, most: number): string => {
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment)
  return parts.length <= most ? text : `${parts.slice(0, most - 1).join("")}…`
}

/** Writes to standard output; the reader may be slow, or may have seen enough. */
export const write = (text: string): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    process.stdout.write(text, (error) => {
      // Nobody reads any more (`| head`): there is nothing left to do.
      if ((error as NodeJS.ErrnoException | null | undefined)?.code === "EPIPE") process.exit(0)
      resume(Effect.void)
    })
  })

/** Writes to standard error, which is for people. */
export const say = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(`${text}\n`))
