import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson, draw, origin } from "../src/Digest.ts"
import { sha256 } from "./support/given.ts"

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
  const draws = (count: number, key = "seed") =>
    Array.from({ length: count }, (_, index) => draw(sha256, key, ["task", index]))

  it("lies in [0, 1)", () => {
    for (const value of draws(2_000)) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
    }
    expect(draw(() => "0".repeat(64), "k", [])).toBe(0)
    expect(draw(() => "f".repeat(64), "k", [])).toBeLessThan(1)
  })

  it("is spread evenly", () => {
    const cells = Array.from({ length: 20 }, () => 0)
    for (const value of draws(20_000)) cells[Math.floor(value * 20)]! += 1
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    // 99.9 % of uniform samples stay below, with 19 degrees of freedom.
    expect(chiSquare).toBeLessThan(43.8)
  })

  it("is the same for the same key and parts, and another for others", () => {
    expect(draw(sha256, "k", ["a", 1])).toBe(draw(sha256, "k", ["a", 1]))
    const others = [draw(sha256, "k", ["a", 1]), draw(sha256, "k", ["a", 2]), draw(sha256, "l", ["a", 1])]
    others.push(draw(sha256, "k", ["a1"]), draw(sha256, "k", ["a", "1"]), draw(sha256, "ka", [1]))
    expect(new Set(others).size).toBe(others.length)
  })

  it("never changes from one version of popug to the next: replays depend on it", () => {
    expect(draw(sha256, "popug", ["t1", 1, 0])).toBe(0.017052379017169272)
    expect(draw(sha256, "secret", ["t1", "fee"])).toBe(0.4651638951558752)
  })
})

it("a chain of digests starts from 64 zeros", () => {
  expect(origin).toBe("0000000000000000000000000000000000000000000000000000000000000000")
})
