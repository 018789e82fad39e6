/**
 * `npm run bench -- page [names]`: what one waits for in the page, in a real Chromium on loopback. It is measured in a
 * process of the page's own tools, so that nothing here needs a browser.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { publish, type Row } from "../measure.ts"

const program = fileURLToPath(new URL("../../../../packages/dashboard/scripts/bench.ts", import.meta.url))

export const names = [
  "cold",
  "warm",
  "slow-cold",
  "slow-warm",
  "create",
  "complete",
  "filter",
  "statement",
  "account"
] as const

interface Measured {
  readonly text: string
  readonly rows: ReadonlyArray<Row>
}

export const run = async (args: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const unknown = args.filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0) {
    console.error(`usage: npm run bench -- page [${names.join("] [")}]`)
    process.exit(2)
  }
  const { rows, text } = await new Promise<Measured>((resolve, reject) => {
    const measuring = fork(program, args, { execArgv: process.execArgv })
    measuring.once("message", (measured) => resolve(measured as Measured))
    measuring.once("exit", (code) => reject(new Error(`the page could not be measured: exit ${code}`)))
  })
  console.log(text)
  if (args.length === 0) await publish("page", text)
  return rows
}
