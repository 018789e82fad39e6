import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { currencies as table } from "../../scripts/tables.ts"
import * as Money from "../../src/values/Money.ts"

const currencies = table()

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
  // By ISO 4217: what runtimes say of most of these changes with their version.
  it.each([
    ["USD", 2, "15.19"],
    ["HUF", 2, "15.19"],
    ["COP", 2, "15.19"],
    ["IDR", 2, "15.19"],
    ["PKR", 2, "15.19"],
    ["RSD", 2, "15.19"],
    ["MRU", 2, "15.19"],
    ["IQD", 3, "1.519"],
    ["KWD", 3, "1.519"],
    ["CLF", 4, "0.1519"],
    ["UYW", 4, "0.1519"],
    ["JPY", 0, "1519"],
    ["KRW", 0, "1519"],
    ["VND", 0, "1519"]
  ])("%s has %d", (code, digits, decimal) => {
    expect(Money.fractionDigits(code as Money.Currency)).toBe(digits)
    expect(Money.toDecimal(money(1519n, code))).toBe(decimal)
    expect(Money.minorUnits(code as Money.Currency)).toBe(10 ** digits)
  })

  it("are those that people see as well, for every currency", () => {
    for (const code of currencies.keys()) {
      const shown = Money.format(money(1519n, code)).replaceAll(/[^\d.]|\.(?!\d)/g, "")
      expect([code, shown.replace(",", "")]).toEqual([code, Money.toDecimal(money(1519n, code))])
    }
  })
})

describe("a currency", () => {
  const decode = Schema.decodeUnknownResult(Money.Currency, { errors: "all" })

  it("is one of ISO 4217's codes", () => {
    for (const text of ["USD", "EUR", "XCG", "ZWG"]) expect(Result.isSuccess(decode(text)), text).toBe(true)
    for (const text of ["usd", "US", "USDT", "US1", "", " USD", null, "EUE", "XYZ"]) {
      expect(Result.isSuccess(decode(text)), String(text)).toBe(false)
    }
  })

  it("is nothing without a minor unit: neither gold nor codes for tests", () => {
    for (const text of ["XAU", "XTS", "XXX", "XDR"]) expect(Result.isSuccess(decode(text)), text).toBe(false)
  })

  it.each([
    ["EUE", "EUR"],
    ["usd", "USD"],
    ["UDS", "USD"],
    ["XYZ", "XAD, XAF, XCD"]
  ])("%s is refused with the nearest real ones: %s", (text, expected) => {
    const decoded = decode(text)
    expect(Result.isFailure(decoded) && decoded.failure.message).toContain(expected)
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
