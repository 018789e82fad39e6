import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"

let company: TestCompany
let browser: TestBrowser

/** Creates tasks and has them done, and lets the day end. */
const aDay = async (titles: ReadonlyArray<string>) => {
  const tasks = await company.createTasks(titles)
  const anna = Actor.user("anna")
  const done = Effect.flatMap(Tasks, ({ complete }) => Effect.forEach(tasks, ({ id }) => complete(anna, id)))
  await company.run(done)
  await company.advance(1)
  await company.run(Effect.flatMap(Tasks, (all) => all.endRegistration(anna)))
  await company.settle()
}

beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany(), openBrowser()])
  await aDay(["Mend the roof"])
  await aDay(["Paint the door", "Count the seeds"])
}, 60_000)
afterEach(() => browser.leave())
afterAll(() => Promise.all([company.stop(), browser.close()]))

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
