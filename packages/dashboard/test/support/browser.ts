/**
 * Visitors of the page in a real Chromium. What a page complains of on its console fails the test.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { launchChromium } from "./chromium.ts"

export interface Journey {
  readonly page: Page
  /** What the page complained of: errors, and what its policy forbade. */
  readonly complaints: ReadonlyArray<string>
}

let started: Promise<Browser> | undefined

/** One for all files that are run by this process; it ends with the process. */
const shared = (): Promise<Browser> => (started ??= launchChromium())

export const openBrowser = async () => {
  const browser = await shared()
  const visits = new Set<BrowserContext>()
  /** Ends all visits. */
  const leave = async (): Promise<void> => {
    await Promise.all([...visits].map((context) => context.close()))
    visits.clear()
  }
  return {
    /** A visitor of their own: nothing is shared with others but the server. */
    visit: async (url: string, options: BrowserContextOptions = {}): Promise<Journey> => {
      const context = await browser.newContext({
        locale: "en-GB",
        viewport: { width: 1280, height: 800 },
        // Nothing is waited for that only pleases the eye.
        reducedMotion: "reduce",
        ...options
      })
      visits.add(context)
      context.setDefaultTimeout(10_000)
      const page = await context.newPage()
      const complaints: Array<string> = []
      page.on("pageerror", (error) => complaints.push(error.message))
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
      })
      await page.goto(url)
      return { page, complaints }
    },
    leave
  }
}

/** Becomes somebody by the development login. */
export const signIn = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name }).first().click()
  // Whoever is not signed in has no places to go to.
  await page.getByRole("navigation", { name: "popug" }).waitFor()
}

/** The same, and waits until the page hears at once of what others do. */
export const signInAndFollow = async (page: Page, name: string): Promise<void> => {
  const followed = page.waitForResponse((response) => response.url().includes("/v1/events/feed"))
  await signIn(page, name)
  await followed
}
