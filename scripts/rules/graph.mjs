// Which files there are, what they import, and where imports go round.
import { readdirSync } from "node:fs"
import { posix } from "node:path"

/** The source files of packages and examples, or their tests, and the scripts; paths from the root. */
export const sources = (root, folder = "src") =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => ["packages", "examples", "scripts"].includes(entry.name))
    .flatMap((entry) =>
      entry.name === "scripts"
        ? filesUnder(root, "scripts")
        : readdirSync(posix.join(root, entry.name)).flatMap((name) =>
            filesUnder(root, `${entry.name}/${name}/${folder}`)
          )
    )
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .sort()

const filesUnder = (root, directory) => {
  try {
    return readdirSync(posix.join(root, directory), { recursive: true }).map((name) => `${directory}/${name}`)
  } catch (error) {
    if (error.code === "ENOENT") return []
    throw error
  }
}

/** What a specifier names: a file by its path from the root, a package of ours, or something from outside. */
export const locate = (file, specifier) => {
  if (specifier.startsWith(".")) return { kind: "file", file: posix.join(posix.dirname(file), specifier) }
  const own = /^@popug\/([^/]+)/.exec(specifier)
  return own === null ? { kind: "external" } : { kind: "package", name: own[1] }
}

/** Calls `visit` with every node of a syntax tree. */
export const walk = (node, visit) => {
  if (Array.isArray(node)) for (const child of node) walk(child, visit)
  else if (node !== null && typeof node === "object") {
    if (typeof node.type === "string") visit(node)
    for (const key in node) if (typeof node[key] === "object") walk(node[key], visit)
  }
}

/** What a specifier is known to say; undefined where it is only known once the program runs. */
const saidBy = (source) =>
  source?.value ?? (source?.expressions?.length === 0 ? source.quasis[0].value.cooked : undefined)

/**
 * Every module that a file names: imports, type imports, re-exports, `import()` of types and, loaded later, of values.
 */
export const importsOf = (program) => {
  const found = []
  walk(program, (node) => {
    if (
      node.type === "ImportDeclaration" ||
      node.type === "ExportNamedDeclaration" ||
      node.type === "ExportAllDeclaration" ||
      node.type === "ImportExpression" ||
      node.type === "TSImportType"
    ) {
      const specifier = saidBy(node.source)
      if (typeof specifier === "string")
        found.push({ specifier, offset: node.start, isLazy: node.type === "ImportExpression" })
    }
  })
  return found
}

/** Every name that a file uses of a module of effect: `Effect.map`, or `map` where it is imported by name. */
export const usesOf = (program) => {
  const namespaces = new Map()
  const used = []
  for (const node of program.body) {
    if (node.type !== "ImportDeclaration" || !node.source.value.startsWith("effect/")) continue
    for (const imported of node.specifiers) {
      if (imported.type === "ImportNamespaceSpecifier") namespaces.set(imported.local.name, node.source.value)
      else if (imported.type === "ImportSpecifier") {
        used.push({ specifier: node.source.value, name: imported.imported.name, offset: imported.start })
      }
    }
  }
  const use = (object, property, offset) => {
    const specifier = namespaces.get(object.name)
    if (specifier !== undefined) used.push({ specifier, name: property.name, offset })
  }
  walk(program, (node) => {
    if (node.type === "MemberExpression" && !node.computed) use(node.object, node.property, node.start)
    if (node.type === "TSQualifiedName") use(node.left, node.right, node.start)
  })
  return used
}

/** The cycles of a graph of files, each from its first file back to it. */
export const cycles = (graph) => {
  const found = []
  const state = new Map()
  const visit = (file, path) => {
    if (state.get(file) === "done") return
    if (state.get(file) === "open") {
      found.push([...path.slice(path.indexOf(file)), file])
      return
    }
    state.set(file, "open")
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    state.set(file, "done")
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}
