/**
 * `npm run bench -- postgres [names] [--scale 0.1] [--history 3000000] [--statements]`: the stores on a Postgres from
 * npm with fsync on and the settings it comes with, beside hand-written SQL with the same driver in the same run. A run
 * of everything writes its table to docs/benchmarks.md; `--statements` lists where the server's time went instead.
 */
import { parseArgs } from "node:util"
import { publish, type Row, table } from "../measure.ts"
import { batches, latency, singles } from "./commands.ts"
import { day } from "./day.ts"
import { ledger } from "./ledger.ts"
import { openServerCpu } from "./processes.ts"
import { rows as costs } from "./rows.ts"
import { withServer } from "./server.ts"
import { count, listed } from "./statements.ts"
import { watch } from "./watch.ts"

const benchmarks = { singles, batches, latency, rows: costs, day, ledger }
export const names = Object.keys(benchmarks) as ReadonlyArray<keyof typeof benchmarks>

const say = (what: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}${what === "" ? "" : " ..."}`)
}

export const run = async (args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scale: { type: "string", default: "1" },
      history: { type: "string", default: "3000000" },
      statements: { type: "boolean", default: false }
    }
  })
  const [scale, history] = [Number(values.scale), Number(values.history)]
  const unknown = positionals.filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0 || !(scale > 0 && history > 0)) {
    console.error(`usage: npm run bench -- postgres [${names.join("] [")}] [--scale N] [--history N] [--statements]`)
    process.exit(2)
  }
  const rows: Array<Row> = []
  await withServer(values.statements, async (url) => {
    const settings = { url, scale, history, say, watch: watch(await openServerCpu(url)) }
    for (const name of names) {
      if (positionals.length > 0 && !positionals.includes(name)) continue
      if (values.statements) await count(url)
      const measured = await benchmarks[name](settings)
      say("")
      console.log(`${name}\n${table(measured, "by hand")}\n`)
      rows.push(...measured)
      if (values.statements) console.log(`${await listed(url)}\n`)
    }
  })
  const text = table(rows, "by hand")
  if (positionals.length === 0 && !values.statements) {
    await publish("postgres", scale === 1 ? text : `${text}\n\nEvery count above is at scale ${scale}.`)
  }
  return rows
}
