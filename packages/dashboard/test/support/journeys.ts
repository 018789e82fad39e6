/**
 * What the journeys of a file share: a company, and a browser in which each journey begins with nobody there.
 */
import type { Page } from "playwright-core"
import { afterAll, afterEach } from "vitest"
import { openBrowser, signIn } from "./browser.ts"
import { type Options, startCompany } from "./company.ts"

/** For what comes when it comes. */
export const patient = { timeout: 10_000 }

/** Those whom a task can fall on. */
export const names: Readonly<Record<string, string>> = { anton: "Anton", olga: "Olga", pavel: "Pavel" }

/** What a browser says of answers that are refusals: it is not the page that complains. */
export const isRefusal = (complaint: string): boolean => complaint.startsWith("Failed to load resource")

/** Where the feeds that a window opens go on from; null for now. */
export const feedsOf = (page: Page): ReadonlyArray<string | null> => {
  const feeds: Array<string | null> = []
  page.on("request", (request) => {
    if (request.url().includes("/v1/events/feed")) feeds.push(request.headers()["last-event-id"] ?? null)
  })
  return feeds
}

/** A browser whose visitors leave when a test ends. */
export const visitors = async () => {
  const browser = await openBrowser()
  afterEach(() => browser.leave())
  return browser
}

/** Starts what a file needs, and has it end with the file. */
export const journeys = async (options: Options = {}) => {
  const [company, browser] = await Promise.all([startCompany(options), visitors()])
  afterAll(() => company.stop())
  return {
    company,
    browser,
    /** Somebody at a view. */
    visitAs: async (name: string, path: string) => {
      const journey = await browser.visit(company.url + path)
      await signIn(journey.page, name)
      return journey
    }
  }
}
