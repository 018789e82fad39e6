/** What a store refuses of the books for good stops billing's stream at its event, and at no event before it. */
import { assert, it } from "@effect/vitest"
import { Billing, type BillingChanges, BillingStore, Consumers, StoreError, Tasks } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { admin, firstCandidate, flatPrices, layer, manager, settle, staff } from "./support.ts"

/** Books that can't hold transfers of tasks whose title has a cross. */
const without = (cross: string) =>
  Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      transact: ((body) =>
        store.transact((tx) =>
          body({
            ...tx,
            save: (changes: BillingChanges) =>
              changes.transfers.some(({ cause }) => "title" in cause && cause.title?.includes(cross))
                ? Effect.fail(
                    new StoreError({ reason: "Conflict", retryable: false, committed: "no", message: `no ${cross}` })
                  )
                : tx.save(changes)
          })
        )) as typeof store.transact
    }))
  ).pipe(Layer.provideMerge(Memory.layer))

it.effect("what is before an event that the store refuses is booked, and what is passed over is that event alone", () =>
  Effect.gen(function* () {
    yield* staff
    const titles = Array.from({ length: 9 }, (_, index) => (index === 5 ? "×" : `Task ${index}`))
    yield* (yield* Tasks).create(
      manager,
      titles.map((title, index) => ({ id: `t${index}`, title }))
    )
    yield* Effect.ignore(settle)
    const store = yield* BillingStore
    const booked = Effect.map(store.transfers({}, { limit: 100 }), ({ rows }) =>
      rows.map(({ cause }) => ("title" in cause ? cause.title : null))
    )
    assert.deepStrictEqual(yield* booked, titles.slice(0, 5))
    const billing = (yield* (yield* Consumers).status).find(({ consumer }) => consumer === "billing")!
    // Each task was created and assigned: two events.
    assert.strictEqual(billing.number, 11)
    assert.deepStrictEqual(billing.stopped, { reason: "Difference", number: 12, message: "the store refuses: no ×" })
    const skip = { through: 12, reason: "its title can't be kept" }
    yield* (yield* Billing).resume(admin, "tasks", { skip })
    yield* settle
    assert.deepStrictEqual(
      yield* booked,
      titles.filter((title) => title !== "×")
    )
  }).pipe(Effect.provide(layer({}, without("×")).pipe(Layer.provide([flatPrices, firstCandidate]))))
)
