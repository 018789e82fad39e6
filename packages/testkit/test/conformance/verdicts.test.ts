import { EventBus, UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { check, eventBus, userStore } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { over } from "./mutants/Mutant.ts"

it("a promise that runs out of time says how much of what it waited for was there", async () => {
  const losing = over(EventBus, ({ publish }) => ({
    publish: (events) => publish(events.filter(({ number }) => number !== 77))
  }))
  const promise = eventBus.promises["delivers every event, as it was published"]
  const error = await Effect.runPromise(Effect.flip(check(promise, losing, "50 millis")))
  expect(String(error)).toBe("Error: not kept within 50ms: 199 of 200 arrived, event 77 did not")
})

it("a comparison that fails says what it compared", async () => {
  const forgetful = over(UserStore, () => ({ get: () => Effect.succeed([]) }))
  const promise = userStore.promises["a user saved again is replaced whole"]
  await expect(Effect.runPromise(check(promise, forgetful))).rejects.toThrow(/^the user: \[\] instead of \[{"id":"a",/)
})

it("a promise about what an adapter need not offer is passed over, with the reason", async () => {
  const promise = userStore.promises["parts that are never saved are lost"]
  expect(await Effect.runPromise(check(promise, Memory.layer))).toEqual({
    skipped: "the store takes no parts ahead of a save, and need not"
  })
})
