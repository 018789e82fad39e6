import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Text from "../../src/values/Text.ts"

const read = (schema: Schema.Codec<string, string>, text: unknown): string | null => {
  const result = Schema.decodeUnknownResult(schema)(text)
  return Result.isSuccess(result) ? result.success : null
}
const refusal = (schema: Schema.Codec<string, string>, text: unknown): string => {
  const result = Schema.decodeUnknownResult(schema)(text)
  return Result.isFailure(result) ? result.failure.message : "accepted"
}

const lines = { Name: Text.Name, Title: Text.Title, Reason: Text.Reason }
const all = { ...lines, Description: Text.Description }
const eachOf = <A>(record: Record<string, A>) => Object.entries(record)

describe("all text", () => {
  it.each(eachOf(all))("is normalised to NFC: %s", (_, schema) => {
    expect(read(schema, "cafe\u0301")).toBe("caf\u00e9")
    expect(read(schema, "\u212b")).toBe("\u00c5")
  })

  it.each(eachOf(all))("without lone surrogates: %s", (_, schema) => {
    expect(read(schema, "a\ud800b")).toBeNull()
    expect(read(schema, "\udc00")).toBeNull()
    expect(read(schema, "ok \ud83d\udc9a")).toBe("ok 💚")
  })

  it.each(eachOf(all))("without control characters: %s", (_, schema) => {
    for (const code of [0x00, 0x07, 0x0b, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f]) {
      expect(read(schema, `a${String.fromCharCode(code)}b`), code.toString(16)).toBeNull()
    }
  })

  it.each(eachOf(all))("is text: %s", (_, schema) => {
    for (const value of [null, undefined, 1, {}, ["a"]]) expect(read(schema, value)).toBeNull()
  })

  it("is what it was once it has been read: reading again changes nothing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(all)),
        fc.string({ unit: "binary", maxLength: 30 }),
        (schema, text) => {
          const once = read(schema, text)
          if (once === null) return
          expect(read(schema, once)).toBe(once)
          expect(once).toBe(text.normalize("NFC"))
        }
      )
    )
  })
})

describe("one line of text", () => {
  it.each(eachOf(lines))("is refused as blank when there is nothing to see in it: %s", (_, schema) => {
    const unseen = [
      0x20, 0xa0, 0x3000, 0xad, 0x200b, 0x2060, 0xfeff, 0x3164, 0x115f, 0x1160, 0xffa0, 0x2800, 0x1d159, 0x300, 0x301,
      0x489, 0x20dd, 0x34f, 0xfe0f, 0xe0100, 0xe0020, 0x17b4, 0x180e, 0x61c
    ].map((code) => String.fromCodePoint(code))
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...unseen), minLength: 1, maxLength: 20 }), (text) => {
        expect(refusal(schema, text)).toContain("text that is not blank")
        expect(read(schema, `${text}x`)).not.toBeNull()
      })
    )
    for (const text of ["\u00e9", "e\u0301", "\u3131", "\u2801", "\u{1f44d}\ufe0f", "\u0938\u094d\u0924\u0947"]) {
      expect(read(schema, text), text).not.toBeNull()
    }
  })

  it.each(eachOf(lines))("has no line breaks and no tabs: %s", (_, schema) => {
    for (const text of ["a\nb", "a\r\nb", "a\tb"]) expect(read(schema, text)).toBeNull()
  })

  it.each(eachOf(lines))("is not blank: %s", (_, schema) => {
    for (const text of ["", " ", "   ", "\u00a0", "\u2003", "\u3000\ufeff"]) expect(read(schema, text)).toBeNull()
  })

  it.each([
    ["Name", Text.Name, 200],
    ["Title", Text.Title, 500],
    ["Reason", Text.Reason, 500]
  ] as const)("is counted in code points, not in UTF-16 units: %s", (_, schema, most) => {
    expect(read(schema, "x")).toBe("x")
    expect(read(schema, "x".repeat(most))).not.toBeNull()
    expect(read(schema, "x".repeat(most + 1))).toBeNull()
    expect(read(schema, "💚".repeat(most))).not.toBeNull()
    expect(read(schema, "💚".repeat(most + 1))).toBeNull()
  })

  it("is counted after it was normalised", () => {
    expect(read(Text.Name, "e\u0301".repeat(200))).toBe("\u00e9".repeat(200))
    expect(read(Text.Name, "e\u0301".repeat(201))).toBeNull()
  })
})

describe("a description", () => {
  it("may be empty, and may have line breaks and tabs", () => {
    for (const text of ["", "a\nb", "a\r\n\tb"]) expect(read(Text.Description, text)).toBe(text)
  })

  it("has up to 20,000 characters", () => {
    expect(read(Text.Description, "💚".repeat(20_000))).not.toBeNull()
    expect(read(Text.Description, "x".repeat(20_001))).toBeNull()
  })
})

describe("a title", () => {
  it.each(["[POPUG-1] Mend the roof", "[popug-1]", "  [A-1] x", "[A_B2-10]x", "\u00a0[KEY-1] x"])(
    "must not begin with a bracketed key: %j",
    (text) => {
      expect(read(Text.Title, text)).toBeNull()
      expect(refusal(Text.Title, text)).toContain("jiraId")
    }
  )

  it.each(["Mend [POPUG-1]", "[urgent] Mend", "[POPUG] Mend", "[1-1] Mend", "[POPUG-] Mend", "[POPUG-1 Mend", "[]"])(
    "may have other brackets: %j",
    (text) => {
      expect(read(Text.Title, text)).toBe(text)
    }
  )

  it("names every rule that it breaks", () => {
    const issues = Result.getFailure(
      Schema.decodeUnknownResult(Text.Title, { errors: "all" })(`[A-1] \u0007${"x".repeat(600)}`)
    )
    expect(issues._tag).toBe("Some")
    const { message } = (issues as { value: Error }).value
    expect(message).toContain("jiraId")
    expect(message).toContain("control characters")
  })
})

describe("a jiraId", () => {
  it.each(["POPUG-17", "a-1", "A_1-0", `${"A".repeat(51)}-${"9".repeat(20)}`])("is a key: %s", (text) => {
    expect(read(Text.JiraId, text)).toBe(text)
  })

  it.each(["", "POPUG", "POPUG-", "-1", "1A-1", "A B-1", "POPUG-1a", "[POPUG-1]", "POPUG-1\n", "É-1"])(
    "is nothing else: %j",
    (text) => {
      expect(read(Text.JiraId, text)).toBeNull()
    }
  )
})

describe("what is told of a title at once", () => {
  const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code))
  const plain = characters.filter((character) => Text.isPlainTitle(`a${character}`))

  it("is right of every character", () => {
    expect(plain.length).toBeGreaterThan(500)
    for (const character of characters) {
      for (const text of [character, `a${character}`, `${character}a`, `a${character}a`]) {
        if (Text.isPlainTitle(text)) expect(read(Text.Title, text)).toBe(text)
      }
    }
  })

  it("is right of their texts", () => {
    const text = fc.oneof(
      fc.array(fc.constantFrom(...plain), { maxLength: 502 }).map((parts) => parts.join("")),
      fc.string({ unit: "binary" })
    )
    fc.assert(
      fc.property(text, (title) => void (Text.isPlainTitle(title) && expect(read(Text.Title, title)).toBe(title)))
    )
  })

  it("is that most titles are plain, up to the longest", () => {
    expect(
      ["Mend the roof", "Починить крышу", "Réparer le toit (2)", "x", "y".repeat(500)].every(Text.isPlainTitle)
    ).toBe(true)
    expect(["", " x", "[A-1] x", "y".repeat(501), 8, null].some(Text.isPlainTitle)).toBe(false)
  })
})
