/**
 * What the documents point at is there: files, headings, and the commands that they tell one to type.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { join, posix } from "node:path"
import { describe, expect, it } from "vitest"
import { documents, root } from "./support/markdown.ts"

const readJson = (file: string): { readonly scripts: Record<string, string>; readonly workspaces: Array<string> } =>
  JSON.parse(readFileSync(join(root, file), "utf8"))

/** Where a link of a document leads: what is wrong with it, or nothing. */
const broken = (from: string, target: string): string | undefined => {
  if (/^(https:|mailto:)/.test(target)) return undefined
  const [path = "", heading] = target.split("#")
  const file = path === "" ? from : posix.join(posix.dirname(from), path)
  if (!existsSync(join(root, file))) return `${target}: there is no ${file}`
  if (heading === undefined) return undefined
  const anchors = documents.find((document) => document.file === file)?.anchors
  return anchors?.has(heading) === true ? undefined : `${target}: ${file} has no such heading`
}

/** What is wrong with a line of a shell block. */
const unknown = (line: string): string | undefined => {
  const { scripts } = readJson("package.json")
  const script = /^npm (?:run (\S+)|(start|test))/.exec(line)
  if (script !== null) {
    const name = (script[1] ?? script[2])!
    return scripts[name] === undefined ? `there is no script ${name}` : undefined
  }
  const file = /^node .*?(\S+\.(?:m?js|ts))/.exec(line)?.[1]
  if (file !== undefined) return existsSync(join(root, file)) ? undefined : `there is no ${file}`
  const known = /^(npm (ci|exec|install)|git|cd|hledger|npx) ?/.test(line)
  return known ? undefined : "what is that?"
}

describe.each(documents)("$file", ({ fences, file, prose }) => {
  it("has no broken links", () => {
    const problems = prose.flatMap(([line, text]) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
        const problem = broken(file, target!)
        return problem === undefined ? [] : [`${file}:${line} ${problem}`]
      })
    )
    expect(problems).toEqual([])
  })

  it("names commands that exist", () => {
    const problems = fences
      // A script of curl is run as a whole by the server's tests.
      .filter(({ language, text }) => language === "sh" && !text.includes("curl "))
      .flatMap(({ line, text }) =>
        text.split("\n").flatMap((command, index) =>
          command
            .replace(/#.*$/, "")
            .split("&&")
            .map((part) => part.trim())
            .filter((part) => part !== "")
            .flatMap((part) => {
              const problem = unknown(part)
              return problem === undefined ? [] : [`${file}:${line + index} ${part}: ${problem}`]
            })
        )
      )
    expect(problems).toEqual([])
  })

  it("has JSON that can be read", () => {
    for (const { language, text } of fences) {
      if (language === "json") expect(() => JSON.parse(text), text).not.toThrow()
    }
  })
})

it("every page under docs is reached from the index", () => {
  const reached = new Set(["docs/README.md"])
  for (const file of reached) {
    const { prose } = documents.find((document) => document.file === file)!
    for (const [, target] of prose.flatMap(([, text]) => [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)])) {
      const path = posix.join(posix.dirname(file), target!)
      if (!path.startsWith("docs/") || !existsSync(join(root, path)) || statSync(join(root, path)).isDirectory())
        continue
      if (path.endsWith(".md")) reached.add(path)
    }
  }
  const pages = documents.map((document) => document.file).filter((file) => file.startsWith("docs/"))
  expect(pages.filter((file) => !reached.has(file))).toEqual([])
})
