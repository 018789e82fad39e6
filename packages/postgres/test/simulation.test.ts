/**
 * A few seeds; `npm run test:services` has more.
 */
import { Bugs } from "@popug/testkit/simulation"
import { describe, expect, it } from "vitest"
import { healthy, sameAsInMemory, simulate } from "./simulated.ts"

describe("a simulated company on PGlite", () => {
  it.each([7, 13])(
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

  it.each([4, 10])("comes to the same books as in memory when nothing goes wrong, seed %i", sameAsInMemory, 60_000)

  it("is seen when it breaks a rule", async () => {
    const bug = Bugs.all.find(({ name }) => name === "charges on redelivery")!
    const { violations } = await simulate({ seed: 14, bug, byHand: false, faults: { loseAcknowledgement: 0.5 } })
    expect(violations.map(({ rule }) => rule)).toContain("the books")
  }, 60_000)
})
