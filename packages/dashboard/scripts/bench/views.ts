/**
 * The first view: from the request for the document to the painted list of tasks, for somebody who was signed in
 * before.
 */
import type { Browser, BrowserContext } from "playwright-core"
import { firstView, prepare, type Taken } from "./inPage.ts"

const rounds = 15

interface Visit {
  readonly url: string
  /** How many times slower the page's processor is. */
  readonly slower: number
}

const open = async (context: BrowserContext, { slower, url }: Visit): Promise<Taken> => {
  const page = await context.newPage()
  await prepare(page)
  await page.addInitScript('sessionStorage.setItem("popug.development.user", "masha")')
  const session = await context.newCDPSession(page)
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower })
  await page.goto(url, { waitUntil: "commit" })
  const taken = await firstView(page, 'document.querySelector(".task-title") !== null')
  await page.close()
  return taken
}

/** Each time a browser that was never here. */
export const cold = async (browser: Browser, visit: Visit): Promise<ReadonlyArray<Taken>> => {
  const taken: Array<Taken> = []
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext()
    taken.push(await open(context, visit))
    await context.close()
  }
  return taken
}

/** Each time one that has the scripts and styles. */
export const warm = async (browser: Browser, visit: Visit): Promise<ReadonlyArray<Taken>> => {
  const context = await browser.newContext()
  // What was loaded twice is kept compiled.
  for (let before = 0; before < 3; before++) await open(context, visit)
  const taken: Array<Taken> = []
  for (let round = 0; round < rounds; round++) taken.push(await open(context, visit))
  await context.close()
  return taken
}
