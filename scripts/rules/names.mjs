// The case of file names. A file is called like what others import of it: `Head.ts` when it is imported whole
// (`import * as Head`) or is the home of a class, service or type of that name; `follows.ts` when they import functions
// and values from it by their names.
import { posix } from "node:path"

const isCapital = (name) => /^[A-Z]/.test(name)
const capital = (name) => name[0].toUpperCase() + name.slice(1)

/** The files that a file imports or exports whole, under one name. */
export const importedWhole = (program) =>
  program.body
    .filter(
      (node) =>
        (node.type === "ImportDeclaration" &&
          node.specifiers.some(({ type }) => type === "ImportNamespaceSpecifier")) ||
        (node.type === "ExportAllDeclaration" && node.exported !== null)
    )
    .map((node) => node.source.value)

/** What is declared and exported: names, and which of them are classes. */
export const exported = (program) =>
  program.body.flatMap((node) => {
    if (node.type !== "ExportNamedDeclaration" || node.declaration === null) return []
    const { declaration } = node
    if (declaration.type !== "VariableDeclaration") {
      return [{ name: declaration.id.name, isClass: declaration.type === "ClassDeclaration" }]
    }
    return declaration.declarations.map(({ id }) => ({ name: id.name, isClass: false }))
  })

/** What is wrong with the case of a file's name, or nothing. */
export const misnamed = (file, { isImportedWhole, exports }) => {
  const name = posix.basename(file).replace(/\.tsx?$/, "")
  if (["index", "main"].includes(name)) return undefined
  if (isCapital(name)) {
    if (isImportedWhole || exports.some((own) => own.name === name)) return undefined
    return `exports no ${name} and is never imported whole: its name begins in lower case`
  }
  if (isImportedWhole) return "is imported whole: its name begins with a capital"
  if (exports.some((own) => own.isClass && own.name === capital(name)))
    return `has the class ${capital(name)}: it is called like it`
  return undefined
}
