import { afterAll, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"

let company: TestCompany
let browser: TestBrowser
beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany(), openBrowser()])
}, 60_000)
afterAll(() => Promise.all([company.stop(), browser.close()]))

it("a worker completes a task of theirs, and a reload shows it done", async () => {
  const [task] = await company.createTasks(["Mend the roof"])
  const { complaints, page } = await browser.visit(company.url)
  await signIn(page, task!.assignee === "olga" ? "Olga" : task!.assignee === "pavel" ? "Pavel" : "Anton")
  await page.getByRole("button", { name: "Complete: Mend the roof" }).click()
  await page.getByRole("button", { name: "Done: Mend the roof" }).waitFor()
  await page.reload()
  await page.getByRole("button", { name: "Done: Mend the roof" }).waitFor()
  expect(complaints).toEqual([])
})
