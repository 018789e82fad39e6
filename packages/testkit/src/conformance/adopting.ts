/**
 * Promises of the three stores with a head: the rules of the company's identity, and how an operator changes it.
 */
import { CompanyMismatch, type Identity } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"

export const otherRules: Identity = { ...Data.identity, rules: { ...Data.identity.rules, secret: "two" } }
export const elsewhere: Identity = {
  ...Data.identity,
  timeZone: "Pacific/Kiritimati",
  cutoff: "00:00",
  currency: "USD" as Identity["currency"]
}

/** Fails with `CompanyMismatch` that names a setting. */
export const mismatched = <R>(setting: string, opening: Effect.Effect<void, unknown, R>) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(opening)
    if (!(error instanceof CompanyMismatch)) throw new Error(`refused with ${String(error)}`)
    same(error.setting, setting, "the setting that differs")
  })

export const adopting = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "refuses a host with another rule, and names it": Effect.gen(function* () {
    yield* open(kit)
    yield* mismatched("secret", kit.open(otherRules))
    yield* mismatched("closing", kit.open({ ...Data.identity, rules: { secret: "one", closing: "by-hand" } }))
    // A rule that only one of them has is not compared.
    yield* kit.open({ ...Data.identity, rules: { secret: "one", pricing: "x" } })
  }),

  "adopts other rules at any time, and changes nothing else": Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    const before = yield* look(kit, "first")
    yield* kit.adopt(otherRules)
    same(yield* look(kit, "first"), before, "what was saved before")
    yield* save(kit, "second")
    yield* mismatched("secret", open(kit))
    yield* kit.open(otherRules)
    same((yield* look(kit, "second")).number, 2, "the number")
  }),

  "adopts another time zone, cutoff and currency while nothing is registered": Effect.gen(function* () {
    yield* open(kit)
    yield* kit.adopt(elsewhere)
    yield* mismatched("timeZone", open(kit))
    yield* kit.open(elsewhere)
    yield* save(kit, "first")
    same((yield* look(kit, "first")).number, 1, "the number")
  }),

  "refuses to adopt another id, and another zone, cutoff or currency once something is registered": Effect.gen(
    function* () {
      yield* open(kit)
      yield* save(kit, "first")
      yield* mismatched("id", kit.adopt({ ...Data.identity, id: "another" }))
      // Users are no reason to keep a zone.
      if (kit.source !== "users") {
        const { currency, cutoff, timeZone } = elsewhere
        for (const change of [{ timeZone }, { cutoff }, { currency }]) {
          yield* mismatched(Object.keys(change)[0]!, kit.adopt({ ...otherRules, ...change }))
        }
      }
      yield* open(kit)
      yield* save(kit, "second")
      same((yield* look(kit, "second")).number, 2, "the number")
    }
  ),

  "opens by adopting, where nothing was opened": Effect.gen(function* () {
    yield* kit.adopt(Data.identity)
    yield* save(kit, "first")
    yield* open(kit)
    same((yield* look(kit, "first")).number, 1, "the number")
  })
})
