import { assert, it } from "@effect/vitest"
import { type Handle, Consumers } from "@popug/core"
import * as Effect from "effect/Effect"

/** Consumers that know nothing but how far each is. */
const consumer = (name: string, drain: (number: number) => number): Handle => {
  let number = 0
  return {
    name,
    source: "tasks",
    drain: Effect.sync(() => void (number = drain(number))),
    applied: Effect.sync(() => number),
    awaitApplied: () => Effect.void,
    status: Effect.sync(() => ({ consumer: name, source: "tasks", number, behind: 0, stopped: null, failing: null }))
  }
}

it.effect("settling goes on for what a delivery has had applied while another consumer was drained", () =>
  Effect.gen(function* () {
    const consumers = yield* Consumers
    let booked = 0
    const reports = consumer("reports", () => {
      const seen = booked
      // Billing is given its event by the bus just now, and finds nothing left to do when it is asked.
      booked = 1
      return seen
    })
    yield* consumers.register(reports)
    yield* consumers.register({ ...consumer("billing", () => booked), applied: Effect.sync(() => booked) })
    yield* consumers.settle
    assert.strictEqual(yield* reports.applied, 1)
  }).pipe(Effect.scoped, Effect.provide(Consumers.layer))
)
