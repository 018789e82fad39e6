// `npm test`: every check, one line each; what a step prints is shown only when it fails.
// `npm test -- --only lint,types` runs the named steps. A run of all ends with its time and the slowest files of tests,
// so that time does not creep back; `--times` says them after named steps too.
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { delimiter, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { hasChromium } from "./chromium.mjs"
import { hasNats, natsServer } from "./nats.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const cache = join(root, "node_modules/.cache")
const results = join(cache, "popug")
const vitest = (name, project) =>
  `vitest run --config vitest.workspace.ts --project "${project}" --reporter=minimal --reporter=json ` +
  `--outputFile.json="${join(results, `${name}.json`)}"`

const steps = [
  { name: "format", command: "oxfmt --check ." },
  { name: "lint", command: "oxlint --deny-warnings" },
  { name: "rules", command: "node scripts/rules.mjs" },
  { name: "unused", command: "knip --no-progress" },
  { name: "types", command: "npm run --silent types" },
  { name: "packages", command: "npm run --silent build && node scripts/packages.mjs" },
  { name: "type-tests", command: vitest("type-tests", "types") + " --passWithNoTests", counts: true },
  // Alone, because it uses both cores itself.
  { name: "tests", command: vitest("tests", "!types"), counts: true, alone: true }
]

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1].split(",") : undefined
for (const name of only ?? []) {
  if (!steps.some((step) => step.name === name)) {
    console.error(`no step ${name}; there are ${steps.map((step) => step.name).join(", ")}`)
    process.exit(2)
  }
}

const seconds = (millis) => (millis / 1000).toFixed(1)

const run = (step) =>
  new Promise((resolve) => {
    const start = performance.now()
    const child = spawn(step.command, {
      cwd: root,
      shell: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: join(root, "node_modules/.bin") + delimiter + process.env.PATH,
        NO_COLOR: "1",
        // Programs that are started many times are compiled once.
        NODE_COMPILE_CACHE: compiled,
        // tsc and esbuild end before it is worth their while to collect garbage often.
        GOGC: "400"
      }
    })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("error", (error) => (output += `${error}\n`))
    child.on("close", (code) => {
      const took = seconds(performance.now() - start).padStart(6)
      console.log(`${code === 0 ? "ok  " : "FAIL"} ${step.name.padEnd(10)} ${took} s`)
      if (code !== 0) console.log(`\n$ ${step.command}\n${output.trimEnd()}\n`)
      resolve({ ...step, failed: code !== 0 })
    })
  })

const reportOf = (step) => JSON.parse(readFileSync(join(results, `${step.name}.json`), "utf8"))

/**
 * Tests that passed and failed; a file that could not be loaded, or a run that failed otherwise, is one that failed.
 */
const count = (step) => {
  try {
    const report = reportOf(step)
    const broken = report.testResults.filter(
      (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")
    )
    const failed = report.numFailedTests + broken.length
    return { passed: report.numPassedTests, failed: step.failed ? Math.max(failed, 1) : failed }
  } catch {
    return { passed: 0, failed: step.failed ? 1 : 0 }
  }
}

/** What all that was started has cost, where the system says: on a busy machine it tells more than a clock. */
const processorTime = () => {
  if (process.platform !== "linux") return ""
  // The times of children come 14th and 15th after the name, in hundredths of a second.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ")
  return `, ${seconds((Number(fields[13]) + Number(fields[14])) * 10)} s of processors`
}

// Each run adds its files of tests to what is compiled: once a week it begins anew.
const compiled = join(cache, "node")
const week = 7 * 86_400_000
if (existsSync(compiled) && Date.now() - statSync(compiled).birthtimeMs > week) {
  rmSync(compiled, { recursive: true, force: true })
}
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const chosen = steps.filter((step) => only === undefined || only.includes(step.name))
const together = chosen.filter((step) => !step.alone)
const done = []
const worker = async () => {
  for (let step = together.shift(); step !== undefined; step = together.shift()) done.push(await run(step))
}
await Promise.all([worker(), worker()])
for (const step of chosen.filter((step) => step.alone)) done.push(await run(step))

if (!hasChromium && done.some(({ name }) => name === "tests")) {
  console.log("not run: packages/dashboard/test/browser, for want of a Chromium; POPUG_CHROMIUM names one")
}
const lacksNats = natsServer === undefined && done.some(({ name }) => name === "tests")
if (lacksNats) {
  const what = hasNats ? "what starts a server of its own in packages/nats/test" : "packages/nats/test"
  console.log(`not run: ${what}, for want of a nats-server on the PATH${hasNats ? "" : " or POPUG_TEST_NATS_URL"}`)
}
const failed = done.filter((step) => step.failed)
if (failed.length > 0) {
  console.log(`failed: ${failed.map((step) => step.name).join(", ")}`)
  process.exitCode = 1
}
if (lacksNats && process.env.POPUG_TEST_NATS === "required") {
  console.log("failed: POPUG_TEST_NATS=required, and they did not run")
  process.exitCode = 1
}
const counted = done.filter((step) => step.counts).map(count)
if (counted.length > 0) {
  const sum = (key) => counted.reduce((total, counts) => total + counts[key], 0)
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`)
}
if (only === undefined || process.argv.includes("--times")) {
  const files = done.flatMap((step) => {
    try {
      return step.counts ? reportOf(step).testResults : []
    } catch {
      // The step has said why there is no report.
      return []
    }
  })
  const timed = files.map(({ name, startTime, endTime }) => ({
    name: relative(root, name),
    millis: endTime - startTime
  }))
  console.log(`${seconds(performance.now())} s in all${processorTime()}; slowest files:`)
  for (const { name, millis } of timed.toSorted((a, b) => b.millis - a.millis).slice(0, 10)) {
    console.log(`${seconds(millis).padStart(17)} s ${name}`)
  }
}
