/**
 * `npm run bench -- companies [names] [--companies 10000]`: what many companies in one database cost, on a Postgres
 * from npm with fsync on and the settings it comes with. A run of everything writes its table to docs/benchmarks.md.
 */
import { parseArgs } from "node:util"
import { publish, type Row, table } from "../measure.ts"
import { openServerCpu } from "../postgres/processes.ts"
import { withServer } from "../postgres/server.ts"
import { count as countStatements, listed } from "../postgres/statements.ts"
import { watch } from "../postgres/watch.ts"
import { active } from "./active.ts"
import { commands } from "./commands.ts"
import { midnight } from "./midnight.ts"
import { opened } from "./open.ts"

const benchmarks = { active, open: opened, commands, midnight }
export const names = Object.keys(benchmarks) as ReadonlyArray<keyof typeof benchmarks>

const usual = 10_000

const say = (what: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}${what === "" ? "" : " ..."}`)
}

export const run = async (args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { companies: { type: "string", default: `${usual}` }, statements: { type: "boolean", default: false } }
  })
  const companies = Number(values.companies)
  const unknown = positionals.filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0 || !(Number.isInteger(companies) && companies >= 100)) {
    console.error(
      `usage: npm run bench -- companies [${names.join("] [")}] [--companies N, from 100 on] [--statements]`
    )
    process.exit(2)
  }
  const rows: Array<Row> = []
  await withServer(values.statements, async (url) => {
    const settings = { url, companies, say, watch: watch(await openServerCpu(url)) }
    for (const name of names) {
      if (positionals.length > 0 && !positionals.includes(name)) continue
      if (values.statements) await countStatements(url)
      const measured = await benchmarks[name](settings)
      say("")
      console.log(`${name}\n${table(measured, "beside it")}\n`)
      rows.push(...measured)
      if (values.statements) console.log(`${await listed(url)}\n`)
    }
  })
  if (positionals.length === 0 && !values.statements && companies === usual) {
    await publish("companies", table(rows, "beside it"))
  }
  return rows
}
