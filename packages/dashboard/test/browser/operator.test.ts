import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { openBrowser, signIn, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"
import { type Loss, losing } from "../support/losing.ts"

const loss: Loss = { number: 2 }
let company: TestCompany
let browser: TestBrowser
beforeAll(async () => {
  ;[company, browser] = await Promise.all([startCompany({ memory: losing(loss) }), openBrowser()])
}, 60_000)
afterEach(() => browser.leave())
afterAll(() => Promise.all([company.stop(), browser.close()]))

it("a stopped stream says where and why, is not fooled by a retry, and goes on once its cause is gone", async () => {
  await company.createTasks(["Mend the roof", "Count the seeds"])
  await company.settle()
  const { complaints, page } = await browser.visit(`${company.url}/operator`)
  await signIn(page, "Anna")
  const alarm = page.getByRole("region", { name: "Billing follows tasks: stopped before event 2" })
  await alarm.getByText("An event is there, but not the one before it").waitFor()
  await alarm.getByText("Event 2 is not in the log.").waitFor()
  await page.getByRole("row", { name: /Billing follows tasks.*Stopped/u }).waitFor()

  await alarm.getByRole("button", { name: "Retry" }).click()
  await page.getByText("Billing follows tasks: it stopped again.").waitFor()

  loss.number = null
  await alarm.getByRole("button", { name: "Retry" }).click()
  await page.getByText("Billing follows tasks again.").waitFor()
  await alarm.waitFor({ state: "detached" })
  await page.getByRole("row", { name: /Billing follows tasks.*Running/u }).waitFor()
  expect(complaints).toEqual([])
})

it("an event is skipped with a reason, after one was told what is passed over", async () => {
  loss.number = 6
  await company.createTasks(["Paint the door", "Feed the cat"])
  await company.settle()
  const { complaints, page } = await browser.visit(`${company.url}/operator`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "Skip" }).click()
  const dialog = page.getByRole("dialog", { name: "Skip what can’t be applied: Billing follows tasks" })
  await dialog.getByText("Event 6 is passed over for good").waitFor()
  await dialog.getByLabel("Reason").fill("lost in the fire")
  await dialog.getByRole("button", { name: "Skip the event" }).click()
  await page.getByText("Billing follows tasks again.").waitFor()
  expect(complaints).toEqual([])
})
