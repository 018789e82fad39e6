import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Csv from "../src/csv.ts"
import * as text from "../src/text.ts"
import { parseCsv, unguard } from "./support/csv.ts"

/** Text with much of what has a meaning somewhere. */
const awkward = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("=", "+", "-", "@", "'", '"', ",", ";", "\t", "\r", "\n", " ", "a", "＝", "ж") })
)

describe("CSV", () => {
  it("reads back as what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.array(awkward, { minLength: 2, maxLength: 5 }), { maxLength: 5 }), (rows) => {
        const parsed = parseCsv(rows.map(Csv.row).join(""))
        expect(parsed.map((cells) => cells.map(unguard))).toEqual(rows)
      })
    )
  })

  it("holds no text that a spreadsheet takes for a formula, whether commas or semicolons separate its cells", () => {
    fc.assert(
      fc.property(fc.array(awkward, { minLength: 2, maxLength: 5 }), (cells) => {
        const written = Csv.row(cells)
        expect(parseCsv(written)[0]!.filter((cell) => /^\s*[=+\-@＝＋－＠]/u.test(cell))).toEqual([])
        expect(written.split(/[;\t\r\n]/u).filter((cell, index) => index > 0 && /^\s*[=+@]/u.test(cell))).toEqual([])
      })
    )
  })

  it("leaves numbers as they are, and quotes only what needs it", () => {
    expect(Csv.row([1, { decimal: "-10.00" }, null, "plain", 'a "b"', "=1+1", "x;=1+1"])).toBe(
      `1,-10.00,,plain,"a ""b""",'=1+1,"x;'=1+1"\r\n`
    )
  })
})

describe("ids", () => {
  const id = fc.string({ unit: fc.constantFrom(".", "a", "A", "b", "B", "-", "_", "=", "/", "é", "\n"), minLength: 1 })

  it("of any kind make a Message-ID's part", () => {
    fc.assert(
      fc.property(id, (id) => {
        expect(text.token(id)).toMatch(/^[A-Za-z0-9=_-]+(\.[A-Za-z0-9=_-]+)*$/)
      })
    )
  })

  it("that differ make names of files that differ, in any case", () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        fc.pre(a !== b)
        expect(text.fileToken(a)).not.toBe(text.fileToken(b))
        expect(text.fileToken(a)).toMatch(/^[a-z0-9._=-]+$/)
      })
    )
  })
})
