import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson, draw, drawKey, origin } from "../../src/values/Digest.ts"
import { sha256 } from "../support/given.ts"

/** The same JSON value with the keys of every object in another order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)])
  )
}

describe("canonical JSON", () => {
  it("is the same whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      })
    )
  })

  it("says the same as the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      })
    )
  })

  it("differs for different values", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b))
        // Equal text is allowed only where reading it gives equal values.
        if (canonicalJson(a) === canonicalJson(b)) expect(reversed(a)).toEqual(reversed(b))
      })
    )
  })

  it("sorts keys at every depth, and leaves the order of lists", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: { z: null, y: true } })).toBe(
      '{"a":{"y":true,"z":null},"b":[{"c":2,"d":1}]}'
    )
    expect(canonicalJson([3, 1, 2])).toBe("[3,1,2]")
  })

  it("writes bigints as strings", () => {
    expect(canonicalJson({ b: [1n, -2n], a: 12_345_678_901_234_567_890n })).toBe(
      '{"a":"12345678901234567890","b":["1","-2"]}'
    )
  })

  it("leaves out no key, not even one that objects treat in their own way", () => {
    const value: unknown = JSON.parse('{"a":1,"__proto__":{"b":2}}')
    expect(canonicalJson(value)).toBe('{"__proto__":{"b":2},"a":1}')
  })

  it("does not change the value", () => {
    const value = Object.freeze({ b: 1, a: Object.freeze([Object.freeze({ d: 1n, c: 2 })]) })
    canonicalJson(value)
    expect(Object.keys(value)).toEqual(["b", "a"])
  })

  it("looks at every part once, however deeply it is nested", () => {
    let looks = 0
    let value: object = { b: 1, a: 2 }
    for (let depth = 0; depth < 12; depth += 1) {
      const inner = value
      value = Object.defineProperty({}, "a", {
        enumerable: true,
        get: () => {
          looks += 1
          return inner
        }
      })
    }
    expect(canonicalJson(value)).toContain('{"a":2,"b":1}')
    expect(looks).toBeLessThan(100)
  })
})

describe("a draw", () => {
  const draws = (count: number, key = "key") =>
    Array.from({ length: count }, (_, index) => draw(sha256, key, "assignee", ["task", index]))

  it("lies in [0, 1)", () => {
    for (const value of draws(2_000)) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
    }
    expect(draw(() => "0".repeat(64), "k", "price", [])).toBe(0)
    expect(draw(() => "f".repeat(64), "k", "price", [])).toBeLessThan(1)
  })

  it("is spread evenly", () => {
    const cells = Array.from({ length: 20 }, () => 0)
    for (const value of draws(20_000)) cells[Math.floor(value * 20)]! += 1
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    // 99.9 % of uniform samples stay below, with 19 degrees of freedom.
    expect(chiSquare).toBeLessThan(43.8)
  })

  it("is the same for the same key and parts, and another for others", () => {
    expect(draw(sha256, "k", "price", ["a", 1])).toBe(draw(sha256, "k", "price", ["a", 1]))
    const others = [
      draw(sha256, "k", "price", ["a", 1]),
      draw(sha256, "k", "price", ["a", 2]),
      draw(sha256, "l", "price", ["a", 1])
    ]
    others.push(
      draw(sha256, "k", "price", ["a1"]),
      draw(sha256, "k", "price", ["a", "1"]),
      draw(sha256, "ka", "price", [1])
    )
    expect(new Set(others).size).toBe(others.length)
  })

  it("of one purpose is never that of another, whatever callers choose", () => {
    const digested = (purpose: "assignee" | "price", parts: ReadonlyArray<string | number>) => {
      let text = ""
      draw((given) => ((text = given), origin), "k", purpose, parts)
      return text
    }
    const ids = ["t1", "price", "assignee", 'x","price', "1,0", "[]", "\\", '"', ""]
    const texts = ids.flatMap((id) => [
      digested("assignee", [id, 1, 0]),
      digested("price", [id, "fee"]),
      digested("price", [id, "1,0"]),
      digested("price", [id, "award"])
    ])
    expect(new Set(texts).size).toBe(texts.length)
  })

  it("is another for another company of the same secret, and for another secret", () => {
    const keys = [
      drawKey(sha256, "a", "s"),
      drawKey(sha256, "b", "s"),
      drawKey(sha256, "a", "t"),
      drawKey(sha256, "s", "a")
    ]
    expect(new Set(keys.map((key) => draw(sha256, key, "assignee", ["t1", 1, 0]))).size).toBe(keys.length)
  })

  it("never changes from one version of popug to the next: replays depend on it", () => {
    const key = drawKey(sha256, "popug", "secret")
    expect(draw(sha256, key, "assignee", ["t1", 1, 0])).toBe(0.8077546403911846)
    expect(draw(sha256, key, "price", ["t1", "fee"])).toBe(0.5822791714979907)
  })
})

it("a chain of digests starts from 64 zeros", () => {
  expect(origin).toBe("0000000000000000000000000000000000000000000000000000000000000000")
})
