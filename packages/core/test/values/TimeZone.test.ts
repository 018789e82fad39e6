import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { zones } from "../../scripts/tables.ts"
import * as TimeZone from "../../src/values/TimeZone.ts"

const accepts = (text: unknown) => Result.isSuccess(Schema.decodeUnknownResult(TimeZone.TimeZone)(text))

describe("a time zone", () => {
  it.each([
    "UTC",
    "Europe/Prague",
    "america/argentina/buenos_aires",
    "US/Pacific",
    "Europe/Kiev",
    "Europe/Kyiv",
    "Etc/GMT+5"
  ])("%s is accepted", (text) => {
    expect(accepts(text)).toBe(true)
  })

  it.each(["Mars/Olympus", "Europe/Olympus", "Europe", "", "Europe/Prague ", "PRAGUE", null])(
    "%j is refused",
    (text) => {
      expect(accepts(text)).toBe(false)
    }
  )

  it.each(["+02:00", "-05:00", "+02", "UTC+2", "GMT+2", "Z", "Etc/Unknown", "SystemV/EST5", "localtime"])(
    "%s is refused: it is none of IANA's",
    (text) => {
      expect(accepts(text)).toBe(false)
    }
  )
})

describe("the name that is stored", () => {
  it.each([
    ["Europe/Kiev", "Europe/Kyiv"],
    ["Europe/Kyiv", "Europe/Kyiv"],
    ["europe/prague", "Europe/Prague"],
    ["US/Pacific", "America/Los_Angeles"],
    ["Asia/Calcutta", "Asia/Kolkata"],
    ["utc", "UTC"],
    ["Etc/UTC", "UTC"],
    ["GMT", "UTC"],
    ["Zulu", "UTC"]
  ])("of %s is %s", (id, expected) => {
    expect(TimeZone.canonical(id)).toBe(expected)
  })

  it("is one for two names of one zone alone", () => {
    expect(TimeZone.same("Europe/Kiev", "europe/kyiv")).toBe(true)
    // The clocks agree; the countries may change them apart.
    expect(TimeZone.same("Europe/Stockholm", "Europe/Berlin")).toBe(false)
    expect(TimeZone.same("Europe/London", "UTC")).toBe(false)
  })

  it("is itself for a zone that the table does not have yet, in any case", () => {
    expect(TimeZone.canonical("Europe/Olympus")).toBe("Europe/Olympus")
    expect(TimeZone.same("Europe/Olympus", "europe/olympus")).toBe(true)
  })
})

describe("the zones that this runtime knows", () => {
  it("are all in the table, and the other way round", () => {
    expect(Intl.supportedValuesOf("timeZone").filter((id) => !accepts(id))).toEqual([])
    expect([...zones().keys()].filter((id) => !accepts(id))).toEqual([])
  })
})
