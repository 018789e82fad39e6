/**
 * `npm run soak:postgres -- 50`: that many rounds of kill -9, of workers and of the server on Postgres, and of the one
 * process on PGlite; a line of JSON for each with what was done and what was found wrong.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { launch } from "../server/Server.ts"
import * as Rounds from "./rounds.ts"

const rounds = Number(process.argv[2] ?? 50)
let failed = false

const report = async (name: string, run: Rounds.Rounds) => {
  const outcome = await Effect.runPromise(Rounds.run(run))
  failed ||= outcome.violations.length + outcome.failures.length > 0
  process.stdout.write(`${JSON.stringify({ store: name, rounds, ...outcome })}\n`)
}

const server = await launch({ fsync: true })
try {
  const schema = "popug_soak"
  await report("postgres", {
    store: { kind: "postgres", url: server.url, schema },
    schema,
    processes: 2,
    rounds,
    server
  })
} finally {
  await server.stop()
}

const folder = mkdtempSync(join(tmpdir(), "popug-soak-"))
try {
  await report("pglite", { store: { kind: "pglite", folder }, schema: "popug", processes: 1, rounds })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
