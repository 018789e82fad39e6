import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { journeys } from "../support/journeys.ts"

const { browser, company } = await journeys()
for (const titles of [["Mend the roof"], ["Paint the door", "Count the seeds"]]) {
  for (const { id } of await company.createTasks(titles)) await company.completeTask("anna", id)
  await company.endDay()
}

it("an admin reads the top task of the month, and gets from a day's point to the period, by the keyboard", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/analytics`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "These days" }).click()
  const top = page.getByRole("region", { name: "Top task" })
  await top.getByRole("link", { name: /roof|door|seeds/u }).waitFor()
  expect(new URL(page.url()).search).toBe("?top=range")

  const chart = page.getByRole("slider", { name: "Tasks by day" })
  await chart.focus()
  const last = await chart.getAttribute("aria-valuetext")
  expect(last).toMatch(/so far: Created 0, Done 0$/u)
  await page.keyboard.press("ArrowLeft")
  expect(await chart.getAttribute("aria-valuetext")).toMatch(/: Created 2, Done 2$/u)
  await page.keyboard.press("Home")
  expect(await chart.getAttribute("aria-valuetext")).toMatch(/: Created 1, Done 1$/u)
  await page.keyboard.press("Enter")
  await page.waitForURL(/\/periods\/\d{4}-\d{2}-\d{2}$/u)
  expect(complaints).toEqual([])
})

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
