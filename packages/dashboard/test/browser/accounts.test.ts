import { readFile } from "node:fs/promises"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"

let company: TestCompany
let browser: TestBrowser
/** What each worker holds. */
const held = new Map<string, Array<string>>()

beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany({ closing: "by-hand" }), openBrowser()])
  const tasks = await company.createTasks(Array.from({ length: 40 }, (_, at) => `Task ${at + 1}`))
  for (const { assignee, id } of tasks) held.set(assignee!, [...(held.get(assignee!) ?? []), id])
  await company.settle()
}, 60_000)
afterAll(() => Promise.all([company.stop(), browser.close()]))

const complete = (user: string, id: string) =>
  company.run(Effect.flatMap(Tasks, (tasks) => tasks.complete(Actor.user(user), id)))

/** Signs in, and leaves nothing open behind: a browser has few connections to a server. */
const as = async (name: string, path: string, journey: (page: Page) => Promise<void>) => {
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, name)
  await page.goto(company.url + path)
  try {
    await journey(page)
  } finally {
    await page.goto("about:blank")
  }
  expect(complaints).toEqual([])
}

const balance = (page: Page) => page.getByRole("region", { name: "Balance now" }).locator(".balance-amount .money")

it("a worker's balance moves as a task is done, while they look", async () => {
  await as("Pavel", "/account", async (page) => {
    const before = (await balance(page).textContent())!
    await expect.poll(() => page.getByRole("region", { name: "How it adds up today" }).textContent()).toContain("Fees")
    for (const id of held.get("pavel")!) await complete("pavel", id)
    await expect.poll(() => balance(page).textContent(), { timeout: 10_000 }).not.toBe(before)
    await expect.poll(() => balance(page).textContent(), { timeout: 10_000 }).toMatch(/^\$/u)
    await page.getByText("The company owes you this.").waitFor()
    await page.getByRole("button", { name: /^\+\$/u }).click()
    await expect.poll(() => page.url()).toContain("kind=award")
    await page.getByRole("cell", { name: "Award" }).first().waitFor()
    expect(await page.getByRole("cell", { name: "Fee" }).count()).toBe(0)
  })
})

it("one finds out why one is in the red: by keys, down to the task", async () => {
  await as("Olga", "/account", async (page) => {
    await page.getByText("In the red").waitFor()
    await page.getByText(/You owe the company \$\d/u).waitFor()
    await page.getByRole("table", { name: "Statement" }).waitFor()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    const entry = page.getByRole("dialog", { name: "Fee" })
    await entry.getByText("Balance after it").waitFor()
    const task = await entry.getByRole("link", { name: /^Task \d+$/u }).getAttribute("href")
    expect(held.get("olga")!.map((id) => `/tasks/${id}`)).toContain(task)
    await page.keyboard.press("Escape")
    await entry.waitFor({ state: "hidden" })
    await expect.poll(() => new URL(page.url()).search).toBe("")
  })
})

it("an accountant corrects a fee, sees both entries, and undoes it", async () => {
  await as("Anton", "/accounts?show=red", async (page) => {
    await page.getByRole("link", { name: "Olga" }).click()
    const before = (await balance(page).textContent())!
    const table = page.getByRole("table", { name: "Statement" })
    await table.getByRole("link").first().click()
    await page.getByRole("button", { name: "Correct …" }).click()
    await page.getByText("Management’s earnings").waitFor()
    await page.getByRole("textbox", { name: "Reason" }).fill("Withdrawn the same minute")
    await page.getByRole("button", { name: "Book the correction" }).click()
    await page.locator(".correct-done").getByRole("link").click()
    const correction = page.getByRole("dialog", { name: /^Correction of fee \d+$/u })
    await correction.getByText("Withdrawn the same minute").waitFor()
    await page.keyboard.press("Escape")
    await table.getByRole("cell", { name: /^Correction of fee \d+$/u }).waitFor()
    expect(await balance(page).textContent()).not.toBe(before)

    await table
      .getByRole("row", { name: /Correction of fee/u })
      .getByRole("link")
      .click()
    await page.getByRole("button", { name: "Undo this correction …" }).click()
    await page.getByRole("textbox", { name: "Reason" }).fill("It was not")
    await page.getByRole("button", { name: "Book the correction" }).click()
    await page.locator(".correct-done").getByRole("link").click()
    await page.getByText("can’t be undone").waitFor()
    await page.keyboard.press("Escape")
    await expect.poll(() => balance(page).textContent()).toBe(before)
  })
})

it("the audit log begins with what was booked last; what comes leaves what one reads where it is", async () => {
  await as("Anton", "/audit", async (page) => {
    const rows = page.getByRole("table", { name: "Audit log" }).locator("tbody tr[data-index]")
    await rows.first().waitFor()
    const shown = (await rows.locator("td:first-child").allTextContents()).map(Number)
    expect(shown[0]).toBeGreaterThan(39)
    expect(shown).toEqual(shown.toSorted((a, b) => b - a))

    await page.mouse.move(700, 500)
    await page.mouse.wheel(0, 700)
    const number = await rows.nth(22).locator("td").first().textContent()
    const same = page.getByRole("row").filter({ has: page.getByRole("cell", { name: number!, exact: true }) })
    const top = async () => Math.round((await same.boundingBox())!.y)
    const before = await top()
    const index = Number(await same.getAttribute("data-index"))
    for (const task of held.get("olga")!.slice(0, 3)) {
      await complete("olga", task)
      await company.settle()
    }
    await expect
      .poll(async () => Number(await same.getAttribute("data-index")), { timeout: 10_000 })
      .toBeGreaterThan(index)
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1)

    await page.mouse.wheel(0, -9_000)
    await expect.poll(async () => rows.first().textContent(), { timeout: 10_000 }).toContain("Award")
  })
})

it("an accountant asks the audit log about somebody, and about a task, and shares the address", async () => {
  let address = ""
  await as("Anton", "/audit", async (page) => {
    const table = page.getByRole("table", { name: "Audit log" })
    await page.getByRole("button", { name: "Whose entries" }).click()
    await page.getByRole("combobox").fill("olg")
    await page.keyboard.press("Enter")
    await expect.poll(() => new URL(page.url()).searchParams.get("owner")).toBe("olga")
    await page.getByRole("group", { name: "Kind of entry" }).getByRole("button", { name: "Awards" }).click()
    await expect.poll(() => table.getByRole("cell", { name: "Fee" }).count(), { timeout: 10_000 }).toBe(0)
    const title = await table
      .getByRole("link", { name: /^Task \d+$/u })
      .first()
      .textContent()
    await page.getByRole("button", { name: "Entries of one task" }).click()
    await page.getByRole("combobox").fill(title!)
    await page.keyboard.press("Enter")
    await expect.poll(() => new URL(page.url()).searchParams.get("task")).not.toBeNull()
    await table.getByRole("row", { name: new RegExp(`${title}.*Olga.*Award`, "u") }).waitFor()
    address = page.url()
  })
  await as("Anna", new URL(address).pathname + new URL(address).search, async (page) => {
    const rows = page.getByRole("table", { name: "Audit log" }).locator("tbody tr[data-index]")
    await rows.first().waitFor()
    expect(await rows.count()).toBe(1)
    await page.getByRole("button", { name: "Take the filter back" }).first().click()
    await expect.poll(() => new URL(page.url()).searchParams.get("owner")).toBe(null)
  })
})

it("the day is ended, closed and paid out, and its files arrive", async () => {
  await company.advance(1)
  let day = ""
  await as("Anton", "/periods", async (page) => {
    await page.getByRole("link", { name: /Over, registration not ended/u }).click()
    day = new URL(page.url()).pathname.split("/").at(-1)!
    await page.getByRole("button", { name: "End the registration" }).click()
    await page.getByText("Everything of the day is booked.").waitFor()
    await page.getByRole("button", { name: "Close the day" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Close the day" }).click()
    await page
      .getByText(/^[0-9a-f]{64}$/u)
      .first()
      .waitFor()
    await page.getByRole("table", { name: "Balances that moved" }).getByRole("link", { name: "Pavel" }).waitFor()
    for (const [name, file, holds] of [
      ["Balances, CSV", `balances-${day}.csv`, "pavel"],
      ["Audit log, CSV", `audit-log-${day}_${day}.csv`, "Task 1"],
      ["Journal, hledger", `journal-${day}_${day}.hledger`, "liabilities:popug:Pavel"]
    ] as const) {
      const coming = page.waitForEvent("download")
      await page.getByRole("button", { name }).click()
      const download = await coming
      expect(await readFile(await download.path(), "utf8")).toContain(holds)
      expect(download.suggestedFilename()).toBe(file)
    }
    // The days stay the same from one view of the journal to the next.
    await page.goto(`${company.url}/audit?from=${day}&to=${day}`)
    await page.getByRole("link", { name: "Journal", exact: true }).click()
    expect(new URL(page.url()).search).toBe(`?from=${day}&to=${day}`)
    await page.getByRole("link", { name: "Verification" }).click()
    await page.getByRole("button", { name: "Verify the books" }).click()
    await page.getByRole("heading", { name: "The books are right." }).waitFor()
  })
  await as("Pavel", `/account?from=${day}&to=${day}&kind=payout`, async (page) => {
    await page.getByRole("link", { name: "Payout" }).click()
    await page.getByRole("dialog", { name: "Payout" }).waitFor()
    expect(await balance(page).textContent()).toBe("$0.00")
  })
})
