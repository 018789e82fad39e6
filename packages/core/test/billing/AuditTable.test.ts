import fc from "fast-check"
import * as DateTime from "effect/DateTime"
import { describe, expect, it } from "vitest"
import { AuditTable, type AuditEntry, type Money, Text } from "../../src/index.ts"

/** Text with much of what has a meaning to a spreadsheet. */
const awkward = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("=", "+", "-", "@", "'", '"', ",", ";", "\t", "\r", "\n", " ", "a", "＝", "ж") })
)

describe("text in a cell", () => {
  it("is no formula, whether commas or semicolons separate cells", () => {
    fc.assert(
      fc.property(awkward, (text) => {
        for (const piece of Text.inCell(text).split(/[;\t\r\n]/u)) expect(piece).not.toMatch(/^\s*[=+\-@＝＋－＠]/u)
      })
    )
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
  const entry: AuditEntry = {
    transfer: 7,
    period: "2026-11-21" as never,
    kind: "fee",
    owner: "olga" as never,
    task: { id: "roof" as never, title: "=1+1" },
    amount: -1519n,
    corrects: null,
    reason: null,
    recordedAt: DateTime.makeUnsafe("2026-11-21T09:00:00Z")
  }

  it("has decimals, harmless titles and empty cells for what is not there", () => {
    const line = AuditTable.line(entry, "Olga", "USD" as Money.Currency)
    expect(AuditTable.columns.map((column) => line[column])).toEqual([
      ..."7 2026-11-21 fee olga Olga roof '=1+1 -15.19 USD".split(" "),
      "",
      "",
      "2026-11-21T09:00:00.000Z"
    ])
  })
})
