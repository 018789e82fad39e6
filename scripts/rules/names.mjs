// The names of files. A file is called like what others import of it: `Head.ts` when it is imported whole
// (`import * as Head`) or is the home of a class, service or type of that name; `follows.ts` when they import functions
// and values from it by their names. Who imports it whole calls it as it is called.
import { posix } from "node:path"

const isCapital = (name) => /^[A-Z]/.test(name)
const capital = (name) => name[0].toUpperCase() + name.slice(1)

/** The files that a file imports or exports whole, under one name. */
export const importedWhole = (program) =>
  program.body.filter((node) => nameOfWhole(node) !== undefined).map((node) => node.source.value)

/**
 * What a file imports or exports whole under another name than the file's: where, which file, and the name. Another
 * name is right where that one is taken (a store of memory's beside the core's port of the same name), and for a
 * folder, which is imported by its `main.ts` or `index.ts`.
 */
export const renamed = (program) => {
  const taken = new Set(program.body.flatMap(bound))
  return program.body.flatMap((node) => {
    const name = nameOfWhole(node)
    if (name === undefined || !node.source.value.startsWith(".")) return []
    const own = nameOf(node.source.value)
    if (name === own || folders.includes(own) || taken.has(own)) return []
    return [{ offset: node.start, own, name }]
  })
}

const folders = ["index", "main"]
const nameOf = (file) => posix.basename(file).replace(/\.\w+$/, "")

/** The name under which a statement imports or exports all of a file, if it does. */
const nameOfWhole = (node) => {
  if (node.type === "ExportAllDeclaration") return node.exported?.name
  if (node.type !== "ImportDeclaration") return undefined
  return node.specifiers.find(({ type }) => type === "ImportNamespaceSpecifier")?.local.name
}

/** The names that a statement binds in its file, or exports from it. */
const bound = (node) => {
  if (node.type === "ImportDeclaration") return node.specifiers.map(({ local }) => local.name)
  if (node.type === "ExportAllDeclaration") return node.exported === null ? [] : [node.exported.name]
  const declared = node.declaration ?? node
  if (declared.type === "VariableDeclaration") return declared.declarations.map(({ id }) => id.name)
  const exports = node.specifiers?.map(({ exported }) => exported.name) ?? []
  const { id } = declared
  return id === null || id === undefined ? exports : [...exports, id.name]
}

/** What is declared and exported: names, and which of them are classes. */
export const exported = (program) =>
  program.body.flatMap((node) => {
    if (node.type === "ExportDefaultDeclaration" && node.declaration.type === "Identifier") {
      return [{ name: node.declaration.name, isClass: false }]
    }
    if (node.type !== "ExportNamedDeclaration" || node.declaration === null) return []
    const { declaration } = node
    if (declaration.type !== "VariableDeclaration") {
      return [{ name: declaration.id.name, isClass: declaration.type === "ClassDeclaration" }]
    }
    return declaration.declarations.map(({ id }) => ({ name: id.name, isClass: false }))
  })

/** What is wrong with the case of a file's name, or nothing. */
export const misnamed = (file, { isImportedWhole, exports }) => {
  const name = nameOf(file)
  if (folders.includes(name)) return undefined
  if (isCapital(name)) {
    if (isImportedWhole || exports.some((own) => own.name === name)) return undefined
    return `exports no ${name} and is never imported whole: its name begins in lower case`
  }
  if (isImportedWhole) return "is imported whole: its name begins with a capital"
  if (exports.some((own) => own.isClass && own.name === capital(name)))
    return `has the class ${capital(name)}: it is called like it`
  return undefined
}
