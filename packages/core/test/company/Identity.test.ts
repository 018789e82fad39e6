import { describe, expect, it } from "vitest"
import * as Identity from "../../src/company/Identity.ts"
import { Currency } from "../../src/values/Money.ts"
import { sha256 } from "../support/given.ts"

const stored: Identity.Identity = {
  id: "acme",
  timeZone: "Europe/Prague",
  cutoff: "06:00",
  currency: Currency.make("CZK"),
  rules: { secret: "1", closing: "automatic", pricing: "2" }
}

describe("the identity that is stored with a company", () => {
  it("lets the same host in", () => {
    expect(Identity.mismatch(stored, { ...stored })).toBeUndefined()
  })

  it("lets a host in that calls the zone by another of its names", () => {
    const kiev = { ...stored, timeZone: "Europe/Kiev" }
    expect(Identity.mismatch(kiev, { ...stored, timeZone: "Europe/Kyiv" })).toBeUndefined()
  })

  it.each([
    ["id", { id: "other" }],
    ["timeZone", { timeZone: "UTC" }],
    ["cutoff", { cutoff: "00:00" }],
    ["currency", { currency: Currency.make("USD") }]
  ] as const)("refuses a host with another %s, and says both", (setting, other) => {
    const configured = { ...stored, ...other }
    const error = Identity.mismatch(stored, configured)
    expect(error).toMatchObject({
      _tag: "CompanyMismatch",
      setting,
      stored: stored[setting],
      configured: configured[setting]
    })
    expect(error?.message).toContain(stored[setting])
    expect(error?.message).toContain(configured[setting])
  })

  it.each(["secret", "closing", "pricing"])("refuses a host with another %s, by its name", (rule) => {
    const error = Identity.mismatch(stored, { ...stored, rules: { ...stored.rules, [rule]: "other" } })
    expect(error).toMatchObject({ setting: rule, stored: stored.rules[rule], configured: "other" })
  })

  it("does not compare rules that only one of them has", () => {
    expect(Identity.mismatch(stored, { ...stored, rules: { eligibility: "9" } })).toBeUndefined()
  })
})

describe("adopting another identity", () => {
  const opened = (...names: ReadonlyArray<Identity.Opened["name"]>) =>
    names.map((name) => ({ name, identity: { ...stored, rules: name === "billing" ? stored.rules : { secret: "1" } } }))
  const other = { ...stored, timeZone: "UTC", rules: { secret: "7", pricing: "8" } }

  it("changes zone, cutoff and currency of every context while nothing is booked", () => {
    const after = Identity.adoption("tasks", opened("tasks", "users"), true, {
      ...other,
      currency: Currency.make("USD")
    })
    expect(after).toMatchObject([
      { name: "tasks", identity: { timeZone: "UTC", currency: "USD" } },
      { name: "users", identity: { timeZone: "UTC", currency: "USD" } }
    ])
  })

  it("is refused for these once something is booked, and for another id always", () => {
    expect(Identity.adoption("tasks", opened("tasks"), false, other)).toMatchObject({ setting: "timeZone" })
    expect(Identity.adoption("tasks", opened("tasks"), true, { ...stored, id: "b" })).toMatchObject({ setting: "id" })
  })

  it("leaves the zone to the tasks context, whose open period goes by it", () => {
    expect(Identity.adoption("billing", opened("tasks", "billing"), true, other)).toMatchObject({ setting: "timeZone" })
    expect(Identity.adoption("billing", opened("billing"), true, other)).toMatchObject([{ name: "billing" }])
  })

  it("changes rules at any time, but of other contexts those alone that they have", () => {
    const rules = { secret: "7", pricing: "8" }
    expect(Identity.adoption("billing", opened("billing", "tasks"), false, { ...stored, rules })).toMatchObject([
      { name: "billing", identity: { rules } },
      { name: "tasks", identity: { rules: { secret: "7" } } }
    ])
  })
})

describe("a fingerprint", () => {
  it("tells secrets apart, and those of two companies, without saying them", () => {
    const [one, two, elsewhere] = [
      Identity.ofSecret(sha256, "a", "hush-hush"),
      Identity.ofSecret(sha256, "a", "hush-hush-hush"),
      Identity.ofSecret(sha256, "b", "hush-hush")
    ]
    expect(new Set([one, two, elsewhere]).size).toBe(3)
    expect(one).toMatch(/^[0-9a-f]{16}$/)
  })

  it("of answers is the same for the same answers", () => {
    expect(Identity.ofAnswers(sha256, () => [{ fee: 1n, award: 2n }])).toBe(
      Identity.ofAnswers(sha256, () => [{ award: 2n, fee: 1n }])
    )
    expect(Identity.ofAnswers(sha256, () => [1n])).not.toBe(Identity.ofAnswers(sha256, () => [2n]))
  })

  it("is none of a policy that throws, or that answers otherwise when it is asked again", () => {
    let asked = 0
    expect(Identity.ofAnswers(sha256, () => ++asked)).toBeUndefined()
    expect(
      Identity.ofAnswers(sha256, () => {
        throw new Error("no such title")
      })
    ).toBeUndefined()
  })
})
