import { Actor, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { beginTask, enter, journeysAtProvider } from "../support/atProvider.ts"
import { isRefusal, patient } from "../support/journeys.ts"

const { browser, company, provider, renews } = await journeysAtProvider()

it("renews before a token ends, unseen, also without a refresh token", () => renews(false))

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
