import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { journeys } from "../support/journeys.ts"
import { type Loss, losing } from "../support/losing.ts"

const loss: Loss = { number: 2 }
const { browser, company } = await journeys({ memory: losing(loss) })

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
