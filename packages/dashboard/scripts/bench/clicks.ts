/**
 * What one does in the page, from the click or the key to the frame that shows the answer.
 */
import type { Browser, Page } from "playwright-core"
import { signIn } from "../../test/support/browser.ts"
import { answer, prepare, type Taken } from "./inPage.ts"

const rounds = 40

const visit = async (browser: Browser, url: string, who: string): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  await prepare(page)
  await page.goto(url)
  await signIn(page, who)
  await page.locator(".task-title").first().waitFor()
  return page
}

/** The same many times, after a few by which everything is loaded and compiled. */
const repeat = async (one: (round: number) => Promise<Taken>): Promise<ReadonlyArray<Taken>> => {
  for (let before = 0; before < 5; before++) await one(before)
  const taken: Array<Taken> = []
  for (let round = 0; round < rounds; round++) taken.push(await one(5 + round))
  return taken
}

const titled = (title: string) =>
  `[...document.querySelectorAll(".task-title")].some(({ textContent }) => textContent === ${JSON.stringify(title)})`

export const create = async (browser: Browser, url: string): Promise<ReadonlyArray<Taken>> => {
  const page = await visit(browser, url, "Masha")
  const taken = await repeat(async (round) => {
    const title = `Made by hand ${round}`
    await page.keyboard.press("c")
    await page.getByLabel("Title").fill(title)
    return answer(page, () => page.keyboard.press("Enter"), titled(title))
  })
  await page.context().close()
  return taken
}

export const complete = async (browser: Browser, url: string): Promise<ReadonlyArray<Taken>> => {
  const page = await visit(browser, url, "Olga")
  const taken = await repeat(async () => {
    const title = (await page.locator(".task-title").first().textContent())!
    const button = page.getByRole("button", { name: `Complete: ${title}`, exact: true })
    return answer(page, () => button.click(), `!${titled(title)}`)
  })
  await page.context().close()
  return taken
}

/** From what is open to what is done, by a page that has not asked for that yet. */
export const filter = async (browser: Browser, url: string): Promise<ReadonlyArray<Taken>> => {
  const page = await visit(browser, url, "Masha")
  const taken: Array<Taken> = []
  for (let round = 0; round < 25; round++) {
    await page.goto(url)
    await page.locator(".task-title").first().waitFor()
    const done = page.getByRole("button", { name: /^Done\s*\d+$/u })
    await done.waitFor()
    taken.push(await answer(page, () => done.click(), 'document.querySelector(".task[data-done]") !== null'))
  }
  await page.context().close()
  return taken
}

const entries = 'document.querySelector(".entry-link") !== null'

/** The top of 10,000 entries, by a page that shows accounts, but has not asked for this one. */
export const statement = async (browser: Browser, url: string): Promise<ReadonlyArray<Taken>> => {
  const page = await visit(browser, url, "Anna")
  const taken: Array<Taken> = []
  for (let round = 0; round < 20; round++) {
    await page.goto(`${url}/accounts`)
    const olga = page.getByRole("main").getByRole("link", { name: "Olga Petrenko" })
    await olga.waitFor()
    taken.push(await answer(page, () => olga.click(), entries))
  }
  await page.context().close()
  return taken
}

/** The same, by a page that has not loaded that part of itself. */
export const account = async (browser: Browser, url: string): Promise<ReadonlyArray<Taken>> => {
  const taken: Array<Taken> = []
  for (let round = 0; round < 15; round++) {
    const page = await visit(browser, url, "Olga")
    taken.push(await answer(page, () => page.getByRole("link", { name: "My account" }).click(), entries))
    await page.context().close()
  }
  return taken
}
