/**
 * What one waits for in the page, in a real Chromium on loopback: `npm run bench -- page` starts this, and takes its
 * table.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import type { Browser } from "playwright-core"
import { buildPage } from "../build/page.ts"
import { launchChromium } from "../test/support/chromium.ts"
import { account, complete, create, filter, statement } from "./bench/clicks.ts"
import type { Taken } from "./bench/inPage.ts"
import { cold, warm } from "./bench/views.ts"

interface Part {
  readonly what: string
  /** In milliseconds, at the 95th percentile. */
  readonly goal: number | null
  readonly run: (browser: Browser, url: string) => Promise<ReadonlyArray<Taken>>
}

const parts: Readonly<Record<string, Part>> = {
  cold: { what: "first view, nothing cached", goal: null, run: (browser, url) => cold(browser, { url, slower: 1 }) },
  warm: {
    what: "first view, scripts and styles cached",
    goal: null,
    run: (browser, url) => warm(browser, { url, slower: 1 })
  },
  "slow-cold": {
    what: "first view, nothing cached, processor 4 times slower",
    goal: 1_000,
    run: (browser, url) => cold(browser, { url, slower: 4 })
  },
  "slow-warm": {
    what: "first view, cached, processor 4 times slower",
    goal: 1_000,
    run: (browser, url) => warm(browser, { url, slower: 4 })
  },
  create: { what: "a task is created: from Enter to its row", goal: 100, run: create },
  complete: { what: "a task is done: from the click to its row gone", goal: 100, run: complete },
  filter: { what: "the list of what is done, not asked for before", goal: 100, run: filter },
  statement: { what: "a statement of 10,000 entries, not asked for before", goal: 100, run: statement },
  account: { what: "the same, with the part of the page that shows it", goal: null, run: account }
}

const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 })

const quantile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

const line = (...cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`

const lineOf = ({ goal, what }: Part, taken: ReadonlyArray<Taken>): string => {
  const [whole, server] = [taken.map((one) => one.whole), taken.map((one) => one.server)]
  const p95 = quantile(whole, 0.95)
  const shown = [quantile(whole, 0.5), p95, quantile(server, 0.5), quantile(server, 0.95)].map((one) =>
    format.format(one)
  )
  return line(what, ...shown, goal === null ? "" : `≤ ${format.format(goal)} ${p95 <= goal ? "✓" : "✗"}`)
}

/** As the benchmarks know a row: that whose goal is missed fails the run. */
const rowOf = ({ goal, what }: Part, taken: ReadonlyArray<Taken>) => ({
  what,
  units: "ms",
  ours: quantile(
    taken.map(({ whole }) => whole),
    0.95
  ),
  baseline: null,
  ratio: null,
  goal: goal === null ? null : { atMost: goal, of: "ours" }
})

const measure = async (asked: ReadonlyArray<string>, browser: Browser, url: string) => {
  const [lines, rows] = [[] as Array<string>, [] as Array<ReturnType<typeof rowOf>>]
  for (const [name, part] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${name} ...`)
    const taken = await part.run(browser, url)
    lines.push(lineOf(part, taken))
    rows.push(rowOf(part, taken))
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
  const head = ["milliseconds", "p50", "p95", "of these the server, p50", "p95", "goal, p95"]
  return { rows, text: [line(...head), line("---", ...head.slice(1).map(() => "---:")), ...lines].join("\n") }
}

await buildPage()
const server = fork(new URL("bench/server.ts", import.meta.url), { execArgv: process.execArgv })
const [url] = (await once(server, "message")) as [string]
const browser = await launchChromium()
try {
  const measured = await measure(process.argv.slice(2), browser, url)
  if (process.send === undefined) process.stdout.write(`${measured.text}\n`)
  else process.send(measured)
} finally {
  await browser.close()
  server.disconnect()
  if (process.connected) process.disconnect()
}
