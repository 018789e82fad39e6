/**
 * `npm run bench -- http [names] [--seconds N]`: popug's HTTP server beside others, by what its process uses. A run of
 * everything writes its tables to docs/benchmarks.md.
 */
import { parseArgs } from "node:util"
import { publish, type Row } from "../measure.ts"
import { compare } from "./compare.ts"
import { endToEnd } from "./endToEnd.ts"
import { layers } from "./layers.ts"
import type { Section } from "./section.ts"
import { openStreams } from "./streams.ts"

const benchmarks = { compare, layers, streams: openStreams, postgres: endToEnd }
export const names = Object.keys(benchmarks) as ReadonlyArray<keyof typeof benchmarks>

const say = (what: string) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}${what === "" ? "" : " ..."}`)
}

export const run = async (args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seconds: { type: "string", default: "0.5" } }
  })
  const seconds = Number(values.seconds)
  const unknown = positionals.filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0 || !(seconds > 0)) {
    console.error(`usage: npm run bench -- http [${names.join("] [")}] [--seconds N]`)
    process.exit(2)
  }
  const sections: Array<Section> = []
  for (const name of names) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    const section = await benchmarks[name]({ seconds, say })
    say("")
    console.log(`${section.text}\n`)
    sections.push(section)
  }
  if (positionals.length === 0) await publish("http", sections.map(({ text }) => text).join("\n\n"))
  return sections.flatMap(({ rows }) => rows)
}
