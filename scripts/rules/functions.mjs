// The functions of a file that are longer than a person takes in at once.

const named = (node) => {
  if (node.type === "VariableDeclarator" || node.type === "FunctionDeclaration") return node.id?.name
  if (node.type === "FunctionExpression") return node.id?.name
  if (/^(Property|PropertyDefinition|MethodDefinition)$/.test(node.type)) return node.key.name ?? node.key.value
  return undefined
}

/**
 * `{ name, line, lines }` of every function with more than `longest` lines, from its first to its last; what is nested
 * counts within the outer one. One that is handed to a call (`Effect.gen(function*`) has the name of what it makes, and
 * of those with the same name only the outermost is told.
 */
export const longFunctions = (program, text, longest) => {
  const found = []
  const lineOf = (offset) => text.slice(0, offset).split("\n").length
  const visit = (node, name, told) => {
    if (Array.isArray(node)) for (const child of node) visit(child, name, told)
    else if (node !== null && typeof node === "object") {
      const own = named(node)
      if (own !== undefined && own !== name) [name, told] = [own, false]
      const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)
      if (isFunction && !told) {
        const [first, last] = [lineOf(node.start), lineOf(node.end)]
        if (last - first >= longest) {
          found.push({ name: name ?? "a function", line: first, lines: last - first + 1 })
          told = true
        }
      }
      for (const key in node) if (typeof node[key] === "object") visit(node[key], name, told)
    }
  }
  visit(program, undefined, false)
  return found
}
