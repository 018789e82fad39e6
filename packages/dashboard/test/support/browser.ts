/**
 * Visitors of the page in a real Chromium. What a page complains of on its console fails the test.
 */
import type { BrowserContextOptions, Page } from "playwright-core"
import { launchChromium } from "./chromium.ts"

export interface Journey {
  readonly page: Page
  /** What the page complained of: errors, and what its policy forbade. */
  readonly complaints: ReadonlyArray<string>
}

export const openBrowser = async () => {
  const browser = await launchChromium()
  return {
    /** A visitor of their own: nothing is shared with others but the server. */
    visit: async (url: string, options: BrowserContextOptions = {}): Promise<Journey> => {
      const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, ...options })
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
    /** Ends all visits, and with them their connections: a browser has few to one server. */
    leave: () =>
      Promise.all(browser.contexts().flatMap((context) => context.pages().map((page) => page.goto("about:blank")))),
    close: () => browser.close()
  }
}

export type TestBrowser = Awaited<ReturnType<typeof openBrowser>>

/** Becomes somebody by the development login. */
export const signIn = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name }).first().click()
  // Whoever is not signed in has no places to go to.
  await page.getByRole("navigation", { name: "popug" }).waitFor()
}
