import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as Input from "../../src/values/Input.ts"

describe("reading what a caller gave", () => {
  const parse = Input.parse(Schema.Struct({ a: Schema.Int, b: Schema.String }))

  it("names every issue at once", () => {
    const error = Effect.runSync(Effect.flip(parse({ a: 1.5, b: 2 })))
    expect(error._tag).toBe("InvalidInput")
    expect(error.message).toContain('["a"]')
    expect(error.message).toContain('["b"]')
  })

  it("refuses what nobody asked for", () => {
    expect(Effect.runSync(Effect.flip(parse({ a: 1, b: "x", c: true }))).message).toContain('["c"]')
  })
})
