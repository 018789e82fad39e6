import { Actor, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { openBrowser, type TestBrowser } from "../support/browser.ts"
import { startCompany, type TestCompany } from "../support/company.ts"
import { sayWho, startProvider, type TestProvider } from "../support/provider.ts"

let provider: TestProvider
let company: TestCompany
let browser: TestBrowser
beforeAll(async () => {
  provider = await startProvider()
  ;[company, browser] = await Promise.all([startCompany({ issuer: provider.issuer }), openBrowser()])
  provider.register(company.url)
}, 60_000)
beforeEach(() => {
  Object.assign(provider.mood, { lifetime: 600, refresh: true })
  provider.asked.length = 0
})
afterEach(() => browser.leave())
afterAll(async () => {
  await Promise.all([company.stop(), browser.close()])
  provider.stop()
})

const patient = { timeout: 10_000 }

/** What a browser says of answers that are refusals: it is not the page that complains. */
const isRefusal = (complaint: string) => complaint.startsWith("Failed to load resource")

/** Once somebody is signed in, there are places to go to. */
const isIn = (page: Page) => page.getByRole("navigation", { name: "popug" }).waitFor()

/** Signs in at the provider from a view, and is back there. */
const enter = async (page: Page, name: string) => {
  await page.getByRole("button", { name: /^(?:Continue|Sign in again)/u }).click()
  await sayWho(page, name)
  await isIn(page)
}

const beginTask = async (page: Page) => {
  await page.getByRole("button", { name: "New task" }).first().waitFor()
  await page.keyboard.press("c")
}

/** All that scripts, and whoever looks at the screen, can find in the browser. */
const leftIn = (page: Page) =>
  page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])")

/** How often the page asked for tokens. */
const tokensAsked = () => provider.asked.filter((what) => what === "POST /token").length

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

it.each([true, false])("renews before a token ends, unseen (with a refresh token: %s)", async (refresh) => {
  Object.assign(provider.mood, { lifetime: 4, refresh })
  const { complaints, page } = await browser.visit(company.url)
  await enter(page, "masha")
  await beginTask(page)
  await page.getByLabel("Title").fill("Typed across a renewal")
  await expect.poll(tokensAsked, patient).toBe(2)
  expect(provider.asked.filter((what) => what === "GET /auth")).toHaveLength(refresh ? 2 : 3)
  expect(await page.getByLabel("Title").inputValue()).toBe("Typed across a renewal")
  await page.keyboard.press("Enter")
  await page.getByRole("link", { name: "Typed across a renewal" }).first().waitFor()
  expect(complaints).toEqual([])
})

it("asks to sign in again when the provider knows nobody any more, and keeps what was typed", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await enter(page, "masha")
  await beginTask(page)
  await page.getByLabel("Title").fill("Typed before the end")
  provider.forget()
  await page.route("**/v1/tasks", (route) =>
    route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "urn:popug:problem:unauthenticated", status: 401, title: "A valid token is needed" })
    })
  )
  await page.keyboard.press("Enter")
  await page.getByText("Your session has ended").waitFor()
  await page.unrouteAll()
  await enter(page, "masha")
  await expect.poll(() => page.getByLabel("Title").inputValue(), patient).toBe("Typed before the end")
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

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

it("tells whoever is deactivated at once, wherever they are", async () => {
  await company.run(
    Effect.flatMap(Users, (users) => users.create(Actor.system, [{ id: "vera", name: "Vera", roles: ["designer"] }]))
  )
  const { complaints, page } = await browser.visit(company.url)
  await enter(page, "vera")
  await company.run(Effect.flatMap(Users, (users) => users.update(Actor.system, { id: "vera", status: "deactivated" })))
  await page.getByText("Your access to popug has ended").waitFor()
  await page.getByText("You are signed in as vera of the provider.").waitFor()
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})

it("tells a refusal, an answer that nobody asked for, and a provider that is gone", async () => {
  const { complaints, page } = await browser.visit(company.url)
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByRole("button", { name: "Cancel" }).click()
  await page.getByText("did not let you in").waitFor()
  expect(page.url()).toBe(`${company.url}/`)
  await page.goto(`${company.url}/sign-in/callback?code=of-somebody&state=of-somebody`)
  await page.getByText("begun in another window").waitFor()
  expect(page.url()).toBe(`${company.url}/`)
  await page.route(`${provider.issuer}/**`, (route) => route.abort())
  await page.getByRole("button", { name: "Sign in again" }).click()
  await page.getByText("can’t be reached").waitFor()
  await page.unrouteAll()
  await page.getByRole("button", { name: "Try again" }).click()
  await enter(page, "olga")
  expect(complaints.filter((complaint) => !isRefusal(complaint))).toEqual([])
})
