/**
 * `npm run weigh`: what the clients weigh in a page, and what it writes amounts with, and what of it each module is. With `-- --write` it also keeps these
 * in weights.json, against which a test says what has grown.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const kept = new URL("weights.json", import.meta.url)

/** What a page of each kind does: with a client all endpoints, events and lists. */
export const pages = {
  promises: `import { development, isProblem, promises } from "@popug/http/promises"
    console.log(promises, development, isProblem)`,
  client: `import { Client, follow, pages } from "@popug/http/client"
    console.log(Client.layer, follow, pages)`,
  money: `import { format, fractionDigits, toDecimal } from "@popug/core/money"
    console.log(format, fractionDigits, toDecimal)`
} as const
export type Page = keyof typeof pages

export interface Weight {
  /** All of it, minified and gzipped, in bytes. */
  readonly gzipped: number
  /** What each module is of it, minified, in bytes: what of them gzip makes small can't be told apart. */
  readonly modules: Readonly<Record<string, number>>
}

/** A page as a bundler makes it: of the sources, or of the packages as they are built. */
export const weigh = async (page: Page, from: "sources" | "built" = "sources"): Promise<Weight> => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: pages[page], resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: from === "sources" ? ["@popug/source"] : [],
    absWorkingDir: root,
    metafile: true,
    write: false,
    logLevel: "silent"
  })
  const [output] = Object.values(metafile.outputs)
  const modules = Object.entries(output!.inputs)
    .filter(([name, { bytesInOutput }]) => name !== "<stdin>" && bytesInOutput > 0)
    .map(([name, { bytesInOutput }]) => [name.replace(/^node_modules\/|^packages\//u, ""), bytesInOutput] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { gzipped: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, modules: Object.fromEntries(modules) }
}

/** The modules when they were last kept. */
export const before = (): Readonly<Record<Page, Weight["modules"]>> => JSON.parse(readFileSync(kept, "utf8"))

/** The modules that are larger than they were, the most grown first. */
export const grown = (page: Page, { modules }: Weight): ReadonlyArray<string> => {
  const known = before()[page]
  return Object.entries(modules)
    .map(([name, bytes]) => [name, bytes - (known[name] ?? 0), bytes] as const)
    .filter(([, more]) => more > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, more, bytes]) => `${name} +${more} to ${bytes}`)
}

const main = async () => {
  const weights = new Map<Page, Weight>()
  for (const page of Object.keys(pages) as ReadonlyArray<Page>) weights.set(page, await weigh(page))
  for (const [page, { gzipped, modules }] of weights) {
    const lines = Object.entries(modules).toSorted(([, a], [, b]) => b - a)
    process.stdout.write(`${page}: ${(gzipped / 1000).toFixed(1)} kB gzipped; minified bytes by module:\n`)
    for (const [name, bytes] of lines) process.stdout.write(`${String(bytes).padStart(8)} ${name}\n`)
  }
  if (!process.argv.includes("--write")) return
  const all = Object.fromEntries([...weights].map(([page, { modules }]) => [page, modules]))
  writeFileSync(kept, `${JSON.stringify(all, null, 2)}\n`)
}

if (import.meta.main) await main()
