import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { expect, it } from "vitest"
import * as Rounds from "./crash/rounds.ts"
import { open } from "./crash/stores.ts"

it.each([
  ["workers on Postgres, killed with -9, and the server too,", open.postgres, 7],
  ["a process on PGlite, killed with -9,", open.pglite, 3]
] as const)(
  "%s: nothing that was acknowledged is lost, and nothing is done twice",
  async (_, opening, kills) => {
    const { leave, where } = await opening()
    try {
      const rounds = Rounds.run({ ...where, rounds: 3, neighbours: 3 }).pipe(Random.withSeed("crash"))
      const outcome = await Effect.runPromise(rounds)
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
