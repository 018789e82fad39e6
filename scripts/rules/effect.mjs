// What effect itself says about the stability of its modules and exports (`@stability` in its sources).
import { readFileSync } from "node:fs"
import { join } from "node:path"

const known = new Map()
const unstableTag = /@stability\s+(unstable|experimental)/
const documented =
  /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:export\s+(?:declare\s+)?(?:abstract\s+)?(?:const|function|class|interface|type)\s+(\w+))?/g

/** A module of effect, or `undefined` when there is none: whether it is a barrel, or unstable, and what in it is. */
export const effectModule = (root, specifier) => {
  if (!known.has(specifier)) known.set(specifier, read(join(root, "node_modules/effect/src"), specifier))
  return known.get(specifier)
}

const read = (directory, specifier) => {
  const path = join(directory, specifier.slice("effect/".length))
  const text = tryRead(`${path}.ts`)
  if (text === undefined) {
    return tryRead(join(path, "index.ts")) === undefined
      ? undefined
      : { barrel: true, unstable: false, unstableExports: new Set() }
  }
  const unstableExports = new Set()
  let unstable = false
  let first = true
  for (const [, comment, name] of text.matchAll(documented)) {
    // The first comment is the module's own, unless it belongs to an export.
    if (first && name === undefined) unstable = unstableTag.test(comment)
    else if (name !== undefined && unstableTag.test(comment)) unstableExports.add(name)
    first = false
  }
  return { barrel: false, unstable, unstableExports }
}

const tryRead = (path) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}
