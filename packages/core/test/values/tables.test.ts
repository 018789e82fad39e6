import { describe, expect, it } from "vitest"
import * as Script from "../../scripts/tables.ts"
import * as Currencies from "../../src/values/tables/currencies.ts"
import * as Zones from "../../src/values/tables/zones.ts"

describe("the tables that `npm run tables` writes", () => {
  it("have each currency of the pinned list, and its digits", () => {
    const expected = [...Script.currencies()].map(([code, digits]) => `${code}${digits}`)
    expect(expected.length).toBeGreaterThan(160)
    expect(Currencies.currencies.trim().split(/\s+/)).toEqual(expected)
  })

  it("have each zone of the pinned list, and all its names", () => {
    const expected = [...Script.zones().values()].map((names) => names.join(" "))
    expect(expected.length).toBeGreaterThan(440)
    expect(Zones.zones.trim().split(/,\s|\n/)).toEqual(expected)
  })
})
