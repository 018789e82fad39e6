import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as text from "../src/text.ts"

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
