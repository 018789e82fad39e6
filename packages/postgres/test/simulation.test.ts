import { BillingStore, TaskStore } from "@popug/core"
import { Pglite } from "@popug/postgres/pglite"
import { DayBook } from "@popug/testkit/days"
import { Bugs, Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"

const stores = Pglite.layer({ clock: "effect" })

const simulate = (options: Simulation.Options) => Effect.runPromise(Simulation.runOn(stores, options))

const healthy = async (options: Simulation.Options) => {
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

describe("a simulated company on PGlite", () => {
  it.each([3, 7, 13, 14])(
    "keeps all rules under all faults, seed %i",
    async (seed) => {
      await healthy({ seed })
    },
    60_000
  )

  it("keeps all rules when processes die in the middle of their transactions", async () => {
    const faults = { crashBeforeCommit: 0.1, crashAfterCommit: 0.1, unknownOutcome: 0.1, pause: 0.1, kill: 0.5 }
    const { counts } = await healthy({ seed: 1, faults, nodes: 2, popugs: 3, days: 3, commandsPerDay: 12 })
    for (const fault of Object.keys(faults)) expect(counts.faults[fault as keyof typeof faults]).toBeGreaterThan(0)
  }, 60_000)

  it.each([4, 10, 12])(
    "comes to the same books as in memory when nothing goes wrong, seed %i",
    async (seed) => {
      const options = { seed, faults: {}, lockstep: true }
      const inMemory = Simulation.runWith(options, found)
      const { counts, value, violations } = await Effect.runPromise(Simulation.runOnWith(stores, options, found))
      expect(violations).toEqual([])
      expect(value).toEqual(inMemory.value)
      expect(counts).toEqual(inMemory.counts)
      expect(value.report.length).toBeGreaterThan(2)
    },
    60_000
  )

  it("is seen when it breaks a rule", async () => {
    const bug = Bugs.all.find(({ name }) => name === "charges on redelivery")!
    const { violations } = await simulate({ seed: 14, bug, byHand: false, faults: { loseAcknowledgement: 0.5 } })
    expect(violations.map(({ rule }) => rule)).toContain("the books")
  }, 60_000)
})
