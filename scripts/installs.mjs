// `npm run test:install`: each package as its README says, outside the workspace. Its install line runs in an empty
// project, by npm and by pnpm (whose strict layout shows what was left out), with the packages as they would be
// published; then its first example is type-checked and run, and must print what the README shows. Then the adapter of
// examples/sqlite, which is written as a stranger's, is checked and tested against the same packages. Takes minutes and
// asks the registry.
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { pack } from "./tarballs.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), "popug-installs-"))
const environment = {
  ...process.env,
  PATH: join(root, "node_modules/.bin") + delimiter + process.env.PATH,
  NO_COLOR: "1"
}
// What npm tells its scripts is about this workspace.
for (const name of Object.keys(environment)) if (/^(npm|NODE_OPTIONS)/u.test(name)) delete environment[name]

const run = (cwd, command, args) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", env: environment })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error ?? ""}`)
  return stdout
}

/** Blocks of a README: its install line, its first program, and what that prints. */
const instructions = (readme) => {
  const words = /^npm install (.+)$/mu
    .exec(readme)?.[1]
    .split(/\s+/u)
    .filter((word) => !word.startsWith("-"))
  const [, kind, program] = /^```ts( run)?\n([^]*?)^```$/mu.exec(readme)
  const output = /^```text output\n([^]*?)^```$/mu.exec(readme)?.[1]
  return { words, program, runs: kind !== undefined, output }
}

const managers = {
  npm: {
    settings: (tarballs) => ({ overrides: tarballs }),
    add: (cwd, what) => run(cwd, "npm", ["install", "--no-audit", "--no-fund", ...what])
  },
  pnpm: {
    settings: (tarballs) => ({ pnpm: { overrides: tarballs } }),
    add: (cwd, what) => run(cwd, "npx", ["--yes", "pnpm@12.21.0", "add", "--ignore-scripts", ...what])
  }
}

const attempt = (manager, { manifest, cwd: folder }, tarballs) => {
  const { output, program, runs, words } = instructions(readFileSync(join(folder, "README.md"), "utf8"))
  const cwd = join(temporary, manager, manifest.name.replace("/", "-"))
  mkdirSync(cwd, { recursive: true })
  const { add, settings } = managers[manager]
  const others = Object.fromEntries(Object.entries(tarballs).filter(([name]) => !words.includes(name)))
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ private: true, type: "module", ...settings(others) }))
  if (manager === "pnpm") {
    const overrides = Object.entries(tarballs).map(([name, path]) => `  "${name}": "${path}"`)
    writeFileSync(join(cwd, "pnpm-workspace.yaml"), ["overrides:", ...overrides, ""].join("\n"))
  }
  add(cwd, [...words.map((word) => tarballs[word] ?? word), ...tools])
  const file = runs ? "example.ts" : "example.test.ts"
  writeFileSync(join(cwd, file), program)
  run(cwd, join(cwd, "node_modules/.bin/tsc"), [...checked, file])
  const printed = runs ? run(cwd, "node", [file]) : run(cwd, join(cwd, "node_modules/.bin/vitest"), ["run"])
  if (output !== undefined && printed.trimEnd() !== output.trimEnd()) {
    throw new Error(`it printed\n${printed}instead of\n${output}`)
  }
}

const tools = ["typescript@7.0.2", "@types/node@24.19.2"]
const checked = [
  "--noEmit",
  "--strict",
  "--module",
  "nodenext",
  "--target",
  "es2024",
  "--skipLibCheck",
  "--types",
  "node"
]

/** The sources and tests of an example, on its own, over the packages as they would be published. */
const attemptExample = (name, tarballs) => {
  const example = join(root, "examples", name)
  const cwd = join(temporary, "examples", name)
  for (const folder of ["src", "test"]) cpSync(join(example, folder), join(cwd, folder), { recursive: true })
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"))
  const wanted = Object.entries({ ...dependencies, ...devDependencies })
  const direct = Object.fromEntries(wanted.map(([wants, version]) => [wants, tarballs[wants] ?? version]))
  const others = Object.fromEntries(Object.entries(tarballs).filter(([one]) => !(one in direct)))
  const manifest = { private: true, type: "module", dependencies: direct, overrides: others }
  writeFileSync(join(cwd, "package.json"), JSON.stringify(manifest))
  run(cwd, "npm", ["install", "--no-audit", "--no-fund", ...tools])
  const files = readdirSync(cwd, { recursive: true }).filter((file) => /^(src|test)\/.*\.ts$/u.test(file))
  run(cwd, join(cwd, "node_modules/.bin/tsc"), [...checked, "--allowImportingTsExtensions", ...files])
  run(cwd, join(cwd, "node_modules/.bin/vitest"), ["run"])
  run(cwd, "node", ["src/main.ts"])
}

let failed = 0
let passed = 0
/** `npm run test:install -- sqlite`: only what has this in its name. */
const only = process.argv[2] ?? ""
const report = (what, work) => {
  if (!what.includes(only)) return
  try {
    work()
    passed += 1
    console.log(`ok   ${what}`)
  } catch (error) {
    failed += 1
    console.log(`FAIL ${what}\n${error.message}`)
  }
}
try {
  const packed = pack(join(temporary, "packed"))
  const tarballs = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))
  for (const manager of Object.keys(managers)) {
    for (const one of packed) {
      report(`${manager.padEnd(5)} ${one.manifest.name}`, () => attempt(manager, one, tarballs))
    }
  }
  report("npm   examples/sqlite", () => attemptExample("sqlite", tarballs))
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
