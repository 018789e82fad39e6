/**
 * Waiting for a page to have all that it asked for, and to have painted it.
 */
import type { Page, Request } from "playwright-core"

const asked = new WeakMap<Page, Set<Request>>()

/** Begins to look at what a page asks for. Feeds never end. */
export const watchRequests = (page: Page): void => {
  const pending = new Set<Request>()
  asked.set(page, pending)
  page.on("request", (request) => request.url().includes("/feed") || pending.add(request))
  page.on("requestfinished", (request) => pending.delete(request))
  page.on("requestfailed", (request) => pending.delete(request))
}

/** In the page: whether it shows a view, and nothing that says that more is coming; asked after a frame. */
const hasArrived = `new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(
  document.querySelector("h1") !== null && document.querySelector("main [aria-busy='true'], main > .unseen, .answer-waits") === null
), 25)))`

/** A page that asks for nothing for a while has what it wants; what is to be done with an answer takes a moment. */
export const settled = async (page: Page): Promise<void> => {
  const pending = asked.get(page)!
  const end = performance.now() + 20_000
  for (let quiet = 0; quiet < 4;) {
    if (performance.now() > end) throw new Error(`${page.url()} does not come to rest`)
    const isThere = await page.evaluate<boolean>(hasArrived)
    quiet = isThere && pending.size === 0 ? quiet + 1 : 0
  }
}
