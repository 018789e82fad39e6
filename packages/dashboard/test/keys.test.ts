/** The guide's table of keys is that of the page. */
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

it("is told to readers of the guide which keys there are", () => {
  const guide = readFileSync(at("../../../docs/guides/dashboard.md"), "utf8")
  const table = /^## Keys\n([^]*?)^## /m.exec(guide)![1]!
  const told = new Set([...table.matchAll(/`([^`]+)`/g)].map(([, keys]) => keys))
  const page = at("../src/page")
  const sources = globSync("**/*.{ts,tsx}", { cwd: page }).map((file) => readFileSync(`${page}/${file}`, "utf8"))
  const commands = sources.flatMap((text) => [
    ...text.matchAll(/ keys: "([^"]+)", (?:run|isAlias|repeats)|^ +keys: "([^" ]{1,10})",$/gm)
  ])
  const places = [...readFileSync(`${page}/shell/places.ts`, "utf8").matchAll(/ key: "(.)"/g)]
  const keys = [...commands.map(([, one, other]) => one ?? other), ...places.map(([, key]) => `g ${key}`)]
  expect(keys.length).toBeGreaterThan(15)
  expect(keys.filter((key) => !told.has(key))).toEqual([])
})
