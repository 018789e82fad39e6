/**
 * Builds the page, unless it is there as its sources are: `node build/page.ts`. A second or two.
 */
import { createHash } from "node:crypto"
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { build } from "vite"

const home = join(import.meta.dirname, "..")
const workspace = join(home, "../..")
const built = join(home, "built")
const stamp = join(built, "sources")

/** What the page is made of: its own sources, the client that it has of popug, and the versions of everything else. */
const sources = [
  "packages/dashboard/{src/page,build}/**/*.{ts,tsx,css,html,svg}",
  "packages/dashboard/vite.config.ts",
  "packages/http/src/promises/**/*.ts",
  "package-lock.json"
]

const digest = (): string => {
  const hash = createHash("sha256")
  for (const file of globSync(sources, { cwd: workspace }).toSorted()) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(workspace, file)))
      .update("\0")
  }
  return hash.digest("hex")
}

/** Whether the page had to be built. */
export const buildPage = async (saying: (words: string) => void = () => undefined): Promise<boolean> => {
  const now = digest()
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return false
  saying("popug builds its page: a few seconds, when its sources have changed ...")
  const { NODE_ENV } = process.env
  // Tests have another, by which the page would carry what React tells developers, and be several times slower.
  process.env["NODE_ENV"] = "production"
  await build({ configFile: join(home, "vite.config.ts"), logLevel: "warn" })
  if (NODE_ENV === undefined) delete process.env["NODE_ENV"]
  else process.env["NODE_ENV"] = NODE_ENV
  const folder = join(built, "assets")
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    const file = readFileSync(join(folder, name))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(file, { level: 9 }))
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(file))
  }
  writeFileSync(stamp, now)
  return true
}

if (import.meta.main) await buildPage((words) => process.stdout.write(`${words}\n`))
