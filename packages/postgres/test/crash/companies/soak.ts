/**
 * What `npm run soak -- companies` starts: rounds of work for many companies of two databases. Says a line of JSON
 * after each round, and a last one with what was done and found wrong. What was found wrong is kept, to be looked at.
 */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import { launch } from "../../server/Server.ts"
import { run } from "./rounds.ts"

const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } })

/** Who started it is gone, or has had enough: no process and no folder stays behind. */
const enough = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => enough.abort())
process.stdin.on("end", () => enough.abort()).resume()

const say = (what: object) => void process.stdout.write(`${JSON.stringify(what)}\n`)

// Deadlocks are to be found before anybody's patience is over.
const server = await launch({ fsync: true, settings: ["deadlock_timeout=100ms", "max_connections=300"] })
let isWhole = false
try {
  const outcome = await Effect.runPromise(
    run({
      server,
      rounds: Number(values.rounds),
      onRound: (round, work) => say({ round, ...work })
    }).pipe(Random.withSeed(values.seed ?? "companies"), Effect.provide(Logger.layer([]))),
    { signal: enough.signal }
  )
  isWhole = outcome.violations.length === 0
  const keep = !isWhole && !enough.signal.aborted
  await server.stop(keep)
  say({ ...outcome, kept: keep ? server.folder : null })
} catch (error) {
  await server.stop()
  say({ error: String(error), kept: null })
}
process.exit(0)
