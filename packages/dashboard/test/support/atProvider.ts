/**
 * A company whose people sign in at a provider, and what they do there.
 */
import type { Page } from "playwright-core"
import { afterAll, beforeEach, expect } from "vitest"
import { journeys, patient } from "./journeys.ts"
import { sayWho, startProvider } from "./provider.ts"

/** Once somebody is signed in, there are places to go to. */
export const isIn = (page: Page): Promise<void> => page.getByRole("navigation", { name: "popug" }).waitFor()

/** Signs in at the provider from a view, and is back there. */
export const enter = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name: /^(?:Continue|Sign in again)/u }).click()
  await sayWho(page, name)
  await isIn(page)
}

export const beginTask = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "New task" }).first().waitFor()
  await page.keyboard.press("c")
}

export const journeysAtProvider = async () => {
  const provider = await startProvider()
  afterAll(() => provider.stop())
  const { browser, company } = await journeys({ issuer: provider.issuer })
  provider.register(company.url)
  beforeEach(() => {
    Object.assign(provider.mood, { lifetime: 600, refresh: true })
    provider.asked.length = 0
  })
  /** How often the page asked for tokens. */
  const tokensAsked = () => provider.asked.filter((what) => what === "POST /token").length
  return {
    provider,
    browser,
    company,
    tokensAsked,
    /** A token ends while somebody types. */
    renews: async (refresh: boolean): Promise<void> => {
      Object.assign(provider.mood, { lifetime: 3, refresh })
      const { complaints, page } = await browser.visit(company.url)
      await enter(page, "masha")
      // The next one lasts: there is one renewal.
      provider.mood.lifetime = 600
      await beginTask(page)
      await page.getByLabel("Title").fill("Typed across a renewal")
      await expect.poll(tokensAsked, patient).toBe(2)
      expect(provider.asked.filter((what) => what === "GET /auth")).toHaveLength(refresh ? 2 : 3)
      expect(await page.getByLabel("Title").inputValue()).toBe("Typed across a renewal")
      await page.keyboard.press("Enter")
      await page.getByRole("link", { name: "Typed across a renewal" }).first().waitFor()
      expect(complaints).toEqual([])
    }
  }
}
