/**
 * What `npm run soak -- crash` starts for each store: rounds of kill -9, of workers and of the server on Postgres, of
 * the one process on PGlite. Says a line of JSON after each round, and a last one with what was done and found wrong.
 * What was found wrong is kept, to be looked at.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { launch } from "../server/Server.ts"
import * as Rounds from "./rounds.ts"

const { values } = parseArgs({
  options: {
    store: { type: "string" },
    rounds: { type: "string" },
    seed: { type: "string" }
  }
})
const rounds = Number(values.rounds)

/** Who started it is gone, or has had enough: no process and no folder stays behind. */
const enough = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => enough.abort())
process.stdin.on("end", () => enough.abort()).resume()

const say = (what: object) => void process.stdout.write(`${JSON.stringify(what)}\n`)

/** Runs the rounds; `leave` returns where the data is kept when something is wrong with it. */
const report = async (run: Omit<Rounds.Rounds, "rounds">, leave: (keep: boolean) => Promise<string | null>) => {
  let whole = false
  let outcome: Rounds.Outcome | { readonly error: string }
  try {
    const onRound: Rounds.Rounds["onRound"] = (round, progress) => say({ round, ...progress })
    outcome = await Effect.runPromise(
      Rounds.run({ ...run, rounds, onRound }).pipe(Random.withSeed(values.seed ?? "crash")),
      { signal: enough.signal }
    )
    whole = outcome.violations.length + outcome.failures.length === 0
  } catch (error) {
    outcome = { error: String(error) }
  }
  say({ ...outcome, kept: await leave(!whole && !enough.signal.aborted) })
}

if (values.store === "postgres") {
  const server = await launch({ fsync: true })
  const schema = "popug_soak"
  const store = { kind: "postgres", url: server.url, schema } as const
  await report({ store, schema, processes: 2, neighbours: 100, server }, async (keep) => {
    await server.stop(keep)
    return keep ? server.folder : null
  })
} else {
  const folder = mkdtempSync(join(tmpdir(), "popug-soak-"))
  await report({ store: { kind: "pglite", folder }, schema: "popug", processes: 1, neighbours: 100 }, async (keep) => {
    if (!keep) rmSync(folder, { recursive: true, force: true })
    return keep ? folder : null
  })
}
process.exit(0)
