import { expect, it } from "vitest"
import { journeys } from "../support/journeys.ts"

const { company, visitAs } = await journeys({ closing: "by-hand" })
const tasks = await company.createTasks(Array.from({ length: 40 }, (_, at) => `Task ${at + 1}`))
const held = Map.groupBy(tasks, ({ assignee }) => String(assignee))
await company.settle()

it("one finds out why one is in the red: by keys, down to the task", async () => {
  const { complaints, page } = await visitAs("Olga", "/account")
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
  expect(held.get("olga")!.map(({ id }) => `/tasks/${id}`)).toContain(task)
  await page.keyboard.press("Escape")
  await entry.waitFor({ state: "hidden" })
  await expect.poll(() => new URL(page.url()).search).toBe("")
  expect(complaints).toEqual([])
})

it("the audit log begins with what was booked last; what comes leaves what one reads where it is", async () => {
  const { complaints, page } = await visitAs("Anton", "/audit")
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
  for (const { id } of held.get("olga")!.slice(0, 3)) {
    await company.completeTask("olga", id)
    await company.settle()
  }
  await expect
    .poll(async () => Number(await same.getAttribute("data-index")), { timeout: 10_000 })
    .toBeGreaterThan(index)
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1)

  await page.mouse.wheel(0, -9_000)
  await expect.poll(async () => rows.first().textContent(), { timeout: 10_000 }).toContain("Award")
  expect(complaints).toEqual([])
})

it("an accountant asks the audit log about somebody, and about a task, and shares the address", async () => {
  const { complaints, page } = await visitAs("Anton", "/audit")
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
  const address = page.url()

  const later = await visitAs("Anna", new URL(address).pathname + new URL(address).search)
  const rows = later.page.getByRole("table", { name: "Audit log" }).locator("tbody tr[data-index]")
  await rows.first().waitFor()
  expect(await rows.count()).toBe(1)
  await later.page.getByRole("button", { name: "Take the filter back" }).first().click()
  await expect.poll(() => new URL(later.page.url()).searchParams.get("owner")).toBe(null)
  expect([...complaints, ...later.complaints]).toEqual([])
})
