// `npm run docs:conformance`: runs the suites on each adapter, measures what each does in a second, and writes
// docs/reference/conformance.md of it. A test fails when the suites say something else than the page.
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startVitest } from "vitest/node"
import { optOuts } from "../packages/postgres/test/optOuts.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Adapters as the suites' tests call them, and as they are called here. */
const adapters = { memory: "memory", pglite: "PGlite", postgres: "Postgres", SQLite: "SQLite" }
const files = [
  "packages/memory/test/conformance.test.ts",
  "packages/postgres/test/conformance.test.ts",
  "packages/postgres/test/pglite.conformance.test.ts",
  "examples/sqlite/test/suites.test.ts"
]

/** By suite and adapter: how many promises are kept, and why others are not. */
const suites = new Map()
const broken = []
const reporter = {
  onTestCaseResult(test) {
    const { state, note, errors } = test.result()
    const [, suite, adapter] = /^(.*) of (.*)$/u.exec(test.parent.name)
    if (state === "failed") broken.push(`${test.fullName}: ${errors[0]?.message}`)
    if (!(adapter in adapters)) return
    const of = suites.get(suite) ?? suites.set(suite, {}).get(suite)
    const found = (of[adapter] ??= { kept: 0, skipped: [] })
    if (state === "passed") found.kept += 1
    else found.skipped.push({ sentence: test.name, reason: note })
  }
}

const vitest = await startVitest("test", files, {
  root,
  config: join(root, "vitest.workspace.ts"),
  watch: false,
  testTimeout: 240_000,
  reporters: [reporter]
})
await vitest?.close()
if (broken.length > 0) throw new Error(broken.join("\n"))
if (suites.size === 0) throw new Error("no suite was run")

const measured = spawnSync(
  process.execPath,
  ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", "examples/bench/src/adapters.ts"],
  { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }
)
if (measured.status !== 0) throw new Error("the rates were not measured")
const rates = JSON.parse(measured.stdout)

const names = Object.keys(adapters)
const optedOut = new Set(Object.values(optOuts).flatMap(Object.keys))
/** Whether a promise is skipped because its adapter opts out; otherwise it does not offer what the promise is about. */
const isOptOut = (name, { sentence }) => name === "pglite" && optedOut.has(sentence)

const cell = (name, found) => {
  if (found === undefined) return "—"
  const opted = found.skipped.filter((one) => isOptOut(name, one)).length
  const absent = found.skipped.length - opted
  return [
    ...(found.kept > 0 || found.skipped.length === 0 ? [String(found.kept)] : []),
    ...(opted > 0 ? [`${opted} opted out`] : []),
    ...(absent > 0 ? [`${absent} not offered`] : [])
  ].join(", ")
}

const promised = [...suites].map(([suite, of]) => {
  const promises = Math.max(...Object.values(of).map(({ kept, skipped }) => kept + skipped.length))
  return `| ${suite} | ${promises} | ${names.map((name) => cell(name, of[name])).join(" | ")} |`
})

const skipped = [...suites].flatMap(([suite, of]) =>
  names.flatMap((name) =>
    (of[name]?.skipped ?? []).map((one) => ({ name, suite, ...one, isOptOut: isOptOut(name, one) }))
  )
)
const optedRows = skipped
  .filter((one) => one.isOptOut)
  .map(({ name, reason, sentence, suite }) => `| ${adapters[name]} | ${suite} | ${sentence} | ${reason} |`)

/** By adapter and reason, for which suites. */
const absent = new Map()
for (const { name, reason, suite } of skipped.filter((one) => !one.isOptOut)) {
  const key = `| ${adapters[name]} | ${reason} |`
  absent.set(key, (absent.get(key) ?? new Set()).add(suite))
}
const absentRows = [...absent].map(([key, of]) => `${key} ${[...of].join(", ")} |`)

const rounded = (value) => Math.round(value / 100) * 100
const ratio = (value, one) => (value / one).toFixed(2)
const rateRows = names.map((name) => {
  const { commands, transfers } = rates[name]
  const figures = [
    [commands, rates.memory.commands],
    [transfers, rates.memory.transfers]
  ].flatMap(([value, memory]) => [rounded(value).toLocaleString("en"), ratio(value, memory)])
  return `| ${adapters[name]} | ${figures.join(" | ")} |`
})

const page = `<!-- Written by \`npm run docs:conformance\`. -->
# What the suites say about each adapter

Each port has a [suite](../guides/write-an-adapter.md#run-the-suites): promises that every adapter keeps, each a test. An
adapter opts out of what it truly can't do, with a reason; of what a port need not offer there is nothing to keep. Beside
the suites, whole companies are [simulated](../../packages/testkit/README.md#simulate-a-company) on each.

- **memory**: [\`@popug/memory\`](../../packages/memory/README.md)
- **PGlite**, **Postgres**: [\`@popug/postgres\`](../../packages/postgres/README.md)
- **SQLite**: [\`examples/sqlite\`](../../examples/sqlite/README.md), written from the guide alone

## Promises kept

| suite | promises | ${Object.values(adapters).join(" | ")} |
|---|---|---|---|---|---|
${promised.join("\n")}

SQLite has no bus of its own: its consumers read the log. It keeps one company. [\`@popug/nats\`](../../packages/nats/README.md)
is a bus alone: it keeps the promises of EventBus, hostile or with little room too, and leaves looking to consumers.

## Opt-outs

| adapter | suite | promise | why |
|---|---|---|---|
${optedRows.join("\n")}

## Not offered

| adapter | why | suites |
|---|---|---|
${absentRows.join("\n")}

## Rates

Tasks created in batches of 1,000, and the fee of each booked by billing; medians of three short runs on the
machine that wrote this page (${availableParallelism()} cores, Node ${process.version.slice(1)}). Compare the ratios, not the rates: [the benchmarks](../benchmarks.md)
say more. Postgres and SQLite flush every commit; memory keeps nothing and PGlite's survives no loss of power.

| adapter | commands/s | of memory | transfers/s | of memory |
|---|---|---|---|---|
${rateRows.join("\n")}
`
writeFileSync(join(root, "docs/reference/conformance.md"), page)
