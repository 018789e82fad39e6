/**
 * 100,000 tasks, and a statement of 10,000 entries: scrolling does not stutter, and the page keeps what is in sight.
 */
import type { CDPSession, Page } from "playwright-core"
import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { visitors } from "../support/journeys.ts"
import { startMany } from "../support/worlds/many.ts"

const browser = await visitors()

/** Milliseconds that the page's main thread has worked: of its own, whatever the machine does besides. */
const worked = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics")
  return metrics.find(({ name }) => name === "TaskDuration")!.value * 1_000
}

const megabytes = async (session: CDPSession): Promise<number> => {
  await session.send("HeapProfiler.collectGarbage")
  return (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20
}

/** Goes down by a screen, and lets the page come to rest for two frames. */
const down = (scroller: string) => `(async () => {
  const element = ${scroller}
  element.scrollBy(0, element.clientHeight)
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 16)))
  return element.scrollTop / element.clientHeight
})()`

interface Scrolled {
  /** What each screen took the main thread, in milliseconds, least first. */
  readonly took: ReadonlyArray<number>
  readonly screens: number
  /** Megabytes that the page holds more after it. */
  readonly grown: number
}

/** So many screens, after some by which everything is there that is loaded once. */
const scroll = async (page: Page, scroller: string, screens: number): Promise<Scrolled> => {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain: "threadTicks" })
  for (let screen = 0; screen < 30; screen++) await page.evaluate(down(scroller))
  const before = await megabytes(session)
  const took: Array<number> = []
  let last = 0
  for (let screen = 0; screen < screens; screen++) {
    const start = await worked(session)
    last = await page.evaluate<number>(down(scroller))
    took.push((await worked(session)) - start)
  }
  return { took: took.toSorted((a, b) => a - b), screens: last, grown: (await megabytes(session)) - before }
}

const at = (sorted: ReadonlyArray<number>, share: number): number => sorted[Math.floor(sorted.length * share)]!

it("scrolls 100,000 tasks: no screen blocks for 50 ms at the 95th percentile, in memory that stays flat", async () => {
  const company = await startMany(100_000)
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, "Masha")
  await page.locator(".task-title").first().waitFor()
  const { grown, screens, took } = await scroll(page, 'document.querySelector(".tracker-rows")', 300)
  expect(screens).toBeGreaterThan(250)
  expect(await page.locator(".task").count()).toBeLessThan(80)
  // The work of a whole screen is more than its longest task.
  expect(at(took, 0.95)).toBeLessThan(50)
  expect(grown).toBeLessThan(3)
  expect(complaints).toEqual([])
  await company.stop()
})

it("scrolls a statement of 10,000 entries as well, and holds no more than what they are", async () => {
  const company = await startMany(10_000)
  const { complaints, page } = await browser.visit(`${company.url}/account`)
  await signIn(page, "Olga")
  await page.locator(".entry-link").first().waitFor()
  const { grown, screens, took } = await scroll(page, "document.scrollingElement", 400)
  expect(screens).toBeGreaterThan(300)
  expect(await page.locator(".entry-link").count()).toBeLessThan(120)
  expect(at(took, 0.95)).toBeLessThan(50)
  // What was loaded stays, half a kilobyte an entry or so: one scrolls back at once.
  expect(grown).toBeLessThan(20)
  expect(complaints).toEqual([])
  await company.stop()
})
