import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { enter, isIn, journeysAtProvider } from "../support/atProvider.ts"
import { isRefusal } from "../support/journeys.ts"
import { sayWho } from "../support/provider.ts"

const { browser, company, provider, renews, tokensAsked } = await journeysAtProvider()

/** All that scripts, and whoever looks at the screen, can find in the browser. */
const leftIn = (page: Page) =>
  page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])")

it("leads to the view that was asked for, and a reload is the same person without being asked", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/tasks?status=all&q=roof`)
  const addresses: Array<string> = []
  page.on("framenavigated", (frame) => frame === page.mainFrame() && addresses.push(frame.url()))
  await enter(page, "masha")
  expect(page.url()).toBe(`${company.url}/tasks?status=all&q=roof`)
  await page.getByRole("button", { name: "Masha" }).waitFor()
  // No token, and no code, is where it could be found: the code is gone before anything is shown.
  expect(await leftIn(page)).not.toMatch(/eyJ|code=|token/u)
  await page.reload()
  await isIn(page)
  expect(page.url()).toBe(`${company.url}/tasks?status=all&q=roof`)
  expect(addresses.join()).not.toContain("eyJ")
  expect(tokensAsked()).toBe(2)
  expect(complaints).toEqual([])
})

it("renews before a token ends, unseen", () => renews(true))

it("signs out here, in other windows and at the provider", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await enter(page, "anton")
  const other = await page.context().newPage()
  await other.goto(`${company.url}/account`)
  await isIn(other)
  await page.getByRole("button", { name: "Anton" }).click()
  await page.getByRole("button", { name: "Sign out" }).click()
  await page.getByRole("button", { name: "Sign out here" }).click()
  await page.getByRole("button", { name: "Continue" }).waitFor()
  expect(page.url()).toBe(`${company.url}/sign-in`)
  await other.getByRole("button", { name: "Continue" }).waitFor()
  // Whoever has left is not brought back by a reload, and the provider asks who it is now.
  await page.reload()
  await enter(page, "masha")
  await page.getByRole("button", { name: "Masha" }).waitFor()
  expect(new URL(page.url()).pathname).toBe("/")
  expect(complaints).toEqual([])
})

it("says to whom popug does not know who they are, and lets them be somebody else", async () => {
  const { complaints, page } = await browser.visit(`${company.url}/account`)
  await page.getByRole("button", { name: "Continue" }).click()
  await sayWho(page, "nobody")
  await page.getByText("popug does not know you").waitFor()
  await page.getByText("You are signed in as nobody of the provider.").waitFor()
  await page.getByRole("definition").filter({ hasText: provider.issuer }).waitFor()
  await page.getByRole("button", { name: "Sign in as somebody else" }).click()
  await sayWho(page, "olga")
  await isIn(page)
  expect(page.url()).toBe(`${company.url}/account`)
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})
