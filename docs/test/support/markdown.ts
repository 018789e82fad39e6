/**
 * The documents that people read, and what is in them.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../../", import.meta.url))

const places = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"]

export interface Fence {
  /** What stands behind the opening backticks: the language, then words of ours. */
  readonly language: string
  readonly words: ReadonlyArray<string>
  readonly text: string
  /** The line of its first line of text, from 1. */
  readonly line: number
}

export interface Document {
  /** From the root, with slashes. */
  readonly file: string
  readonly fences: ReadonlyArray<Fence>
  /** The lines outside fences, by their number; code spans are blanked. */
  readonly prose: ReadonlyArray<readonly [line: number, text: string]>
  /** The anchors of its headings. */
  readonly anchors: ReadonlySet<string>
}

const parse = (file: string): Document => {
  const fences: Array<Fence> = []
  const prose: Array<readonly [number, string]> = []
  const anchors = new Set<string>()
  const lines = readFileSync(join(root, file), "utf8").split("\n")
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    const opening = /^(`{3,})(\S*)(.*)$/.exec(line)
    if (opening !== null) {
      const first = index + 1
      do index += 1
      while (index < lines.length && lines[index] !== opening[1])
      const words = opening[3]!.split(" ").filter((word) => word !== "")
      fences.push({ language: opening[2]!, words, text: lines.slice(first, index).join("\n"), line: first + 1 })
      continue
    }
    const heading = /^#+ (.*)$/.exec(line)
    if (heading !== null) anchors.add(anchor(heading[1]!))
    prose.push([index + 1, line.replaceAll(/`[^`]*`/g, "``")])
  }
  return { file, fences, prose, anchors }
}

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-")

export const documents: ReadonlyArray<Document> = globSync(places, { cwd: root })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.includes("node_modules/"))
  .sort()
  .map(parse)

export const document = (file: string): Document => documents.find((candidate) => candidate.file === file)!

/** The rows of a document's tables, cell by cell, without headings. */
export const rows = (file: string): ReadonlyArray<ReadonlyArray<string>> => {
  const lines = readFileSync(join(root, file), "utf8").split("\n")
  const isRow = (line: string | undefined) => line?.startsWith("|") === true
  return lines.flatMap((line, index) => {
    if (!isRow(line) || !isRow(lines[index - 1]) || /^\|[\s:|-]+$/.test(line)) return []
    return [
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    ]
  })
}

/** What is written as code in a cell. */
export const codes = (cell: string): ReadonlyArray<string> => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)
