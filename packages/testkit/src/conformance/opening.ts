/**
 * Promises of the three stores with a head: who may open the company, and what is there before.
 */
import { CompanyMismatch, type Identity } from "@popug/core"
import * as Effect from "effect/Effect"
import { adopting } from "./adopting.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"

export const opening = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  const mismatch = (changed: Partial<Identity>) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(kit.open({ ...Data.identity, ...changed }))
      if (!(error instanceof CompanyMismatch)) throw new Error(`refused with ${String(error)}`)
      const [setting, configured] = Object.entries(changed)[0]!
      same(
        { setting: error.setting, stored: error.stored, configured: error.configured },
        { setting, stored: Data.identity[setting as keyof Identity], configured },
        "the refusal"
      )
    })

  return {
    ...adopting(kit),

    "before it is opened, transactions are refused and reads find nothing": Effect.gen(function* () {
      yield* refused(save(kit, "early"), "a transaction before `open`", { reason: "Corrupt" })
      same(yield* kit.has("early"), false, "a row before `open`")
      yield* open(kit)
      same((yield* look(kit, "early")).number, 0, "the number")
    }),

    "opens a second time as if it were the first": Effect.gen(function* () {
      yield* open(kit)
      yield* save(kit, "first")
      yield* open(kit)
      same((yield* look(kit, "first")).number, 1, "the number")
    }),

    "refuses a host with another time zone, cutoff or currency": Effect.gen(function* () {
      yield* open(kit)
      yield* mismatch({ timeZone: "UTC" })
      yield* mismatch({ cutoff: "00:00" })
      yield* mismatch({ currency: "USD" as Identity["currency"] })
      yield* mismatch({ id: "another" })
      yield* open(kit)
    }),

    "starts at number zero with an origin of zeros": Effect.gen(function* () {
      yield* open(kit)
      same(
        yield* look(kit, "nobody"),
        { row: false, command: false, number: 0, digest: "0".repeat(64) },
        "an empty store"
      )
    })
  }
}
