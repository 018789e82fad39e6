import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Rounds from "./crash/rounds.ts"
import { launch, type Server } from "./server/Server.ts"
import { freshSchema } from "./support.ts"

const run = (rounds: Rounds.Rounds) => Effect.runPromise(Rounds.run(rounds).pipe(Random.withSeed("crash")))

/** What no crash may leave behind, and that there was something to lose. */
const isWhole = (outcome: Rounds.Outcome, kills: number) => {
  expect(outcome.violations).toEqual([])
  expect(outcome.failures).toEqual([])
  expect(outcome.kills).toBeGreaterThanOrEqual(kills)
  expect(outcome.commands).toBeGreaterThan(20)
  expect(outcome.transfers).toBeGreaterThan(20)
}

describe("workers on Postgres, killed with -9, and the server too", () => {
  let server: Server
  // A server of its own, which flushes what it commits.
  beforeAll(async () => void (server = await launch({ fsync: true })))
  afterAll(() => server.stop())

  it("lose nothing that was acknowledged and do nothing twice", async () => {
    const schema = freshSchema()
    const store = { kind: "postgres", url: server.url, schema } as const
    isWhole(await run({ store, schema, processes: 2, rounds: 3, neighbours: 3, server }), 7)
  }, 120_000)
})

describe("a process on PGlite, killed with -9", () => {
  const folder = mkdtempSync(join(tmpdir(), "popug-pglite-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("loses nothing that was acknowledged and does nothing twice", async () => {
    isWhole(
      await run({ store: { kind: "pglite", folder }, schema: "popug", processes: 1, rounds: 3, neighbours: 3 }),
      3
    )
  }, 120_000)
})
