/**
 * The few pictures that README and docs show: small, sharp on good screens, and the same each time.
 */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { settled } from "../../test/support/settled.ts"
import { scenes, show } from "../../test/support/worlds/scenes.ts"
import { type World, type WorldName, worlds } from "../../test/support/worlds/worlds.ts"
import { localeOf, visit } from "./visit.ts"

interface Picture {
  readonly name: string
  readonly scene: string
  readonly company: WorldName
  readonly width: number
  readonly height: number
  readonly theme: "light" | "dark"
  readonly language: "en" | "ru"
}

const usual = { company: "demonstration", width: 1200, height: 720, theme: "light", language: "en" } as const

const pictures: ReadonlyArray<Picture> = [
  { ...usual, name: "tasks", scene: "task" },
  { ...usual, name: "tasks-dark", scene: "task", theme: "dark" },
  { ...usual, name: "account", scene: "account-month" },
  { ...usual, name: "day", scene: "period-closed" },
  { ...usual, name: "analytics", scene: "analytics" },
  { ...usual, name: "operator", scene: "operator-stopped", company: "stopped" },
  { ...usual, name: "phone", scene: "account", width: 390, height: 720, language: "ru" }
]

/** Pixels of the picture for one of the page's. */
const scale = 1.5
const folder = join(import.meta.dirname, "../../../../docs/screenshots")

/** Playwright writes none of this kind, which takes a third of a PNG. */
const webp = async (page: Page): Promise<Buffer> => {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 })
  return Buffer.from(data, "base64")
}

const shoot = async (browser: Browser, world: World, picture: Picture): Promise<number> => {
  const scene = scenes.find(({ name }) => name === picture.scene)!
  const page = await visit(browser, `${world.url}/account`, scene.who, {
    locale: localeOf[picture.language],
    viewport: { width: picture.width, height: picture.height },
    deviceScaleFactor: scale,
    colorScheme: picture.theme,
    reducedMotion: "reduce"
  })
  await show(page, scene, world, picture.language)
  await settled(page)
  const bytes = await webp(page)
  await writeFile(join(folder, `${picture.name}.webp`), bytes)
  await page.context().close()
  return bytes.length
}

export const writeDocs = async (browser: Browser, tell: (words: string) => void): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const [company, some] of Map.groupBy(pictures, (picture) => picture.company)) {
    const world = await worlds[company]()
    for (const picture of some) {
      const bytes = await shoot(browser, world, picture)
      tell(`docs/screenshots/${picture.name}.webp ${(bytes / 1000).toFixed(0)} kB\n`)
    }
    await world.stop()
  }
}
