import type { Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"

let company: TestCompany
let browser: TestBrowser
beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany(), openBrowser()])
}, 60_000)
afterEach(() => browser.leave())
afterAll(() => Promise.all([company.stop(), browser.close()]))

const names: Readonly<Record<string, string>> = { anton: "Anton", olga: "Olga", pavel: "Pavel" }

const patient = { timeout: 10_000 }

/** Where the feeds that a window opens go on from; null for now. */
const feedsOf = (page: Page): ReadonlyArray<string | null> => {
  const feeds: Array<string | null> = []
  page.on("request", (request) => {
    if (request.url().includes("/v1/events/feed")) feeds.push(request.headers()["last-event-id"] ?? null)
  })
  return feeds
}

it("keeps four windows of an admin live by one set of feeds, which another takes over when one closes", async () => {
  await company.createTasks(["Here before"])
  const first = await browser.visit("about:blank")
  const pages = [first.page, ...(await Promise.all([1, 2, 3].map(() => first.page.context().newPage())))]
  const complaints: Array<string> = []
  const feeds = pages.map(feedsOf)
  for (const page of pages) {
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
    await page.goto(`${company.url}/tasks`)
    await signIn(page, "Anna")
    await page.getByRole("link", { name: "Here before" }).waitFor()
  }
  const shown = async (title: string, among = pages) => {
    await company.createTasks([title])
    for (const page of among) await page.getByRole("link", { name: title, exact: true }).waitFor()
  }
  await shown("For all windows")
  expect(feeds.map(({ length }) => length)).toEqual([3, 0, 0, 0])
  // More connections than a browser has, if each window had its own.
  await pages[3]!.getByRole("link", { name: "People" }).click()
  await pages[3]!.getByRole("link", { name: "Olga" }).waitFor()
  await pages[0]!.close()
  await shown("For those that are left", pages.slice(1, 3))
  expect(feeds.slice(1).flat()).toHaveLength(3)
  expect(feeds.slice(1).flat()).not.toContain(null)
  expect([...first.complaints, ...complaints]).toEqual([])
})

it("never shares between users: two of them in one browser have feeds of their own", async () => {
  const { page } = await browser.visit("about:blank")
  const other = await page.context().newPage()
  const feeds = [feedsOf(page), feedsOf(other)]
  for (const [at, name] of ["Olga", "Pavel"].entries()) {
    const one = [page, other][at]!
    await one.goto(company.url)
    await signIn(one, name)
  }
  await expect.poll(() => feeds.map(({ length }) => length), patient).toEqual([1, 1])
})

it("tells a worker at once that a task was given to somebody else, also beside the list", async () => {
  const [task] = await company.createTasks(["Count the nuts"])
  const [had, gets] = task!.assignee === "olga" ? ["olga", "Pavel"] : [task!.assignee!, "Olga"]
  const worker = await browser.visit(`${company.url}/tasks/${task!.id}`)
  let asked = 0
  worker.page.on("response", (response) => void (asked += Number(response.url().endsWith(`/v1/tasks/${task!.id}`))))
  await signIn(worker.page, names[had]!)
  await worker.page.getByRole("region", { name: "Count the nuts" }).waitFor()
  // Once the feed is there all is asked once more: what went before that went unseen.
  await expect.poll(() => asked, patient).toBeGreaterThan(1)
  const manager = await browser.visit(`${company.url}/tasks/${task!.id}`)
  await signIn(manager.page, "Masha")
  await manager.page.getByRole("region", { name: "Count the nuts" }).getByRole("button", { name: "Assign" }).click()
  await manager.page.getByRole("combobox").fill(gets)
  await manager.page.keyboard.press("Enter")
  await worker.page.getByText("You do not have “Count the nuts” any more.").waitFor()
  await worker.page.getByRole("link", { name: "Count the nuts" }).waitFor({ state: "detached" })
  await worker.page.getByText("somebody else has it now").waitFor()
  const isRefusal = (complaint: string) => complaint.startsWith("Failed to load resource")
  expect([...manager.complaints, ...worker.complaints.filter((one) => !isRefusal(one))]).toEqual([])
})
