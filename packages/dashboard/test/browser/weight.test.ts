/**
 * What a browser gets of the page: the first view as Chromium fetches it, each room as it is built; gzipped.
 */
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { journeys } from "../support/journeys.ts"

const built = join(import.meta.dirname, "../../built")
const kilo = (bytes: number) => Math.round(bytes / 100) / 10
const sizeOf = (file: string): number => statSync(join(built, `${file}.gz`)).size

const { browser, company } = await journeys()

it("shows the first list with 150 kB of document, scripts and styles", async () => {
  const [task] = await company.createTasks(["Weigh the page"])
  const { page } = await browser.visit("about:blank")
  const fetched = new Map<string, number>()
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url())
    const [, asset] = /\/(assets\/[^/]+)$/u.exec(pathname) ?? []
    if (asset !== undefined) fetched.set(asset, sizeOf(asset))
    else if (response.request().resourceType() === "document")
      fetched.set("document", gzipSync(await response.body()).length)
  })
  await page.goto(company.url)
  await signIn(page, "Masha")
  await page.getByRole("link", { name: task!.title }).waitFor()
  const sum = [...fetched.values()].reduce((total, bytes) => total + bytes, 0)
  expect(fetched.size).toBeGreaterThan(5)
  expect(kilo(sum), `the first view weighs ${kilo(sum)} kB`).toBeLessThanOrEqual(150)
})

interface Chunk {
  readonly file: string
  readonly css?: ReadonlyArray<string>
  readonly imports?: ReadonlyArray<string>
}
const chunks = JSON.parse(readFileSync(join(built, ".vite/manifest.json"), "utf8")) as Readonly<Record<string, Chunk>>

/** The files of a part of the page, and of all that it stands on. */
const filesOf = (name: string, seen = new Set<string>()): ReadonlySet<string> => {
  const { css = [], file, imports = [] } = chunks[name]!
  if (seen.has(file)) return seen
  for (const one of [file, ...css]) seen.add(one)
  for (const other of imports) filesOf(other, seen)
  return seen
}

/** In kB, with their texts in English, without what the document itself names. */
const rooms = {
  tracker: ["tracker/Tracker.tsx", 30.5],
  accounts: ["accounts/Room.tsx", 36.7],
  analytics: ["analytics/Analytics.tsx", 26.3],
  operator: ["operator/Operator.tsx", 24.7],
  people: ["people/People.tsx", 29]
} as const

it.each(Object.entries(rooms))(
  "weighs its %s: if that changed on purpose, write down what it is now",
  (room, [name, kB]) => {
    const known = filesOf("index.html")
    const own = new Set([...filesOf(name), ...filesOf(`i18n/en/${room}.ts`)])
    const bytes = [...own].filter((file) => !known.has(file)).reduce((total, file) => total + sizeOf(file), 0)
    // A tenth more or less is the same.
    expect(Math.abs(kilo(bytes) / kB - 1), `${room} weighs ${kilo(bytes)} kB`).toBeLessThan(0.1)
  }
)
