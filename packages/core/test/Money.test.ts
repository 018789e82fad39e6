import fc from "fast-check"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as Money from "../src/Money.ts"

const money = (amount: bigint, currency: string) => Money.make(amount, currency as Money.Currency)

describe("the decimal form", () => {
  it.each([
    [1205n, "USD", "12.05"],
    [-1205n, "USD", "-12.05"],
    [5n, "USD", "0.05"],
    [-5n, "USD", "-0.05"],
    [0n, "USD", "0.00"],
    [100n, "USD", "1.00"],
    [1205n, "JPY", "1205"],
    [-7n, "JPY", "-7"],
    [0n, "JPY", "0"],
    [1205n, "KWD", "1.205"],
    [-1n, "KWD", "-0.001"],
    [123_456_789_012_345_678_901_234_567_890n, "USD", "1234567890123456789012345678.90"]
  ])("of %d minor units of %s is %s", (amount, currency, expected) => {
    expect(Money.toDecimal(money(amount, currency))).toBe(expected)
  })

  it("keeps every digit: without the point it is the amount again", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom("USD", "JPY", "KWD", "EUR"), (amount, currency) => {
        expect(BigInt(Money.toDecimal(money(amount, currency)).replace(".", ""))).toBe(amount)
      })
    )
  })
})

describe("the form for people", () => {
  it.each([
    [1205n, "USD", "$12.05"],
    [-1205n, "USD", "-$12.05"],
    [123_456_789n, "USD", "$1,234,567.89"],
    [1205n, "JPY", "¥1,205"],
    [1205n, "KWD", "KWD\u00a01.205"],
    [9_007_199_254_740_993_01n, "USD", "$9,007,199,254,740,993.01"]
  ])("of %d minor units of %s is %s", (amount, currency, expected) => {
    expect(Money.format(money(amount, currency))).toBe(expected)
  })

  it("follows the locale", () => {
    expect(Money.format(money(123_456n, "EUR"), "de-DE")).toBe("1.234,56\u00a0€")
  })
})

describe("the digits of a currency's minor unit", () => {
  it.each([
    ["USD", 2],
    ["JPY", 0],
    ["KWD", 3]
  ])("%s has %d", (currency, digits) => {
    expect(Money.fractionDigits(currency as Money.Currency)).toBe(digits)
  })
})

describe("a currency", () => {
  it("is three capital letters", () => {
    const accepts = (text: unknown) => Result.isSuccess(Schema.decodeUnknownResult(Money.Currency)(text))
    expect(accepts("USD")).toBe(true)
    for (const text of ["usd", "US", "USDT", "US1", "", " USD", null]) expect(accepts(text)).toBe(false)
  })
})

describe("an amount in JSON", () => {
  const codec = Schema.toCodecJson(Money.Money)

  it("is a string of digits, and comes back as it was", () => {
    fc.assert(
      fc.property(fc.bigInt(), (amount) => {
        const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(money(amount, "USD"))))
        expect(json).toEqual({ amount: amount.toString(), currency: "USD" })
        expect(Schema.decodeUnknownSync(codec)(json)).toEqual(money(amount, "USD"))
      })
    )
  })

  it("is never a number, a fraction or text", () => {
    for (const amount of [12, "12.5", "1e3", "twelve", "", null]) {
      expect(Result.isFailure(Schema.decodeUnknownResult(codec)({ amount, currency: "USD" })), String(amount)).toBe(
        true
      )
    }
  })
})
