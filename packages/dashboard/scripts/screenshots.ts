/**
 * `npm run screenshots`: every view and dialog of the page, in each width, theme, language and company, in a folder to
 * look through; `npm run screenshots -- --docs` writes those that the docs show.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import type { Language } from "../src/page/i18n/languages.ts"
import { launchChromium } from "../test/support/chromium.ts"
import { settled } from "../test/support/settled.ts"
import { type Scene, scenes, show } from "../test/support/worlds/scenes.ts"
import { type World, type WorldName, worlds } from "../test/support/worlds/worlds.ts"
import { contactSheet, nameOf } from "./screenshots/contactSheet.ts"
import { writeDocs } from "./screenshots/docs.ts"
import { type Options, optionsOf } from "./screenshots/options.ts"
import { localeOf, visit } from "./screenshots/visit.ts"

const heights: Readonly<Record<number, number>> = { 390: 844, 1280: 800, 1920: 1080 }

/** Of a long page so many screens: of a list of thousands the first tell all. */
const screens = 3

const tell = (words: string) => process.stdout.write(words)

/** The page as it is, in each width and theme. */
const shoot = async (page: Page, to: (width: number, theme: string) => string, options: Options): Promise<number> => {
  let count = 0
  for (const width of options.widths) {
    const height = heights[width] ?? 900
    await page.setViewportSize({ width, height })
    for (const theme of options.themes) {
      await page.emulateMedia({ colorScheme: theme })
      await settled(page)
      const whole = await page.evaluate<number>("document.documentElement.scrollHeight")
      const clip = { x: 0, y: 0, width, height: Math.min(whole, screens * height) }
      await page.screenshot({ path: to(width, theme), fullPage: true, clip, animations: "disabled", caret: "initial" })
      count += 1
    }
  }
  return count
}

interface Doing {
  readonly browser: Browser
  readonly company: WorldName
  readonly language: Language
  readonly options: Options
  readonly world: World
}

/** All that one person sees of a company, in one language. */
const shootAs = async (who: Scene["who"], some: ReadonlyArray<Scene>, doing: Doing): Promise<number> => {
  const { browser, company, language, options, world } = doing
  const page = await visit(browser, `${world.url}/account`, who, { locale: localeOf[language] })
  let count = 0
  for (const scene of some) {
    try {
      await page.setViewportSize({ width: 1280, height: 800 })
      if (!(await show(page, scene, world, language))) continue
      const to = (width: number, theme: string) =>
        join(options.folder, nameOf(scene.name, company, width, theme, language))
      count += await shoot(page, to, options)
    } catch (error) {
      tell(`\n${scene.name} in ${company}, ${language}: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  }
  await page.context().close()
  return count
}

const shootCompany = async (browser: Browser, company: WorldName, options: Options): Promise<number> => {
  const asked = scenes.filter(({ name, worlds: where }) => where.includes(company) && options.isAsked(name))
  if (asked.length === 0) return 0
  tell(`${company} ... `)
  const start = performance.now()
  const world = await worlds[company]()
  let count = 0
  for (const language of options.languages) {
    const doing: Doing = { browser, company, language, options, world }
    for (const [who, some] of Map.groupBy(asked, (scene) => scene.who)) count += await shootAs(who, some, doing)
  }
  await world.stop()
  tell(`${count} pictures in ${((performance.now() - start) / 1000).toFixed(0)} s\n`)
  return count
}

const run = async (options: Options): Promise<void> => {
  const browser = await launchChromium()
  try {
    if (options.docs) return await writeDocs(browser, tell)
    await mkdir(options.folder, { recursive: true })
    for (const company of options.companies) await shootCompany(browser, company, options)
    tell(`${await contactSheet(options.folder)}\n`)
  } finally {
    await browser.close()
  }
}

const options = optionsOf(process.argv.slice(2), tell)
if (options !== null) await run(options)
