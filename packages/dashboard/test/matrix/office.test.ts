import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { journeys } from "../support/journeys.ts"

const { browser, company } = await journeys()
for (const titles of [["Mend the roof"], ["Paint the door", "Count the seeds"]]) {
  for (const { id } of await company.createTasks(titles)) await company.completeTask("anna", id)
  await company.endDay()
}

it("a chart has the table that it is drawn from, and a bar of balances leads to the people in it", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/analytics?days=7`)
  await signIn(page, "Anna")
  const chart = page.getByRole("figure", { name: "Tasks by day" })
  await chart.getByRole("button", { name: "Table" }).click()
  await chart.getByRole("row", { name: / 2 2$/u }).getByRole("link").waitFor()

  const balances = page.getByRole("slider", { name: "Balances now" })
  await balances.focus()
  await page.keyboard.press("End")
  await page.keyboard.press("Enter")
  await page.waitForURL(/balance=/u)
  await page
    .getByRole("region", { name: /\$.* to .*\$/u })
    .getByRole("link")
    .first()
    .waitFor()
  expect(complaints).toEqual([])
})

it("a pasted list is shown before all of it is created", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/people`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "Paste a list" }).click()
  const lines = page.getByLabel("One person a line: name, role")
  await lines.fill("王芳, worker\n, manager")
  await page.getByText("Line 2 has no name.").waitFor()
  await lines.fill("王芳, worker\nSemyon, manager accountant")
  await page.getByRole("button", { name: "Create 2 people" }).click()
  await page.getByRole("row", { name: /Semyon.*Manager, Accountant/u }).waitFor()
  await page.getByRole("row", { name: /王芳.*Worker/u }).waitFor()
  expect(complaints).toEqual([])
})
