/**
 * The tables of a page of the docs.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = new URL("../../../../", import.meta.url)

/** The rows of the table under a heading, each cell by its column's heading; backticks are left out. */
export const table = (file: string, heading: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const lines = readFileSync(fileURLToPath(new URL(file, root)), "utf8").split("\n")
  const start = lines.indexOf(`## ${heading}`)
  if (start === -1) throw new Error(`${file} has no heading ${heading}`)
  const end = lines.findIndex((line, index) => index > start && line.startsWith("## "))
  const [head, , ...rows] = lines
    .slice(start, end === -1 ? undefined : end)
    .filter((line) => line.startsWith("|"))
    .map(cells)
  return rows.map((row) => Object.fromEntries(head!.map((name, index) => [name, row[index] ?? ""])))
}

const cells = (line: string): ReadonlyArray<string> =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.replaceAll("`", "").trim())
