import { expect, it } from "vitest"
import { signIn } from "../support/browser.ts"
import { journeys } from "../support/journeys.ts"
import { losing } from "../support/losing.ts"

const { browser, company } = await journeys({ memory: losing({ number: 2 }) })

it("an event is skipped with a reason, after one was told what is passed over", async () => {
  await company.createTasks(["Paint the door", "Feed the cat"])
  await company.settle()
  const { complaints, page } = await browser.visit(`${company.url}/operator`)
  await signIn(page, "Anna")
  await page.getByRole("button", { name: "Skip" }).click()
  const dialog = page.getByRole("dialog", { name: "Skip what can’t be applied: Billing follows tasks" })
  await dialog.getByText("Event 2 is passed over for good").waitFor()
  await dialog.getByLabel("Reason").fill("lost in the fire")
  await dialog.getByRole("button", { name: "Skip the event" }).click()
  await page.getByText("Billing follows tasks again.").waitFor()
  expect(complaints).toEqual([])
})
