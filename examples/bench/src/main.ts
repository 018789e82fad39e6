/**
 * `npm run bench`: what popug does in a second beside plain TypeScript, in one run; the table goes to the terminal and
 * to docs/benchmarks.md. Names of rows (`npm run bench -- fold close`) run only those and write nothing.
 */
import { readFile, writeFile } from "node:fs/promises"
import { close } from "./close.ts"
import { fold } from "./fold.ts"
import { growth } from "./growth.ts"
import { missed, type Row, table } from "./measure.ts"
import { shuffle } from "./shuffle.ts"
import { postgres } from "./postgres/index.ts"
import { tasks } from "./tasks.ts"

const benchmarks = { fold, tasks, shuffle, close, growth }
const asked = process.argv.slice(2)
const names = Object.keys(benchmarks) as ReadonlyArray<keyof typeof benchmarks>

const unknown = asked.filter((name) => name !== "postgres" && !names.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are ${names.join(", ")}, postgres`)
  process.exit(2)
}

/** Writes a table into its place on the page. */
const publish = async (name: string, text: string) => {
  const file = new URL("../../../docs/benchmarks.md", import.meta.url)
  const [begin, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`]
  const page = await readFile(file, "utf8")
  const head = page.slice(0, page.indexOf(begin) + begin.length)
  await writeFile(file, `${head}\n\n${text}\n\n${page.slice(page.indexOf(end))}`)
}

if (asked.includes("postgres")) {
  const measured = await postgres()
  const text = table(measured, "SQL by hand")
  console.log(text)
  await publish("postgres", text)
  process.exit(missed(measured) ? 1 : 0)
}

const rows: Array<Row> = []
for (const name of names) {
  if (asked.length > 0 && !asked.includes(name)) continue
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${name} ...`)
  rows.push(await benchmarks[name]())
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
console.log(table(rows))

if (asked.length === 0) await publish("core", table(rows))
process.exitCode = missed(rows) ? 1 : 0
