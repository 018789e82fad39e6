import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
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

it("somebody is created, gets a task, is renamed and deactivated, and the task moves; the log tells of it", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/people`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "New person" }).click()
  const dialog = page.getByRole("dialog", { name: "New person" })
  await dialog.getByLabel("Name", { exact: true }).fill("Вера Popova")
  await dialog.getByLabel("Id").fill("vera")
  await dialog.getByRole("button", { name: "Create" }).click()
  await page.getByText("Вера Popova is in the company now.").waitFor()
  await page.getByRole("link", { name: "Вера Popova" }).click()

  const [task] = await company.createTasks(["Mend the roof"])
  await company.run(Effect.flatMap(Tasks, (tasks) => tasks.assign(Actor.user("masha"), task!.id, "vera")))
  await page.getByRole("button", { name: "Edit" }).click()
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Vera")
  await page.getByRole("button", { name: "Save" }).click()
  await page.getByRole("heading", { level: 1, name: "Vera" }).waitFor()

  // What a view is called counts also where it is there at once.
  await page.getByRole("navigation", { name: "popug" }).getByRole("link", { name: "Tasks" }).click()
  await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor()
  await page.goBack()
  await page.getByRole("heading", { level: 1, name: "Vera" }).waitFor()
  expect(await page.title()).toBe("Vera · popug")

  await page.getByRole("button", { name: "Deactivate" }).click()
  const question = page.getByRole("dialog", { name: "Deactivate Vera?" })
  await question.getByText("1 open task of theirs will go to somebody else").waitFor()
  await question.getByRole("button", { name: "Deactivate" }).click()
  await page.getByRole("button", { name: "Reactivate" }).waitFor()
  await page.getByText("None", { exact: true }).waitFor()
  await page.getByText("Vera is deactivated.").waitFor()

  // Somebody is found by name from wherever one is, also who has left.
  await page.keyboard.press("Control+k")
  await page.getByRole("combobox").fill("ver")
  await page.getByRole("option", { name: "Tasks with “ver”" }).waitFor()
  await page.getByRole("option", { name: "Vera" }).click()
  await page.getByRole("heading", { level: 1, name: "Vera" }).waitFor()

  await page.getByRole("link", { name: "Everybody" }).click()
  await page.getByRole("button", { name: "Who did what" }).click()
  const log = page.getByRole("table", { name: "Who did what" })
  await log.getByRole("row", { name: /Deactivated: Vera.*Anna/u }).waitFor()
  await log.getByRole("row", { name: /Renamed: Вера Popova is Vera now.*Anna/u }).waitFor()
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
