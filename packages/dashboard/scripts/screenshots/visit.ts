/**
 * Somebody at the page of a company.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { signIn } from "../../test/support/browser.ts"
import { settled, watchRequests } from "../../test/support/settled.ts"

export const visit = async (
  browser: Browser,
  url: string,
  who: string | null,
  options: BrowserContextOptions
): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  watchRequests(page)
  await page.goto(url)
  if (who !== null) await signIn(page, who)
  await settled(page)
  return page
}

export const localeOf = { en: "en-GB", ru: "ru-RU" } as const
