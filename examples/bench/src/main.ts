/**
 * `npm run bench`: what popug does in a second beside plain TypeScript, in one run; the table goes to the terminal and
 * to docs/benchmarks.md. Names of rows (`npm run bench -- fold close`) run only those and write nothing.
 * `npm run bench -- postgres` measures the stores on Postgres instead, `npm run bench -- companies` many companies in
 * one database, `npm run bench -- services` contexts apart, `npm run bench -- http` the HTTP server, and
 * `npm run bench -- page` the page in a browser.
 */
import { close } from "./close.ts"
import * as Companies from "./companies/main.ts"
import { fold } from "./fold.ts"
import { growth } from "./growth.ts"
import { help } from "./help.ts"
import * as Http from "./http/main.ts"
import { missed, publish, type Row, table } from "./measure.ts"
import * as Page from "./page/main.ts"
import * as Postgres from "./postgres/main.ts"
import * as Services from "./services/main.ts"
import { shuffle } from "./shuffle.ts"
import { tasks } from "./tasks.ts"

const benchmarks = { fold, tasks, shuffle, close, growth }
const names = Object.keys(benchmarks) as ReadonlyArray<keyof typeof benchmarks>

const inMemory = async (asked: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const unknown = asked.filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0) {
    console.error(
      `unknown: ${unknown.join(", ")}; there are ${names.join(", ")}, postgres, companies, services, http and page`
    )
    process.exit(2)
  }
  const rows: Array<Row> = []
  for (const name of names) {
    if (asked.length > 0 && !asked.includes(name)) continue
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${name} ...`)
    rows.push(await benchmarks[name]())
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
  const text = table(rows, "plain TypeScript")
  console.log(text)
  if (asked.length === 0) await publish("core", text)
  return rows
}

const args = process.argv.slice(2)
if (args.some((argument) => argument === "--help" || argument === "-h")) {
  console.log(
    help({ memory: names, postgres: Postgres.names, companies: Companies.names, http: Http.names, page: Page.names })
  )
  process.exit()
}
const suites = {
  postgres: Postgres.run,
  companies: Companies.run,
  services: Services.run,
  http: Http.run,
  page: Page.run
}
const isSuite = (name: string): name is keyof typeof suites => Object.hasOwn(suites, name)
const [first = "", ...rest] = args
const rows = await (isSuite(first) ? suites[first](rest) : inMemory(args))
process.exitCode = missed(rows) ? 1 : 0
