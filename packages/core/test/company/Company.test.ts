import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { Company } from "../../src/company/Company.ts"
import { InvalidInput } from "../../src/values/Input.ts"

const open = (options: Parameters<typeof Company.layer>[0]) =>
  Effect.runSyncExit(Company.pipe(Effect.provide(Company.layer(options))))
const refused = (options: Parameters<typeof Company.layer>[0]): string => {
  const error = Effect.runSync(Effect.flip(Company.pipe(Effect.provide(Company.layer(options)))))
  expect(error).toBeInstanceOf(InvalidInput)
  return error.message
}

describe("a company's settings", () => {
  it("have defaults for all but the secret", () => {
    const exit = open({ secret: "s" })
    if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
    const { identity, settings } = exit.value
    expect({ ...settings, secret: Redacted.value(settings.secret) }).toEqual({
      id: "popug",
      timeZone: "UTC",
      cutoff: "00:00",
      currency: "USD",
      secret: "s",
      closing: "automatic",
      longestJump: 31
    })
    expect(identity).toEqual({
      id: "popug",
      timeZone: "UTC",
      cutoff: "00:00",
      currency: "USD",
      rules: { closing: "automatic" }
    })
  })

  it("take what is given", () => {
    const exit = open({
      id: "acme-2",
      timeZone: "Asia/Kathmandu",
      cutoff: "06:00",
      currency: "NPR",
      secret: "s",
      closing: "by-hand",
      longestJump: null
    })
    expect(Exit.isSuccess(exit) && exit.value.identity).toEqual({
      id: "acme-2",
      timeZone: "Asia/Kathmandu",
      cutoff: "06:00",
      currency: "NPR",
      rules: { closing: "by-hand" }
    })
    expect(Exit.isSuccess(exit) && exit.value.settings.longestJump).toBeNull()
  })

  it.each([
    ["id", { id: "" }],
    ["id", { id: "Acme" }],
    ["id", { id: "-acme" }],
    ["id", { id: "a".repeat(64) }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["timeZone", { timeZone: "+02:00" }],
    ["cutoff", { cutoff: "25:00" }],
    ["currency", { currency: "usd" }],
    ["currency", { currency: "EUE" }],
    ["currency", { currency: "XAU" }],
    ["longestJump", { longestJump: 0 }],
    ["longestJump", { longestJump: 1.5 }],
    ["closing", { closing: "never" as "by-hand" }]
  ])("are refused for a wrong %s: %j", (name, options) => {
    expect(refused({ secret: "s", ...options })).toContain(`["${name}"]`)
  })

  it("are refused with all that is wrong at once", () => {
    const message = refused({ id: "A B", timeZone: "Nowhere", cutoff: "9", currency: "dollars", secret: "s" })
    for (const name of ["id", "timeZone", "cutoff", "currency"]) expect(message).toContain(`["${name}"]`)
  })

  it("never show the secret, neither when they are printed nor when they are refused", () => {
    const exit = open({ secret: "hush-hush" })
    expect(JSON.stringify(exit)).not.toContain("hush-hush")
    expect(refused({ secret: "hush-hush", cutoff: "x" })).not.toContain("hush-hush")
  })
})

describe("a company's time zone", () => {
  it("is stored under one name, whatever the host calls it", () => {
    const identityOf = (timeZone: string) => {
      const exit = open({ secret: "s", timeZone })
      if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
      return exit.value.identity
    }
    expect(identityOf("Europe/Kiev")).toEqual(identityOf("europe/kyiv"))
    expect(identityOf("US/Pacific").timeZone).toBe("America/Los_Angeles")
  })
})
