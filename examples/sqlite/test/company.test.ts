import { Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { one } from "./support/stores.ts"

const healthy = async (options: Simulation.Options) => {
  const run = await Effect.runPromise(Simulation.runOn(one, options))
  if (run.violations.length > 0) expect.fail(Simulation.describe(run, options))
  expect(run.counts.transfers).toBeGreaterThan(0)
  return run
}

describe("a simulated company on SQLite", () => {
  it.each([3, 7, 13])("keeps all rules under all faults, seed %i", async (seed) => {
    await healthy({ seed })
  })

  it("keeps all rules when processes die in the middle of their transactions", async () => {
    const faults = { crashBeforeCommit: 0.1, crashAfterCommit: 0.1, unknownOutcome: 0.1, pause: 0.1, kill: 0.5 }
    const { counts } = await healthy({ seed: 1, faults, nodes: 2, popugs: 3, days: 3, commandsPerDay: 12 })
    for (const fault of Object.keys(faults)) expect(counts.faults[fault as keyof typeof faults]).toBeGreaterThan(0)
  })

  it.each([4, 10])("comes to the same books as in memory when nothing goes wrong, seed %i", async (seed) => {
    const options = { seed, faults: {}, lockstep: true }
    const run = await healthy(options)
    expect(Simulation.sameBooks(run, Simulation.run(options))).toEqual({ same: true, difference: null })
  })
})
