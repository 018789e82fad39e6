import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { expect, it } from "vitest"
import * as Rounds from "./crash/rounds.ts"
import { open } from "./crash/stores.ts"

// More rounds, with NATS in trouble too, are in `npm run soak -- crash`.
it.each([
  ["workers on Postgres, killed with -9, and the server too,", open.postgres, 3, 7],
  ["a process on PGlite, killed with -9,", open.pglite, 2, 2]
] as const)(
  "%s: nothing that was acknowledged is lost, and nothing is done twice",
  async (_, opening, rounds, kills) => {
    const { leave, where } = await opening()
    try {
      const run = Rounds.run({ ...where, rounds, neighbours: 3 }).pipe(Random.withSeed("crash"))
      const outcome = await Effect.runPromise(run)
      expect(outcome.violations).toEqual([])
      expect(outcome.failures).toEqual([])
      // That there was something to lose.
      expect(outcome.kills).toBeGreaterThanOrEqual(kills)
      expect(outcome.commands).toBeGreaterThan(20)
      expect(outcome.transfers).toBeGreaterThan(20)
    } finally {
      await leave()
    }
  },
  120_000
)
