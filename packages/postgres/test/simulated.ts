/**
 * Simulated companies on PGlite.
 */
import { BillingStore, TaskStore } from "@popug/core"
import { Pglite } from "@popug/postgres/pglite"
import { DayBook } from "@popug/testkit/days"
import { Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect } from "vitest"

const stores = Pglite.layer({ clock: "effect" })

export const simulate = (options: Simulation.Options) => Effect.runPromise(Simulation.runOn(stores, options))

export const healthy = async (options: Simulation.Options) => {
  const run = await simulate(options)
  if (run.violations.length > 0) expect.fail(Simulation.describe(run, options))
  expect(run.counts.transfers).toBeGreaterThan(0)
  return run
}

/** The report, day by day, and the digests of all that was committed. */
const found = Effect.gen(function* () {
  const days = yield* Stream.runCollect(DayBook.read({}))
  const { digest, number } = yield* (yield* TaskStore).head
  const { closed, journal } = yield* (yield* BillingStore).head
  return { report: days.map((day) => DayBook.toJson(day)), digest, number, journal, closed }
})

/** Comes to the same books as in memory when nothing goes wrong. */
export const sameAsInMemory = async (seed: number) => {
  const options = { seed, faults: {}, lockstep: true }
  const inMemory = Simulation.runWith(options, found)
  const { counts, value, violations } = await Effect.runPromise(Simulation.runOnWith(stores, options, found))
  expect(violations).toEqual([])
  expect(value).toEqual(inMemory.value)
  expect(counts).toEqual(inMemory.counts)
  expect(value.report.length).toBeGreaterThan(2)
}
