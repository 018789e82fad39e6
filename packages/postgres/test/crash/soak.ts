/**
 * What `npm run soak -- crash` starts for each store: rounds of kill -9, of workers and of the server on Postgres, of
 * the one process on PGlite. Says a line of JSON after each round, and a last one with what was done and found wrong.
 * What was found wrong is kept, to be looked at.
 */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import { type Broker, open as openBroker } from "./broker.ts"
import * as Rounds from "./rounds.ts"
import { open } from "./stores.ts"

const { values } = parseArgs({
  options: {
    store: { type: "string" },
    bus: { type: "string" },
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

const { leave, where } = await open[values.store === "postgres" ? "postgres" : "pglite"]()
let broker: Broker | undefined
let whole = false
let outcome: Rounds.Outcome | { readonly error: string }
try {
  if (values.bus === "nats") broker = await openBroker()
  const onRound: Rounds.Rounds["onRound"] = (round, progress) => say({ round, ...progress })
  outcome = await Effect.runPromise(
    Rounds.run({ ...where, ...(broker === undefined ? {} : { broker }), rounds, neighbours: 100, onRound }).pipe(
      Random.withSeed(values.seed ?? "crash"),
      // What it says is lines of JSON; the founder and the auditor have nothing to add.
      Effect.provide(Logger.layer([]))
    ),
    { signal: enough.signal }
  )
  whole = outcome.violations.length + outcome.failures.length === 0
} catch (error) {
  outcome = { error: String(error) }
}
await broker?.stop()
say({ ...outcome, kept: await leave(!whole && !enough.signal.aborted) })
process.exit(0)
