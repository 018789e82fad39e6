// The house's rules about source files: who may import whom, which parts of effect the core may lean on, no hidden
// sources of chance or time, no file or function longer than a person reads, and files named as they are imported.
// Type-only imports count like any other.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "oxc-parser"
import { effectModule } from "./rules/effect.mjs"
import { longFunctions } from "./rules/functions.mjs"
import { cycles, importsOf, locate, sources, usesOf, walk } from "./rules/graph.mjs"
import { exported, importedWhole, misnamed, renamed } from "./rules/names.mjs"
import { misplacedInPage } from "./rules/page.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

/** What a package's sources may import of the other packages; an adapter that is not named here gets the core alone. */
const mayImport = { core: [], testkit: ["core", "memory"], dashboard: ["http"] }
const adapterMayImport = ["core"]

/** Bounded contexts of the core. Its files beside them put all together: they may name every context, and none them. */
const contexts = ["users", "tasks", "billing", "reports"]

/** A context's published language: all that another context may import of it. */
const published = (context) => `packages/core/src/${context}/events.ts`

/** The files beside the contexts that may name their stores: each hands every context its own, and none another's. */
const storeKeepers = ["index", "Popug", "Schedule", "Verification"].map((name) => `packages/core/src/${name}.ts`)
const isStore = (file) => /^packages\/core\/src\/\w+\/\w+Store\.ts$/.test(file)

/** The core's rooms from the inside out, before the contexts: each imports of its own and of those before it. */
const rooms = ["values", "company", "stream"]

/** Above what puts the contexts together: of the core's files beside the rooms, the index alone names these. */
const above = ["companies"]

/** Parts of effect that the core leaves to adapters, whatever their stability. */
const notInCore = /^effect\/(ai|cli|cluster|http|http-api|persistence|rpc|socket|sql|testing|workers|workflow)(\/|$)/

const longest = 400
const long = 300
const longestFunction = 70

const problems = []
const warnings = []
const report = (file, offset, text, message) =>
  problems.push(`${file}:${text.slice(0, offset).split("\n").length} ${message}`)

/** `{ package: "core", area: "users" }` for packages/core/src/users/User.ts; the area is "" beside index.ts. */
const place = (file) => {
  const [top, name, folder, ...rest] = file.split("/")
  return { top, name, folder, area: rest.length > 1 ? rest[0] : "" }
}

const checkImport = (file, { isLazy, specifier }) => {
  const from = place(file)
  const target = locate(file, specifier)

  if (specifier === "effect") return `imports effect's barrel: name the module, as in "effect/Effect"`
  if (specifier.startsWith("effect/")) {
    const module = effectModule(root, specifier)
    if (module?.barrel) return `imports the barrel ${specifier}: name the module`
    if (from.name !== "core" || from.top !== "packages") return undefined
    if (notInCore.test(specifier)) return `the core leaves ${specifier} to adapters`
    if (module?.unstable) return `${specifier} is not stable in effect: keep it out of the core`
    return undefined
  }

  if (target.kind === "file") {
    const to = { ...place(target.file), file: target.file }
    if (to.top !== from.top || to.name !== from.name || to.folder !== "src") {
      return `reaches outside its own sources: ${specifier}`
    }
    if (from.top !== "packages") return undefined
    if (from.name === "core" && from.area === "" && contexts.includes(to.area) && isStore(to.file)) {
      if (!storeKeepers.includes(file)) return `reads the rows of ${to.area}: a context's rows are its own`
    }
    if (from.name === "core" && above.includes(from.area)) return undefined
    if (from.name === "core" && above.includes(to.area) && !file.endsWith("/src/index.ts")) {
      return `one company imports what is of many: ${specifier}`
    }
    if (from.name === "core" && from.area !== "" && to.area === "") {
      return `${from.area} imports ${specifier}, which puts the contexts together`
    }
    if (from.name === "core" && from.area !== "" && contexts.includes(to.area) && to.area !== from.area) {
      if (!contexts.includes(from.area)) return `what contexts share imports context ${to.area}`
      if (to.file !== published(to.area)) {
        return `context ${from.area} imports context ${to.area}: of one another they know events.ts alone`
      }
    }
    if (from.name === "core" && file === published(from.area) && to.area === from.area) {
      return "what a context publishes imports what it keeps to itself"
    }
    if (from.name === "core" && rooms.includes(from.area) && rooms.indexOf(to.area) > rooms.indexOf(from.area)) {
      return `${from.area} imports ${to.area}: core's imports point inwards`
    }
    if (from.name === "http" && from.area === "api" && to.area !== "api") return "the contract imports the server"
    return misplacedInPage(file, target.file, { isLazy })
  }

  if (target.kind === "package" && from.top === "packages") {
    if (target.name === from.name) return `imports its own package by name: ${specifier}`
    const allowed = mayImport[from.name] ?? adapterMayImport
    if (!allowed.includes(target.name)) return `${from.name} must not import @popug/${target.name}`
    return undefined
  }

  if (from.top === "packages" && from.name === "core") return `the core depends on effect alone, not on ${specifier}`
  return undefined
}

/** Sources of time and chance that a simulation could not repeat. */
const checkChance = (node) => {
  const member = node.type === "CallExpression" ? node.callee : undefined
  const name = member?.type === "MemberExpression" ? `${member.object.name}.${member.property.name}` : undefined
  if (["Date.now", "Math.random", "performance.now", "crypto.randomUUID"].includes(name)) return name
  if (node.type === "NewExpression" && node.callee.name === "Date" && node.arguments.length === 0) return "new Date()"
  if (node.type === "CallExpression" && node.callee.name === "Date") return "Date()"
  return undefined
}

/** The formatter wraps code and no comments. */
const widest = 120
const isComment = /^\s*(\/\*\*|\*|\/\/) /

/** The formatter takes what a file says of itself down with its first import, when another sorts before that. */
const misplaced = /^import [^]*?^(\/\*\*[^]*?\*\/\n)import /m
for (const file of [...sources(root), ...sources(root, "test")]) {
  const text = readFileSync(join(root, file), "utf8")
  const found = misplaced.exec(text.slice(0, text.search(/^(?:export|const|class|interface|type|function) /m)))
  if (found !== null) report(file, text.indexOf(found[1]), text, "what a file says of itself stands above its imports")
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > widest && isComment.test(line)) problems.push(`${file}:${index + 1} a comment ends at ${widest}`)
  }
}

const graph = new Map()
const exportsOf = new Map()
const whole = new Set()
for (const file of sources(root)) {
  const text = readFileSync(join(root, file), "utf8")
  const lines = text.trimEnd().split("\n").length
  if (lines > longest) problems.push(`${file} has ${lines} lines; ${longest} is the most`)
  else if (lines > long) warnings.push(`${file} has ${lines} lines; consider splitting it at ${long}`)

  const { program, errors } = parseSync(file, text)
  for (const error of errors) problems.push(`${file} ${error.message}`)
  for (const { name, line, lines } of longFunctions(program, text, longestFunction)) {
    problems.push(`${file}:${line} ${name} has ${lines} lines; ${longestFunction} is the most`)
  }
  if (!/\.tsx?$/.test(file)) continue

  const imports = importsOf(program)
  graph.set(
    file,
    imports.map(({ specifier }) => locate(file, specifier)).flatMap((t) => (t.kind === "file" ? [t.file] : []))
  )
  for (const named of imports) {
    const message = checkImport(file, named)
    if (message !== undefined) report(file, named.offset, text, message)
  }

  exportsOf.set(file, exported(program))
  for (const { name, offset, own } of renamed(program)) report(file, offset, text, `${own} is called ${name} here`)
  for (const specifier of importedWhole(program)) whole.add(locate(file, specifier).file)

  if (!file.startsWith("packages/")) continue
  walk(program, (node) => {
    const chance = checkChance(node)
    if (chance !== undefined) report(file, node.start, text, `${chance} can't be replayed: use Clock, Random or Ids`)
  })
  if (!file.startsWith("packages/core/")) continue
  for (const { specifier, name, offset } of usesOf(program)) {
    if (effectModule(root, specifier)?.unstableExports.has(name)) {
      report(file, offset, text, `${name} of ${specifier} is not stable: keep it out of the core`)
    }
  }
}
for (const [file, exports] of exportsOf) {
  const message = misnamed(file, { isImportedWhole: whole.has(file), exports })
  if (message !== undefined) problems.push(`${file} ${message}`)
}
for (const cycle of cycles(graph)) problems.push(`imports go round: ${cycle.join(" -> ")}`)

for (const warning of warnings) console.warn(`warning: ${warning}`)
for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)
