import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Csv from "effect/encoding/Csv"
import * as Stream from "effect/Stream"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AuditLog, type Money, Text } from "../../../src/index.ts"

/** Text with much of what has a meaning to a spreadsheet. */
const awkward = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("=", "+", "-", "@", "'", '"', ",", ";", "\t", "\r", "\n", " ", "a", "＝", "ж") })
)

/**
 * Cells of a line as spreadsheets read it: a quote at a cell's start opens, two are one, what follows the closing one
 * stays.
 */
const cells = (text: string, separator: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let at = 0; at <= text.length; at++) {
    let cell = ""
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') cell += text[++at]
        else break
      }
      at++
    }
    for (; at < text.length && text[at] !== separator && text[at] !== "\r" && text[at] !== "\n"; at++) cell += text[at]
    found.push(cell)
  }
  return found
}

/** Cells of a line as a reader makes them that knows no quotes, and one that drops them. */
const pieces = (text: string, separator: string): ReadonlyArray<string> =>
  text.split(/\r|\n/u).flatMap((line) => line.split(separator))

const separators = [";", "|", "\t"] as const
const isFormula = (cell: string): boolean => /^[\s"]*[=+\-@＝＋－＠]/u.test(cell) && !/^-?\d+(\.\d+)?$/u.test(cell)

const file = (texts: ReadonlyArray<string>): string =>
  Effect.runSync(
    Stream.make(["7", ...texts.map(Text.inCell), "-15.19", ""]).pipe(
      Stream.pipeThroughChannel(Csv.encodeString()),
      Stream.mkString
    )
  )

describe("text in a cell", () => {
  it("is no formula in a file of commas, whichever separator it is read with", () => {
    fc.assert(
      fc.property(fc.array(awkward, { minLength: 1, maxLength: 4 }), (texts) => {
        const written = file(texts)
        expect(cells(written, ",").filter(isFormula)).toEqual([])
        for (const separator of separators) {
          expect(cells(written, separator).filter(isFormula)).toEqual([])
          expect(pieces(written, separator).filter(isFormula)).toEqual([])
        }
      }),
      { numRuns: 1_000 }
    )
  })

  it("is no formula behind quotes that another separator's reader takes away", () => {
    expect(Text.inCell('x;"=1+1;"')).toBe('x;\'"=1+1;"')
    expect(Text.inCell('" "=1+1')).toBe('\'" "=1+1')
    expect(Text.inCell("a|=1+1")).toBe("a|'=1+1")
    expect(cells(file(['x;"=1+1;"']), ";")).toContain('\'""=1+1')
  })

  it("differs where the texts do", () => {
    fc.assert(
      fc.property(awkward, awkward, (a, b) => {
        fc.pre(a.toWellFormed() !== b.toWellFormed())
        expect(Text.inCell(a)).not.toBe(Text.inCell(b))
      })
    )
  })

  it("gets an apostrophe before what begins a formula", () => {
    for (const sign of ["=", "+", "-", "@", " =", "＝", "'"]) expect(Text.inCell(`${sign}1+1`)).toBe(`'${sign}1+1`)
    expect(Text.inCell("\t=1+1")).toBe("\t'=1+1")
    expect(Text.inCell("1;=1+1")).toBe("1;'=1+1")
    expect(Text.inCell("\ud800")).toBe("\ufffd")
  })

  it("is left as it is where there is nothing to guard", () => {
    expect(["", "plain", "a-b=c", "1 + 1"].map(Text.inCell)).toEqual(["", "plain", "a-b=c", "1 + 1"])
  })
})

describe("the audit log as a table", () => {
  const entry: AuditLog.Entry = {
    transfer: 7,
    period: "2026-11-21" as never,
    kind: "fee",
    owner: "olga" as never,
    name: "Olga",
    task: { id: "roof" as never, title: "=1+1" },
    amount: -1519n,
    corrects: null,
    reason: null,
    recordedAt: DateTime.makeUnsafe("2026-11-21T09:00:00Z")
  }

  it("has decimals, harmless titles and empty cells for what is not there", () => {
    const line = AuditLog.line(entry, "USD" as Money.Currency)
    expect(AuditLog.columns.map((column) => line[column])).toEqual([
      ..."7 2026-11-21 fee olga Olga roof '=1+1 -15.19 USD".split(" "),
      "",
      "",
      "2026-11-21T09:00:00.000Z"
    ])
  })
})
