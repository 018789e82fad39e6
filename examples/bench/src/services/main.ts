/**
 * `npm run bench -- services [--seconds N] [--rounds N]`: what a command costs when contexts are apart, beside all of
 * them in one process, on one Postgres. A usual run writes its tables to docs/benchmarks.md.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { natsServer } from "@popug-examples/services/broker"
import { publish, type Row } from "../measure.ts"
import { openDatabaseNanos } from "../postgres/processes.ts"
import { withServer } from "../postgres/server.ts"
import { type Place, settled, staff } from "./callers.ts"
import { measure } from "./rounds.ts"
import { apart, type Company, whole } from "./subjects.ts"
import * as Tables from "./Tables.ts"

const usual = { seconds: "1.5", rounds: "5" }

/** The servers serve the page with everything else, and do not start without it. */
const buildPage = () =>
  execFileSync(process.execPath, [fileURLToPath(new URL("../../../../scripts/page.mjs", import.meta.url))], {
    stdio: "inherit"
  })

const say = (what: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}${what === "" ? "" : " ..."}`)
}

/** The companies, one after another, each into a list as soon as it runs. */
const start = async (server: string, folder: string, running: Array<Company>): Promise<ReadonlyArray<Place>> => {
  const places: Array<Place> = []
  const add = async (name: string, company: Company, straight?: string) => {
    running.push(company)
    const headers = await staff(company)
    await settled({ company, headers })
    places.push({ name, company, headers, isStraight: false })
    if (straight !== undefined) places.push({ name: straight, company, headers, isStraight: true })
  }
  say("one process")
  await add("one process", await whole(server, folder))
  const straight = "the same, no front"
  if (natsServer() !== undefined) {
    say("contexts apart, NATS")
    await add("apart, NATS", await apart(server, folder, "nats"), straight)
  } else console.log("There is no nats-server here: contexts apart are measured without it.")
  say("contexts apart, logs")
  await add("apart, logs", await apart(server, folder, "none"), natsServer() === undefined ? straight : undefined)
  return places
}

export const run = async (args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: usual.seconds },
      rounds: { type: "string", default: usual.rounds }
    }
  })
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)]
  if (!(seconds > 0 && Number.isInteger(rounds) && rounds > 0)) {
    console.error("usage: npm run bench -- services [--seconds N] [--rounds N]")
    process.exit(2)
  }
  buildPage()
  const folder = mkdtempSync(join(tmpdir(), "popug-bench-services-"))
  const running: Array<Company> = []
  try {
    await withServer(false, async (url) => {
      try {
        const places = await start(url, folder, running)
        const databaseNanos = await openDatabaseNanos(url)
        const found = await measure(places, { seconds, rounds, callers: [1, 16, 64], say, databaseNanos })
        say("")
        const tables = [Tables.work(found), Tables.lag(found), Tables.cpu(found)].filter((table) => table !== undefined)
        const text = tables.join("\n\n")
        console.log(text)
        if (values.seconds === usual.seconds && values.rounds === usual.rounds && natsServer() !== undefined) {
          await publish("services", text)
        }
      } finally {
        say("")
        await Promise.all(running.map(({ end }) => end()))
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return []
}
