import { readFile } from "node:fs/promises"
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { journeys } from "../support/journeys.ts"

const { company, visitAs } = await journeys({ closing: "by-hand" })
const tasks = await company.createTasks(Array.from({ length: 40 }, (_, at) => `Task ${at + 1}`))
const held = Map.groupBy(tasks, ({ assignee }) => String(assignee))
await company.settle()

const balance = (page: Page) => page.getByRole("region", { name: "Balance now" }).locator(".balance-amount .money")

it("a worker's balance moves as a task is done, while they look", async () => {
  const { complaints, page } = await visitAs("Pavel", "/account")
  const before = (await balance(page).textContent())!
  await expect.poll(() => page.getByRole("region", { name: "How it adds up today" }).textContent()).toContain("Fees")
  for (const { id } of held.get("pavel")!) await company.completeTask("pavel", id)
  await expect.poll(() => balance(page).textContent(), { timeout: 10_000 }).not.toBe(before)
  await expect.poll(() => balance(page).textContent(), { timeout: 10_000 }).toMatch(/^\$/u)
  await page.getByText("The company owes you this.").waitFor()
  await page.getByRole("button", { name: /^\+\$/u }).click()
  await expect.poll(() => page.url()).toContain("kind=award")
  await page.getByRole("cell", { name: "Award" }).first().waitFor()
  expect(await page.getByRole("cell", { name: "Fee" }).count()).toBe(0)
  expect(complaints).toEqual([])
})

it("an accountant corrects a fee, sees both entries, and undoes it", async () => {
  const { complaints, page } = await visitAs("Anton", "/accounts?show=red")
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
  expect(complaints).toEqual([])
})

it("the day is ended, closed and paid out, and its files arrive", async () => {
  await company.advance(1)
  const { complaints, page } = await visitAs("Anton", "/periods")
  await page.getByRole("link", { name: /Over, registration not ended/u }).click()
  const day = new URL(page.url()).pathname.split("/").at(-1)!
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

  const later = await visitAs("Pavel", `/account?from=${day}&to=${day}&kind=payout`)
  await later.page.getByRole("link", { name: "Payout" }).click()
  await later.page.getByRole("dialog", { name: "Payout" }).waitFor()
  expect(await balance(later.page).textContent()).toBe("$0.00")
  expect([...complaints, ...later.complaints]).toEqual([])
})
