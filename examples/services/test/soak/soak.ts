/**
 * What `npm run soak -- services` starts: rounds of trouble over the contexts as processes, then each of them down for
 * a while. Says a line of JSON after each round, and a last one with what was done and found wrong. What was found
 * wrong is kept, to be looked at.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { natsServer } from "../../src/broker.ts"
import { type Deployment, open } from "./Deployment.ts"
import * as Rounds from "./rounds.ts"

const { values } = parseArgs({
  options: {
    store: { type: "string" },
    bus: { type: "string" },
    rounds: { type: "string" },
    seed: { type: "string" },
    people: { type: "string" }
  }
})

const say = (what: object) => void process.stdout.write(`${JSON.stringify(what)}\n`)

const bus = (values.bus ?? (natsServer() === undefined ? "polling" : "nats")) === "nats" ? "nats" : "polling"
let deployment: Deployment | undefined
/** Who started it is gone, or has had enough: no process and no folder stays behind. */
const enough = async () => {
  await deployment?.close(false)
  process.exit(1)
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void enough())
process.stdin.on("end", () => void enough()).resume()

let outcome: Rounds.Outcome | { readonly error: string }
try {
  deployment = await open({
    store: values.store === "postgres" ? "postgres" : "pglite",
    bus
  })
  const { said } = deployment
  outcome = await Rounds.run(deployment, {
    rounds: Number(values.rounds),
    seed: Number(values.seed),
    people: Number(values.people ?? 10),
    onRound: (progress) => say(progress),
    note: (line) => void said.push(`${new Date().toISOString()} ==== ${line}`)
  })
} catch (error) {
  outcome = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
const isWrong = "error" in outcome || outcome.violations.length > 0
if (isWrong && deployment !== undefined) writeFileSync(join(deployment.folder, "said.log"), deployment.said.join("\n"))
const kept = (await deployment?.close(isWrong)) ?? null
say({ ...outcome, bus, kept })
process.exit(0)
