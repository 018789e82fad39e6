/**
 * The documents' tests are tests: every `ts test` block is a test file, whose tests run here as a user's would.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe } from "vitest"
import { documents, root } from "./support/markdown.ts"

/** Inside the repository, so that imports resolve as in an example. */
const directory = join(root, ".cache", `suites-${process.pid}`)
mkdirSync(directory, { recursive: true })
afterAll(() => rmSync(directory, { recursive: true, force: true }))

for (const { fences, file } of documents) {
  for (const { language, line, text, words } of fences) {
    if (language !== "ts" || !words.includes("test")) continue
    const path = join(directory, `${file.replaceAll("/", "__")}.${line}.ts`)
    writeFileSync(path, text)
    describe(`${file}:${line}`, async () => void (await import(path)))
  }
}
