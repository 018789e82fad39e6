/**
 * Every view and dialog, in each theme, language and company: nothing that axe finds against WCAG 2.2 AA, nothing to
 * scroll sideways from a small phone to a wide screen, no complaint on the console; in forced colours and on paper too.
 */
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"
import { afterAll, describe, expect, it } from "vitest"
import { type Language, languages } from "../../src/page/i18n/languages.ts"
import { type Journey, openBrowser, signIn } from "../support/browser.ts"
import { isRefusal } from "../support/journeys.ts"
import { settled, watchRequests } from "../support/settled.ts"
import { type Scene, scenes, show } from "../support/worlds/scenes.ts"
import { type World, type WorldName, worlds } from "../support/worlds/worlds.ts"

const widths = [360, 390, 768, 1280, 1920, 2560]
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const browser = await openBrowser()

const started = new Map<WorldName, Promise<World>>()
const start = (name: WorldName): Promise<World> => {
  const known = started.get(name) ?? worlds[name]()
  started.set(name, known)
  return known
}

/** Somebody at the page, for as long as scenes of theirs follow one another. */
let present: { readonly key: string; readonly journey: Journey } | undefined
const be = async (world: World, name: WorldName, who: Scene["who"], language: Language): Promise<Journey> => {
  const key = `${name} ${who} ${language}`
  if (present?.key === key) return present.journey
  await browser.leave()
  const journey = await browser.visit("about:blank", { locale: language === "ru" ? "ru-RU" : "en-GB" })
  watchRequests(journey.page)
  await journey.page.goto(`${world.url}/account`)
  if (who !== null) await signIn(journey.page, who)
  present = { key, journey }
  return journey
}

afterAll(async () => {
  await browser.leave()
  for (const world of started.values()) await (await world).stop()
})

const sideways = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth")

/** What axe finds, with the elements that it is about. */
const findings = async (page: Page): Promise<ReadonlyArray<string>> => {
  const run =
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })'
  await page.evaluate(`globalThis.axe === undefined && (() => { ${axe} })()`)
  const { violations } = await page.evaluate<AxeResults>(run)
  const found: Array<string> = []
  for (const { id, nodes } of violations) {
    for (const { html, target } of nodes) {
      const selector = target.join(" ")
      if (id === "target-size" && (await page.evaluate<boolean>(isCovered(selector)))) continue
      found.push(`${id}: ${selector} ${html}`)
    }
  }
  return found
}

/** Whether something stands before a part of an element: the places of a phone, under which rows are scrolled. */
const isCovered = (selector: string) => `(() => {
  const element = document.querySelector(${JSON.stringify(selector)})
  const { bottom, left, right, top } = element.getBoundingClientRect()
  return [top + 1, bottom - 1].some((y) => !element.contains(document.elementFromPoint((left + right) / 2, y)))
})()`

const look = async (scene: Scene, company: WorldName, language: Language): Promise<void> => {
  const world = await start(company)
  const { complaints, page } = await be(world, company, scene.who, language)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: "light" })
  if (!(await show(page, scene, world, language))) return
  const found: Array<string> = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await findings(page)).map((finding) => `${colorScheme} ${finding}`))
  }
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    await settled(page)
    const over = await sideways(page)
    if (over > 0) found.push(`${width}: ${over} pixels to scroll sideways`)
    // There other parts stand than on a screen of a desk.
    if (width === 390) found.push(...(await findings(page)).map((finding) => `${width} ${finding}`))
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" })
  expect(await page.locator("h1").first().isVisible()).toBe(true)
  await page.emulateMedia({ forcedColors: "none", media: "print" })
  await page.setViewportSize({ width: 794, height: 1123 })
  const over = await sideways(page)
  if (over > 0) found.push(`on paper: ${over} pixels are cut off`)
  await page.emulateMedia({ media: "screen" })
  expect([...found, ...complaints.filter((complaint) => !isRefusal(complaint))]).toEqual([])
}

for (const company of Object.keys(worlds) as ReadonlyArray<WorldName>) {
  const seen = scenes.filter(({ worlds: where }) => where.includes(company))
  const inTurn = [...Map.groupBy(seen, ({ who }) => who).values()].flat()
  for (const language of languages) {
    describe(`${company} ${language}`, () => {
      it.each(inTurn)("$name as $who", (scene) => look(scene, company, language))
    })
  }
}
