/**
 * More seeds of what `simulation.test.ts` has a few of.
 */
import { randomInt } from "node:crypto"
import { describe, it } from "vitest"
import { healthy, sameAsInMemory } from "../simulated.ts"

const fresh = Array.from({ length: 5 }, () => randomInt(2 ** 40))

describe("a simulated company on PGlite", { timeout: 60_000 }, () => {
  it.each([3, 14, ...fresh])("keeps all rules under all faults, seed %i", async (seed) => {
    await healthy({ seed })
  })

  it.each([12, ...fresh])("comes to the same books as in memory when nothing goes wrong, seed %i", sameAsInMemory)
})
